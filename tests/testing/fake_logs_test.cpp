// SPDX-License-Identifier: Apache-2.0
// The fake of CloudWatch Logs is judged as strictly as it judges: each documented limit, at it and
// one beyond.
#include <aloft/testing_http/fake_aws.hpp>

#include <aloft/core/json_writer.hpp>
#include <aloft/http_client/client.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aloft::testing {
namespace {

using namespace std::chrono_literals;
using http_client::Client;
using http_client::ClientResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::int64_t kNow = 1'735'787'045'000;  // 20250102T030405Z in milliseconds
constexpr std::int64_t kHour = 3'600'000;

class FixedClock final : public Clock {
 public:
  TimePoint now() const noexcept override {
    return {WallTime(std::chrono::milliseconds(now_ms_)), steady_now()};
  }
  SteadyTime steady_now() const noexcept override { return Clock::system().steady_now(); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    Clock::system().wait_until(lock, wakeup, until);
  }
  void advance_a_second() { now_ms_ += 1'000; }

 private:
  std::atomic<std::int64_t> now_ms_{kNow};
};

struct Event {
  std::int64_t time = kNow;
  std::string message = "text";
};

class FakeLogsTest : public ::testing::Test {
 protected:
  FakeLogsTest() {
    Result<FakeAws> made = FakeAws::create(
        {.poison = "poison"}, {clock_, Random::system(), Diagnostics::standard_error()});
    EXPECT_TRUE(made);
    aws_.emplace(*std::move(made));
  }
  /// The name of the error, or the body.
  std::string call(const std::string& operation, const std::string& body,
                   std::string_view scope = "logs") {
    http_client::ClientRequest request{.method = http::Method::post, .url = aws_->url() + "/"};
    request.headers.try_set(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/eu-west-1/" + std::string(scope) +
            "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + std::string(64, 'a'));
    request.headers.try_set("x-amz-date", "20250102T030405Z");
    request.headers.try_set("content-type", "application/x-amz-json-1.1");
    request.headers.try_set("x-amz-target", "Logs_20140328." + operation);
    request.body = body;
    const Result<ClientResponse> answer =
        client_->send(request, Deadline::after(Clock::system(), 20s));
    if (!answer) return answer.error().message;
    const std::string& text = answer->body;
    const std::size_t type = text.find("\"__type\":\"");
    if (type == std::string::npos) {
      return std::string(answer->headers.get("x-amzn-errortype").value_or(text));
    }
    return text.substr(type + 10, text.find('"', type + 10) - type - 10);
  }
  std::string create_group(const std::string& more = {}, const std::string& name = "g") {
    return call("CreateLogGroup", "{\"logGroupName\":\"" + name + "\"" + more + "}");
  }
  std::string create_stream(const std::string& name = "s", const std::string& group = "g") {
    return call("CreateLogStream",
                "{\"logGroupName\":\"" + group + "\",\"logStreamName\":\"" + name + "\"}");
  }
  std::string put(const std::vector<Event>& events) {
    json::Buffer buffer(8u << 20);
    json::Writer json(buffer);
    json.begin_object();
    json.key("logGroupName").text("g");
    json.key("logStreamName").text("s");
    json.key("logEvents").begin_array();
    for (const Event& event : events) {
      json.begin_object();
      json.key("timestamp").integer(event.time);
      json.key("message").text(event.message);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    return call("PutLogEvents", std::string(buffer.view()));
  }
  void make() {
    ASSERT_EQ(create_group(), "");
    ASSERT_EQ(create_stream(), "");
  }

  FixedClock clock_;
  std::optional<FakeAws> aws_;
  Result<Client> client_ = Client::create();
};

constexpr const char* kInvalid = "InvalidParameterException";
constexpr const char* kMissing = "ResourceNotFoundException";

TEST_F(FakeLogsTest, MissesGroupAndStreamUntilTheyAreMade) {
  EXPECT_EQ(put({Event{}}), kMissing);
  EXPECT_EQ(create_stream(), kMissing);
  EXPECT_EQ(create_group(), "");
  EXPECT_EQ(create_group(), "ResourceAlreadyExistsException");
  EXPECT_EQ(put({Event{}}), kMissing);
  EXPECT_EQ(create_stream(), "");
  EXPECT_EQ(create_stream(), "ResourceAlreadyExistsException");
  EXPECT_THAT(put({Event{}}), HasSubstr("nextSequenceToken"));
  EXPECT_THAT(aws_->ledger().lines, ElementsAre(Pair("text", 1)));
}

TEST_F(FakeLogsTest, TakesTenThousandEventsAndNotOneMore) {
  make();

  EXPECT_THAT(put(std::vector<Event>(10'000)), HasSubstr("nextSequenceToken"));
  EXPECT_EQ(put(std::vector<Event>(10'001)), kInvalid);
  EXPECT_EQ(put({}), kInvalid);
  EXPECT_EQ(aws_->ledger().events, 10'000u);
}

TEST_F(FakeLogsTest, CountsBytesWithTwentySixAnEvent) {
  make();
  const std::string half(1'048'576 / 2 - 26, 'x');

  EXPECT_THAT(put({{kNow, half}, {kNow, half}}), HasSubstr("nextSequenceToken"));
  EXPECT_EQ(put({{kNow, half}, {kNow, half + "x"}}), kInvalid);
  EXPECT_THAT(put({{kNow, std::string(1'048'550, 'x')}}), HasSubstr("nextSequenceToken"));
  EXPECT_EQ(put({{kNow, std::string(1'048'551, 'x')}}), kInvalid);
}

TEST_F(FakeLogsTest, RefusesACallForAnEventThatIsNone) {
  make();

  EXPECT_EQ(put({Event{}, {kNow, ""}}), kInvalid);
  EXPECT_EQ(put({{-1, "text"}}), kInvalid);
  EXPECT_EQ(put({{kNow, "a"}, {kNow - 1, "b"}}), kInvalid) << "not in the order of time";
  EXPECT_EQ(put({Event{}, {kNow, "with poison"}}), kInvalid);
  EXPECT_THAT(aws_->ledger().lines, IsEmpty());
}

TEST_F(FakeLogsTest, RefusesACallOfMoreThanADay) {
  make();

  EXPECT_THAT(put({{kNow - 24 * kHour, "a"}, Event{}}), HasSubstr("nextSequenceToken"));
  EXPECT_EQ(put({{kNow - 24 * kHour - 1, "a"}, Event{}}), kInvalid);
  EXPECT_THAT(put({{kNow - 400 * kHour, "not valid, so not of the span"}, Event{}}),
              HasSubstr("tooOldLogEventEndIndex\":1"));
}

TEST_F(FakeLogsTest, RejectsEventsOutsideOfTheWindowsAlone) {
  make();
  EXPECT_EQ(call("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":1})"), "");

  EXPECT_THAT(put({{kNow - 14 * 24 * kHour - 1, "old"},
                   {kNow - 24 * kHour - 1, "expired"},
                   {kNow - 24 * kHour + 1 + 2 * kHour, "good"},
                   {kNow + 2 * kHour, "good"},
                   {kNow + 2 * kHour + 1, "new"}}),
              HasSubstr(R"("rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,)"
                        R"("expiredLogEventEndIndex":2,"tooNewLogEventStartIndex":4})"));
  EXPECT_THAT(aws_->ledger().lines, ElementsAre(Pair("good", 2)));
  EXPECT_THAT(aws_->ledger().refused_events,
              ElementsAre(Pair("expiredLogEventEndIndex", 1), Pair("tooNewLogEventStartIndex", 1),
                          Pair("tooOldLogEventEndIndex", 1)));
}

TEST_F(FakeLogsTest, KnowsTheGrammarOfNames) {
  EXPECT_EQ(create_group({}, std::string(512, 'g')), "");
  for (const std::string& name :
       {std::string(), std::string(513, 'g'), std::string("aws/x"), std::string("a b")}) {
    EXPECT_EQ(create_group({}, name), kInvalid) << name;
  }
  clock_.advance_a_second();  // five groups a second may be made
  EXPECT_EQ(create_group(), "");
  EXPECT_EQ(create_stream(std::string(512, 's')), "");
  for (const std::string& name :
       {std::string(), std::string(513, 's'), std::string("a:b"), std::string("a*b")}) {
    EXPECT_EQ(create_stream(name), kInvalid) << name;
  }
}

TEST_F(FakeLogsTest, JudgesRetentionKeyClassAndTags) {
  EXPECT_EQ(create_group(R"(,"logGroupClass":"CHEAP")"), kInvalid);
  EXPECT_EQ(create_group(R"(,"kmsKeyId":"mine")"), kInvalid);
  EXPECT_EQ(create_group(R"(,"tags":{})"), kInvalid);
  EXPECT_EQ(create_group(R"(,"tags":{"aws:x":"y"})"), kInvalid);
  EXPECT_EQ(create_group(R"(,"tags":{"a":"b"},"kmsKeyId":"arn:aws:kms:x:1:key/2")"), "");
  EXPECT_EQ(aws_->ledger().log_groups.at("g").tags.at("a"), "b");
  EXPECT_EQ(call("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":2})"), kInvalid);
  EXPECT_EQ(call("PutRetentionPolicy", R"({"logGroupName":"h","retentionInDays":1})"), kMissing);
  EXPECT_EQ(call("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":3653})"), "");
  EXPECT_EQ(aws_->ledger().log_groups.at("g").retention_days, 3'653);
}

TEST_F(FakeLogsTest, ThrottlesTheFiftyFirstStreamOfASecond) {
  EXPECT_EQ(create_group(), "");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(create_stream("s" + std::to_string(i)), "");

  EXPECT_EQ(create_stream("one more"), "ThrottlingException");
}

TEST_F(FakeLogsTest, RefusesWhatAWriterNeedsNot) {
  EXPECT_EQ(call("DescribeLogStreams", "{}"), "UnknownOperationException");
  EXPECT_EQ(call("PutLogEvents", "{"), "SerializationException");
  EXPECT_EQ(call("PutLogEvents", "{}", "xray"), "InvalidSignatureException");
}

TEST_F(FakeLogsTest, FailsAsTold) {
  make();
  aws_->next({Fault::throttle, Fault::unavailable, Fault::aborted, Fault::accepted_before,
              Fault::missing});

  EXPECT_EQ(put({Event{}}), "ThrottlingException");
  EXPECT_EQ(put({Event{}}), "ServiceUnavailableException");
  EXPECT_EQ(put({Event{}}), "OperationAbortedException");
  EXPECT_EQ(put({Event{}}), "DataAlreadyAcceptedException");
  EXPECT_EQ(put({Event{}}), kMissing);
  EXPECT_THAT(aws_->ledger().lines, ElementsAre(Pair("text", 1)));
}

}  // namespace
}  // namespace aloft::testing
