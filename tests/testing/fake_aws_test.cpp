// SPDX-License-Identifier: Apache-2.0
// The fake is judged as strictly as it judges: what it takes, what it refuses, how it fails.
#include <aloft/testing_http/fake_aws.hpp>

#include <aloft/http_client/client.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace aloft::testing {
namespace {

using http_client::Client;
using http_client::ClientResponse;
using namespace std::chrono_literals;

constexpr std::string_view kDate = "20250102T030405Z";  // when the clock of the tests stands

/// Stands still at `kDate`, but waits like the system's.
class FixedClock final : public Clock {
 public:
  TimePoint now() const noexcept override {
    return {WallTime(std::chrono::seconds(1'735'787'045)), steady_now()};
  }
  SteadyTime steady_now() const noexcept override { return Clock::system().steady_now(); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    Clock::system().wait_until(lock, wakeup, until);
  }
};

std::string document(int number, std::string_view more = R"(,"end_time":1735787045.5)") {
  char id[40];
  std::snprintf(id, sizeof id, "%016x", number);
  return R"({"name":"payments","id":")" + std::string(id) +
         R"(","trace_id":"1-67760225-0123456789abcdef01234567","start_time":1735787045)" +
         std::string(more) + "}";
}

std::string body_of(const std::vector<std::string>& documents) {
  std::string body = R"({"TraceSegmentDocuments":[)";
  for (const std::string& document : documents) {
    if (body.back() != '[') body += ',';
    body += '"';
    for (const char c : document) {
      if (c == '"' || c == '\\') body += '\\';
      body += c;
    }
    body += '"';
  }
  return body + "]}";
}

class FakeAwsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<FakeAws> made =
        FakeAws::create(options_, {clock_, Random::system(), Diagnostics::standard_error()});
    ASSERT_TRUE(made);
    aws_.emplace(*std::move(made));
  }
  struct Signed {
    std::string key = "AKIDEXAMPLE";
    std::string scope = "/20250102/eu-west-1/xray/aws4_request";
    std::string date{kDate};
    std::string token{};
    std::string target = "/TraceSegments";
  };
  Result<ClientResponse> send(const std::string& body, const Signed& how) {
    http_client::ClientRequest request{.method = http::Method::post,
                                       .url = aws_->url() + how.target};
    request.headers.try_set(
        "authorization", "AWS4-HMAC-SHA256 Credential=" + how.key + how.scope +
                             ", SignedHeaders=host;x-amz-date, Signature=" + std::string(64, 'a'));
    request.headers.try_set("x-amz-date", how.date);
    if (!how.token.empty()) request.headers.try_set("x-amz-security-token", how.token);
    request.body = body;
    return client_->send(request, Deadline::after(Clock::system(), 20s));
  }
  Result<ClientResponse> send(const std::vector<std::string>& documents) {
    return send(body_of(documents), Signed{});
  }
  /// The status and the name of the error.
  static std::string told(const Result<ClientResponse>& answer) {
    if (!answer) return std::string(to_string(answer.error().code));
    return std::to_string(answer->status) + " " +
           std::string(answer->headers.get("x-amzn-errortype").value_or(""));
  }

  FixedClock clock_;
  FakeAwsOptions options_;
  std::optional<FakeAws> aws_;
  Result<Client> client_ = Client::create();
};

TEST_F(FakeAwsTest, TakesDocumentsAndCountsEachSpanOnce) {
  const std::string nested =
      document(1, R"(,"end_time":1735787046,"subsegments":[{"name":"a","id":"00000000000000aa",)"
                  R"("start_time":1735787045}])");

  EXPECT_EQ(told(send({nested, document(2)})), "200 ");
  EXPECT_EQ(told(send({document(2)})), "200 ");

  const FakeAwsLedger ledger = aws_->ledger();
  EXPECT_EQ(ledger.spans.size(), 3u);
  EXPECT_EQ(ledger.spans.at("1-67760225-0123456789abcdef01234567.0000000000000002"), 2u);
  EXPECT_EQ(ledger.duplicates(), 1u);
  EXPECT_EQ(ledger.documents, 3u);
}

TEST_F(FakeAwsTest, RefusesTheFiftyFirstDocumentWithAllOthers) {
  EXPECT_EQ(told(send(std::vector<std::string>(51, document(1)))), "400 InvalidRequestException");
  EXPECT_TRUE(aws_->ledger().spans.empty());
  EXPECT_EQ(told(send(std::vector<std::string>(50, document(1)))), "200 ");
}

TEST_F(FakeAwsTest, NamesEachBadDocumentAndTakesTheRest) {
  const std::string large = document(3, R"(,"end_time":1,"x":")" + std::string(70'000, 'x') + '"');
  const std::string old = R"({"name":"a","id":"0000000000000004","end_time":1,"start_time":0,)"
                          R"("trace_id":"1-00000001-0123456789abcdef01234567"})";

  const Result<ClientResponse> answer =
      send({"nonsense", document(1), large, old, document(5, "")});

  ASSERT_TRUE(answer);
  const std::map<std::string, std::uint64_t> wanted = {
      {"InvalidTraceId", 1}, {"MissingEndTime", 1}, {"ParseError", 1}, {"SegmentTooLarge", 1}};
  EXPECT_EQ(aws_->ledger().refused_documents, wanted);
  EXPECT_EQ(aws_->ledger().spans.size(), 1u);
  EXPECT_NE(answer->body.find(R"({"Id":"0000000000000004","ErrorCode":"InvalidTraceId")"),
            std::string::npos)
      << answer->body;
}

TEST_F(FakeAwsTest, JudgesWhoAsksAndWhen) {
  const std::string body = body_of({document(1)});

  EXPECT_EQ(told(send(body, {.key = "AKIDOTHER"})), "403 UnrecognizedClientException");
  EXPECT_EQ(told(send(body, {.token = "none was given"})), "403 ExpiredTokenException");
  EXPECT_EQ(told(send(body, {.date = "20250102T025900Z"})), "403 InvalidSignatureException");
  EXPECT_EQ(told(send(body, {.date = "yesterday"})), "403 InvalidSignatureException");
  EXPECT_EQ(told(send(body, {.scope = "/20250102/us-east-1/xray/aws4_request"})),
            "403 InvalidSignatureException");
  EXPECT_EQ(told(send(body, {.target = "/Traces"})), "404 UnknownOperationException");
  EXPECT_EQ(
      told(client_->send({.method = http::Method::post, .url = aws_->url() + "/TraceSegments"},
                         Deadline::after(Clock::system(), 20s))),
      "403 MissingAuthenticationTokenException");
  EXPECT_TRUE(aws_->ledger().spans.empty());
}

TEST_F(FakeAwsTest, KnowsOnlyTheRotatedKeyAndToken) {
  aws_->rotate("AKIDNEW", "fresh");

  EXPECT_EQ(told(send({document(1)})), "403 UnrecognizedClientException");
  EXPECT_EQ(told(send(body_of({document(1)}), {.key = "AKIDNEW", .token = "fresh"})), "200 ");
}

TEST_F(FakeAwsTest, RefusesADateThatItsOwnClockDoesNotShare) {
  aws_->skew(10min);

  const Result<ClientResponse> answer = send({document(1)});

  EXPECT_EQ(told(answer), "403 InvalidSignatureException");
  EXPECT_EQ(answer->headers.get("date"), "Thu, 02 Jan 2025 03:14:05 GMT");
}

TEST_F(FakeAwsTest, FailsAsToldAndThenAsPlanned) {
  aws_->plan({.rates = {{Fault::unavailable, 1.0}}, .retry_after = 3s});
  aws_->next({Fault::throttle, Fault::server_error, Fault::expired, Fault::none});

  EXPECT_EQ(told(send({document(1)})), "429 ThrottledException");
  EXPECT_EQ(told(send({document(1)})), "500 InternalFailure");
  EXPECT_EQ(told(send({document(1)})), "403 ExpiredTokenException");
  EXPECT_EQ(told(send({document(1)})), "200 ");
  const Result<ClientResponse> planned = send({document(1)});

  EXPECT_EQ(told(planned), "503 ServiceUnavailable");
  EXPECT_EQ(planned->headers.get("retry-after"), "3");
  EXPECT_EQ(aws_->ledger().faults.at(Fault::unavailable), 1u);
  EXPECT_EQ(aws_->ledger().spans.size(), 1u);
}

TEST_F(FakeAwsTest, BreaksConnectionsBeforeAndAfterItHasTaken) {
  aws_->next({Fault::reset_before});
  EXPECT_EQ(told(send({document(1)})), "unavailable");
  EXPECT_TRUE(aws_->ledger().spans.empty());

  aws_->next({Fault::reset_after, Fault::half_answer});
  EXPECT_EQ(told(send({document(2)})), "unavailable");
  EXPECT_EQ(told(send({document(3)})), "unavailable");

  EXPECT_EQ(aws_->ledger().spans.size(), 2u);
}

TEST_F(FakeAwsTest, HandsSomeDocumentsBackUnprocessed) {
  aws_->next({Fault::unprocessed, Fault::unprocessed_nameless});

  const Result<ClientResponse> half = send({document(1), document(2)});
  const Result<ClientResponse> nameless = send({document(3), document(4)});

  EXPECT_EQ(half->body,
            R"({"UnprocessedTraceSegments":[{"Id":"0000000000000002",)"
            R"("ErrorCode":"ThrottledException","Message":"the document was not taken"}]})");
  EXPECT_EQ(nameless->body,
            R"({"UnprocessedTraceSegments":[{)"
            R"("ErrorCode":"ThrottledException","Message":"the document was not taken"}]})");
  EXPECT_EQ(aws_->ledger().spans.size(), 2u);
}

TEST_F(FakeAwsTest, EndsWhileAnAnswerIsSlow) {
  aws_->plan({.slow_for = 10min});
  aws_->next({Fault::slow});
  std::string outcome;
  std::thread caller([&] { outcome = told(send({document(1)})); });
  while (aws_->ledger().spans.empty()) std::this_thread::yield();

  aws_.reset();
  caller.join();

  // The answer that waited still came, or the connection ended: not ten minutes later.
  EXPECT_TRUE(outcome == "200 " || outcome == "unavailable") << outcome;
}

}  // namespace
}  // namespace aloft::testing
