// SPDX-License-Identifier: Apache-2.0
// The adapter against stand-ins: the members that the SDK's own classes have, and no more.
// Source: AWS SDK for C++, AmazonWebServiceRequest.h, Outcome.h, AWSError.h, read 2026-11.
#include <aloft/integrations/aws_sdk.hpp>

#include "integrations/fixture.hpp"

#include <map>
#include <string>
#include <utility>

namespace aloft::integrations {
namespace {

struct PutItemRequest {
  const char* GetServiceRequestName() const { return "PutItem"; }
  const std::string& GetTableName() const { return table; }
  void SetAdditionalCustomHeaderValue(const std::string& name, const std::string& value) {
    headers[name] = value;
  }
  std::string table = "charges";
  std::map<std::string, std::string> headers;
};
struct ListBucketsRequest {
  const char* GetServiceRequestName() const { return "ListBuckets"; }
  void SetAdditionalCustomHeaderValue(const std::string&, const std::string&) {}
};
struct SendMessageRequest : ListBucketsRequest {
  const std::string& GetQueueUrl() const { return url; }
  std::string url = "https://sqs.eu-west-1.amazonaws.com/123456789012/charges";
};
enum class HttpResponseCode { REQUEST_NOT_MADE = -1, BAD_REQUEST = 400, BROKEN = 503 };
struct AWSError {
  const std::string& GetExceptionName() const { return name; }
  const std::string& GetRequestId() const { return request_id; }
  HttpResponseCode GetResponseCode() const { return code; }
  bool ShouldThrottle() const { return throttle; }
  HttpResponseCode code = HttpResponseCode::REQUEST_NOT_MADE;
  std::string name{};
  bool throttle = false;
  std::string request_id = "7HJ";
};
struct Outcome {
  bool IsSuccess() const { return !failed; }
  const AWSError& GetError() const { return error; }
  unsigned GetRetryCount() const { return retries; }
  bool failed = false;
  AWSError error{};
  unsigned retries = 0;
};

class AwsSdkCalls : public IntegrationTest {
 protected:
  aloft::testing::SpanCopy record(const Outcome& outcome) {
    PutItemRequest request;
    AwsSdkCall call(*root, request, kOptions);
    call.finish(outcome);
    return child();
  }
  static constexpr AwsSdkCallOptions kOptions{.service = "DynamoDB", .region = "eu-west-1"};
};

TEST_F(AwsSdkCalls, RecordOperationTableRegionAndRetries) {
  const aloft::testing::SpanCopy span = record({.retries = 2});

  EXPECT_EQ(span.name, "DynamoDB");
  EXPECT_EQ(span.kind, SpanKind::aws);
  EXPECT_EQ(span.aws_operation, "PutItem");
  EXPECT_EQ(span.aws_table_name, "charges");
  EXPECT_EQ(span.aws_region, "eu-west-1");
  EXPECT_EQ(span.aws_retries, 2);
  EXPECT_EQ(span.http_status, 200);
  EXPECT_FALSE(span.error || span.fault);
}

TEST_F(AwsSdkCalls, CarryTheHeaderThatAwsReads) {
  PutItemRequest request;
  AwsSdkCall call(*root, request, kOptions);
  call.finish(Outcome{});

  EXPECT_EQ(request.headers.size(), 1U);
  EXPECT_EQ(request.headers["x-amzn-trace-id"], write_xray_header(call.span().context()).view());
}

TEST_F(AwsSdkCalls, OfAQueueRecordItsUrl) {
  SendMessageRequest request;
  AwsSdkCall call(*root, request, {.service = "SQS"});
  call.finish(Outcome{});

  EXPECT_EQ(child().aws_queue_url, "https://sqs.eu-west-1.amazonaws.com/123456789012/charges");
  EXPECT_EQ(child().aws_retries, 0);
}

TEST_F(AwsSdkCalls, OfARequestWithoutATableHaveNone) {
  ListBucketsRequest request;
  AwsSdkCall call(*root, request, {.service = "S3"});
  call.finish(Outcome{});

  EXPECT_EQ(child().aws_table_name, "");
}

TEST_F(AwsSdkCalls, AreErrorsByTheNameOfTheSdk) {
  const aloft::testing::SpanCopy span =
      record({.failed = true,
              .error = {.code = HttpResponseCode::BAD_REQUEST,
                        .name = "ConditionalCheckFailedException"}});

  EXPECT_TRUE(span.error && !span.throttle && !span.fault);
  EXPECT_EQ(span.http_status, 400);
  EXPECT_EQ(span.annotation("aws_error"), "ConditionalCheckFailedException");
}

TEST_F(AwsSdkCalls, KeepTheRequestIdOfAnError) {
  const aloft::testing::SpanCopy span = record(
      {.failed = true, .error = {.code = HttpResponseCode::BROKEN, .request_id = "5ZQ-refused"}});

  EXPECT_EQ(span.aws_request_id, "5ZQ-refused");
}

TEST_F(AwsSdkCalls, AreThrottlesWhateverTheStatus) {
  const aloft::testing::SpanCopy span =
      record({.failed = true,
              .error = {.code = HttpResponseCode::BAD_REQUEST,
                        .name = "ProvisionedThroughputExceededException",
                        .throttle = true}});

  EXPECT_TRUE(span.error && span.throttle && !span.fault);
}

TEST_F(AwsSdkCalls, AreFaultsWhenTheServiceFailsOrDoesNotAnswer) {
  const aloft::testing::SpanCopy broken = record(
      {.failed = true, .error = {.code = HttpResponseCode::BROKEN, .name = "InternalServerError"}});
  EXPECT_TRUE(broken.fault);
  EXPECT_EQ(broken.exceptions.at(0).type, "InternalServerError");
}

TEST_F(AwsSdkCalls, AreFaultsWhenNoAnswerCame) {
  const aloft::testing::SpanCopy silent = record({.failed = true});

  EXPECT_TRUE(silent.fault);
  EXPECT_EQ(silent.http_status, 0);
  EXPECT_EQ(silent.exceptions.at(0).type, "unavailable");
}

TEST_F(AwsSdkCalls, MoveIntoHandlersAndAreFaultsWhenTheyAreGivenUp) {
  PutItemRequest request;
  {
    AwsSdkCall call(*root, request, kOptions);
    const auto handler = [call = std::move(call)] {};
  }

  const auto spans = children();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].exceptions.at(0).type, "dropped");
}

}  // namespace
}  // namespace aloft::integrations
