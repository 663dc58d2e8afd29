// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/xray_wire.hpp>

#include "aws/fixture.hpp"
#include "aws/xray_answer.hpp"

#include <future>

namespace aloft::aws {
namespace {

using delivery::Answer;
using delivery::Failure;
using ::testing::HasSubstr;
using ::testing::Not;

/// Documents with the ids 1, 2, 3, …, as many digits as X-Ray wants.
struct Documents {
  explicit Documents(std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
      records.push_back(
          {.payload = R"({"id":"000000000000000)" + std::to_string(i) + R"(","name":"a\"b"})"});
    }
    for (const delivery::Record& record : records) pointers.push_back(&record);
  }
  std::vector<delivery::Record> records;
  std::vector<const delivery::Record*> pointers;
};

std::string unprocessed(std::string_view items) {
  return R"({"UnprocessedTraceSegments":[)" + std::string(items) + "]}";
}

Answer judged(std::string_view items, std::size_t count = 3) {
  const Documents documents(count);
  return read_unprocessed(unprocessed(items), documents.pointers);
}

TEST(PutTraceSegments, SendsEachDocumentAsText) {
  const Documents documents(2);

  EXPECT_EQ(put_trace_segments_body(documents.pointers),
            R"({"TraceSegmentDocuments":["{\"id\":\"0000000000000001\",\"name\":\"a\\\"b\"}",)"
            R"("{\"id\":\"0000000000000002\",\"name\":\"a\\\"b\"}"]})");
}

TEST(PutTraceSegments, AcceptsAllThatIsNotNamed) {
  const Documents documents(3);

  for (const char* body :
       {"{}", R"({"UnprocessedTraceSegments":[]})", R"({"UnprocessedTraceSegments":null})"}) {
    const Answer answer = read_unprocessed(body, documents.pointers);
    EXPECT_EQ(answer.failure, std::nullopt) << body;
    EXPECT_TRUE(answer.refusals.empty()) << body;
  }
}

TEST(PutTraceSegments, RefusesNamedDocumentsByReason) {
  const Answer answer =
      judged(R"({"Id":"0000000000000003","ErrorCode":"ThrottledException","Message":"hush"},)"
             R"({"Id":"0000000000000001","ErrorCode":"InvalidSegment","Message":"hush"},)"
             R"({"Id":"0000000000000001","ErrorCode":"InvalidSegment","Message":"said twice"},)"
             R"({"Id":"0000000000000002","ErrorCode":"InternalFailure"})");

  ASSERT_EQ(answer.failure, std::nullopt);
  ASSERT_EQ(answer.refusals.size(), 3u);
  EXPECT_EQ(answer.refusals[0].index, 2u);
  EXPECT_TRUE(answer.refusals[0].again);
  EXPECT_EQ(answer.refusals[0].reason, Reason::throttled);
  EXPECT_EQ(answer.refusals[1].index, 0u);
  EXPECT_FALSE(answer.refusals[1].again);
  EXPECT_EQ(answer.refusals[1].reason, Reason::invalid);
  EXPECT_EQ(answer.refusals[2].index, 1u);
  EXPECT_TRUE(answer.refusals[2].again);
  EXPECT_EQ(answer.refusals[2].reason, Reason::unavailable);
  EXPECT_THAT(answer.message, Not(HasSubstr("hush")));
}

TEST(PutTraceSegments, DoesNotRepeatWhatIsRefusedWithAnUnknownCode) {
  const Answer answer = judged(R"({"Id":"0000000000000002","ErrorCode":"hush"})");

  ASSERT_EQ(answer.refusals.size(), 1u);
  EXPECT_FALSE(answer.refusals[0].again);
  EXPECT_EQ(answer.message, "X-Ray refused a document with a code that we do not know");
}

TEST(PutTraceSegments, FailsAsAWholeWhenARefusedDocumentIsNotNamed) {
  EXPECT_EQ(judged(R"({"ErrorCode":"InvalidSegment"})").failure, Failure::poison);
  EXPECT_EQ(judged(R"({"Id":null,"ErrorCode":"InvalidSegment"})").failure, Failure::poison);
  EXPECT_EQ(judged(R"({"Id":"","ErrorCode":"Throttled"})").failure, Failure::throttled);
  EXPECT_EQ(judged(R"({"Id":"ffffffffffffffff","ErrorCode":"InternalError"})").failure,
            Failure::transient);
  EXPECT_EQ(judged("3").failure, Failure::poison);
  EXPECT_TRUE(judged("3").maybe_received) << "the others were taken";
}

TEST(PutTraceSegments, KnowsTheOnlyDocumentOfACallWithoutAName) {
  const Answer answer = judged(R"({"ErrorCode":"InvalidTraceId"})", 1);

  EXPECT_EQ(answer.failure, std::nullopt);
  ASSERT_EQ(answer.refusals.size(), 1u);
  EXPECT_EQ(answer.refusals[0].index, 0u);
  EXPECT_EQ(answer.message, "X-Ray refused a document with InvalidTraceId");
}

TEST(PutTraceSegments, CountsAnAnswerThatIsNoJsonAsUnknown) {
  const Documents documents(1);

  const Answer answer = read_unprocessed("<html>", documents.pointers);

  EXPECT_EQ(answer.failure, Failure::transient);
  EXPECT_TRUE(answer.maybe_received);
}

std::unique_ptr<delivery::Wire> wire_to(const std::string& url) {
  Result<CachedCredentials> cached =
      CachedCredentials::create(fixed_credentials(example_credentials()));
  EXPECT_TRUE(cached);
  Result<AwsClient> client = AwsClient::create(
      {}, settings_of({{"AWS_REGION", "eu-central-1"}, {"AWS_ENDPOINT_URL_XRAY", url}}),
      std::make_shared<CachedCredentials>(std::move(*cached)));
  EXPECT_TRUE(client);
  return xray_wire(std::move(*client));
}

Answer sent(delivery::Wire& wire, delivery::Records records) {
  std::promise<Answer> box;
  wire.send(records, patience(), [&](Answer answer) { box.set_value(std::move(answer)); });
  return box.get_future().get();
}

TEST(XRayWire, PutsABatchInOneCall) {
  const FakeService xray([](const SeenRequest&) {
    return reply(200, unprocessed(R"({"Id":"0000000000000002","ErrorCode":"InvalidName"})"));
  });
  const std::unique_ptr<delivery::Wire> wire = wire_to(xray.url());
  const Documents documents(3);

  const Answer answer = sent(*wire, documents.pointers);

  ASSERT_EQ(answer.refusals.size(), 1u);
  EXPECT_EQ(answer.refusals[0].index, 1u);
  ASSERT_EQ(xray.seen().size(), 1u);
  EXPECT_EQ(xray.seen()[0].line, "POST /TraceSegments HTTP/1.1");
  EXPECT_EQ(xray.seen()[0].field("content-type"), "application/json");
  EXPECT_EQ(xray.seen()[0].body, put_trace_segments_body(documents.pointers));
}

TEST(XRayWire, NamesThePermissionThatIsMissing) {
  const FakeService xray([](const SeenRequest&) {
    return reply(403, R"({"message":"hush is not authorized"})",
                 "x-amzn-errortype: AccessDeniedException\r\n");
  });
  const std::unique_ptr<delivery::Wire> wire = wire_to(xray.url());
  const Documents documents(1);

  const Answer answer = sent(*wire, documents.pointers);

  EXPECT_EQ(answer.failure, Failure::unauthorized);
  EXPECT_EQ(answer.message,
            "the service answered with AccessDeniedException (status 403); the role needs "
            "xray:PutTraceSegments");
}

TEST(XRayWire, PassesThrottlesOnWithTheirWait) {
  const FakeService xray([](const SeenRequest&) {
    return reply(429, R"({"Message":"m"})",
                 "x-amzn-errortype: ThrottledException\r\nretry-after: 7\r\n");
  });
  const std::unique_ptr<delivery::Wire> wire = wire_to(xray.url());
  const Documents documents(1);

  const Answer answer = sent(*wire, documents.pointers);

  EXPECT_EQ(answer.failure, Failure::throttled);
  EXPECT_EQ(answer.retry_after, 7s);
}

TEST(XRayWire, KnowsItsLimitsAndHasNothingToCreate) {
  const std::unique_ptr<delivery::Wire> wire = wire_to("http://127.0.0.1:1");
  std::optional<Answer> created;

  wire->create_missing(patience(), [&](Answer answer) { created = std::move(answer); });

  EXPECT_EQ(wire->limits().batch_records, 50u);
  EXPECT_EQ(wire->limits().record_bytes, 64'000u);
  ASSERT_TRUE(created);
  EXPECT_EQ(created->failure, std::nullopt);
}

}  // namespace
}  // namespace aloft::aws
