// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/client.hpp>

#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include "aws/fixture.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

namespace aloft::aws {
namespace {

using delivery::Failure;
using ::testing::HasSubstr;
using ::testing::Not;

/// Gives the next of its key ids at each fetch.
class Rotating final : public CredentialsProvider {
 public:
  explicit Rotating(std::vector<std::string> ids) : ids_(std::move(ids)) {}
  Result<Credentials> fetch(Deadline) override {
    if (next_ == ids_.size()) return fail(ErrorCode::unavailable, "no more");
    Credentials made = example_credentials();
    made.access_key_id = ids_[next_++];
    return made;
  }

 private:
  const std::vector<std::string> ids_;
  std::size_t next_ = 0;
};

class AwsClientTest : public ::testing::Test {
 protected:
  AwsClient& make(const std::string& url, std::vector<std::string> ids = {"AKIDONE"}) {
    Result<CachedCredentials> cached = CachedCredentials::create(
        std::make_unique<Rotating>(std::move(ids)), {.refusal_interval = 0s}, platform());
    EXPECT_TRUE(cached);
    credentials_ = std::make_shared<CachedCredentials>(std::move(*cached));
    Result<AwsClient> made = AwsClient::create(
        {.service = Service::xray},
        settings_of({{"AWS_REGION", "eu-central-1"}, {"AWS_ENDPOINT_URL_XRAY", url}}), credentials_,
        platform());
    EXPECT_TRUE(made) << made.error().to_string();
    client_.emplace(std::move(*made));
    return *client_;
  }
  AwsAnswer ask(AwsRequest request = {.path = "/TraceSegments", .body = "{}"}) {
    std::promise<AwsAnswer> box;
    client_->send(std::move(request), patience(),
                  [&](AwsAnswer answer) { box.set_value(std::move(answer)); });
    return box.get_future().get();
  }
  Platform platform() { return {clock_, random_, diagnostics_}; }

  /// Tells its own wall time; its steady one is the system's, for the client's real waits.
  class WallClock final : public Clock {
   public:
    TimePoint now() const noexcept override { return {wall, steady_now()}; }
    SteadyTime steady_now() const noexcept override { return Clock::system().steady_now(); }
    void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                    SteadyTime until) override {
      Clock::system().wait_until(lock, wakeup, until);
    }
    std::atomic<WallTime> wall = WallTime(std::chrono::seconds(784'123'200));  // 1994-11-06 12:00
  };

  /// Lives as long as the process: a client that ends in what it tells has a thread that ends
  /// later.
  static WallClock& clock() {
    static WallClock& clock = *new WallClock;
    return clock;
  }

  WallClock& clock_ = clock();
  testing::SequenceRandom random_;
  testing::MemoryDiagnostics diagnostics_;
  std::shared_ptr<CachedCredentials> credentials_;
  std::optional<AwsClient> client_;
};

TEST_F(AwsClientTest, SignsACallAndSendsIt) {
  const FakeService xray([](const SeenRequest&) { return reply(200, "fine"); });
  make(xray.url("/prefix/"));

  const AwsAnswer answer = ask();

  EXPECT_EQ(answer.verdict.failure, std::nullopt);
  EXPECT_EQ(answer.response.body, "fine");
  ASSERT_EQ(xray.seen().size(), 1u);
  const SeenRequest seen = xray.seen()[0];
  EXPECT_EQ(seen.line, "POST /prefix/TraceSegments HTTP/1.1");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.field("x-amz-date"), "19941106T120000Z");
  EXPECT_THAT(
      seen.field("authorization"),
      ::testing::StartsWith("AWS4-HMAC-SHA256 Credential=AKIDONE/19941106/eu-central-1/"
                            "xray/aws4_request, SignedHeaders=host;x-amz-date, Signature="));
}

TEST_F(AwsClientTest, SignsTheHostFieldThatTheClientSends) {
  const FakeService xray([](const SeenRequest&) { return reply(200, ""); });
  make(xray.url());

  ask();

  EXPECT_EQ("http://" + xray.seen()[0].field("host"), xray.url());
}

TEST_F(AwsClientTest, CorrectsItsClockOnceAndSendsAgain) {
  const FakeService xray([](const SeenRequest& request) {
    if (request.field("x-amz-date") == "19941106T140000Z") return reply(200, "");
    return reply(403, R"({"__type":"InvalidSignatureException","message":"hush"})",
                 "date: Sun, 06 Nov 1994 14:00:00 GMT\r\n");
  });
  make(xray.url());

  EXPECT_EQ(ask().verdict.failure, std::nullopt);
  EXPECT_EQ(ask().verdict.failure, std::nullopt);

  EXPECT_EQ(xray.seen().size(), 3u);  // the second call is right at once
  EXPECT_EQ(client_->clock_skew(), 2h);
  EXPECT_EQ(client_->stats().skew_corrections, 1u);
}

TEST_F(AwsClientTest, CorrectsTheClockOfEveryCallThatWasOnItsWay) {
  std::mutex mutex;
  std::condition_variable came;
  int refused = 0;
  const FakeService xray([&](const SeenRequest& request) {
    if (request.field("x-amz-date") == "19941106T140000Z") return reply(200, "");
    std::unique_lock lock(mutex);
    ++refused;
    came.notify_all();
    came.wait_for(lock, 20s, [&] { return refused == 2; });
    return reply(403, R"({"__type":"InvalidSignatureException"})",
                 "date: Sun, 06 Nov 1994 14:00:00 GMT\r\n");
  });
  make(xray.url());

  std::promise<AwsAnswer> answers[2];
  for (auto& answer : answers) {
    client_->send({}, patience(), [&](AwsAnswer told) { answer.set_value(std::move(told)); });
  }

  for (auto& answer : answers) {
    EXPECT_EQ(answer.get_future().get().verdict.failure, std::nullopt);
  }
  EXPECT_EQ(client_->stats().skew_corrections, 1u);
}

TEST_F(AwsClientTest, DoesNotGoOnCorrectingItsClock) {
  std::atomic<int> hour{12};
  const FakeService xray([&](const SeenRequest&) {
    hour += 1;
    return reply(403, R"({"__type":"RequestTimeTooSkewed"})",
                 "date: Sun, 06 Nov 1994 " + std::to_string(hour) + ":00:00 GMT\r\n");
  });
  make(xray.url());

  const AwsAnswer answer = ask();

  EXPECT_EQ(answer.verdict.failure, Failure::unauthorized);
  EXPECT_EQ(answer.code, "RequestTimeTooSkewed");
  EXPECT_EQ(xray.seen().size(), 2u);
}

TEST_F(AwsClientTest, DoesNotSendAgainWhenTheClockIsRight) {
  const FakeService xray([](const SeenRequest&) {
    return reply(403, R"({"__type":"InvalidSignatureException"})",
                 "date: Sun, 06 Nov 1994 12:00:01 GMT\r\n");
  });
  make(xray.url());

  EXPECT_EQ(ask().verdict.failure, Failure::unauthorized);

  EXPECT_EQ(xray.seen().size(), 1u);
}

TEST_F(AwsClientTest, SendsAgainWithNewCredentialsOnce) {
  const FakeService xray([](const SeenRequest& request) {
    if (request.field("authorization").find("=AKIDTWO/") != std::string::npos) {
      return reply(200, "");
    }
    return reply(403, "", "x-amzn-errortype: ExpiredTokenException:http://x/\r\n");
  });
  make(xray.url(), {"AKIDONE", "AKIDTWO"});

  EXPECT_EQ(ask().verdict.failure, std::nullopt);

  EXPECT_EQ(xray.seen().size(), 2u);
  EXPECT_EQ(client_->stats().renewals, 1u);
}

TEST_F(AwsClientTest, GivesUpWhenNewCredentialsDoNotHelpOrCome) {
  const FakeService xray([](const SeenRequest&) {
    return reply(403, R"({"__type":"UnrecognizedClientException","message":"hush"})");
  });
  make(xray.url(), {"AKIDONE", "AKIDTWO", "AKIDTHREE"});
  const AwsAnswer twice = ask();
  EXPECT_EQ(xray.seen().size(), 2u);

  make(xray.url(), {"AKIDONE"});
  const AwsAnswer once = ask();

  EXPECT_EQ(xray.seen().size(), 3u);
  for (const AwsAnswer& answer : {twice, once}) {
    EXPECT_EQ(answer.verdict.failure, Failure::unauthorized);
    EXPECT_EQ(answer.verdict.message,
              "the service answered with UnrecognizedClientException (status 403)");
  }
}

TEST_F(AwsClientTest, SaysWhenThereAreNoCredentialsAndSendsNothing) {
  const FakeService xray([](const SeenRequest&) { return reply(200, ""); });
  make(xray.url(), {});

  const AwsAnswer answer = ask();

  EXPECT_EQ(answer.verdict.failure, Failure::unauthorized);
  EXPECT_THAT(answer.verdict.message, HasSubstr("no credentials: "));
  EXPECT_TRUE(xray.seen().empty());
}

TEST_F(AwsClientTest, TellsNoAnswerFromARefusal) {
  const http_client::ClosedPort closed;
  std::string url = closed.url();
  make(url);

  const AwsAnswer answer = ask();

  EXPECT_EQ(answer.verdict.failure, Failure::transient);
  EXPECT_FALSE(answer.verdict.maybe_received);
  EXPECT_EQ(answer.response.status, 0);
  EXPECT_EQ(client_->stats().failures, 1u);
}

TEST_F(AwsClientTest, ShowsNoSecretInAnyVerdict) {
  const FakeService xray([](const SeenRequest& request) {
    return reply(400, R"({"__type":"ValidationException","message":")" +
                          request.field("authorization") + "\"}");
  });
  make(xray.url());

  const AwsAnswer answer = ask();

  EXPECT_EQ(answer.verdict.failure, Failure::poison);
  EXPECT_THAT(answer.verdict.message, Not(HasSubstr("AWS4")));
  EXPECT_THAT(answer.verdict.message, Not(HasSubstr("AKID")));
}

TEST_F(AwsClientTest, TellsWhoWaitsWhenItEnds) {
  std::promise<void> arrived;
  std::promise<void> over;
  const FakeService xray([&](const SeenRequest&) {
    arrived.set_value();
    over.get_future().wait();
    return std::string();
  });
  make(xray.url());
  std::promise<AwsAnswer> box;
  client_->send({}, patience(), [&](AwsAnswer answer) { box.set_value(std::move(answer)); });
  arrived.get_future().wait();

  client_.reset();

  EXPECT_EQ(box.get_future().get().verdict.failure, Failure::transient);
  over.set_value();
}

TEST_F(AwsClientTest, MayEndInWhatItTells) {
  const FakeService xray([](const SeenRequest&) { return reply(200, ""); });
  make(xray.url());
  std::promise<void> told;

  client_->send({}, patience(), [&](AwsAnswer) {
    client_.reset();
    told.set_value();
  });

  told.get_future().wait();
}

TEST_F(AwsClientTest, IsNotMadeWithoutRegionOrCredentials) {
  EXPECT_FALSE(AwsClient::create({}, settings_of({}), credentials_));
  EXPECT_FALSE(AwsClient::create({}, settings_of({{"AWS_REGION", "eu-west-1"}}), nullptr));
}

}  // namespace
}  // namespace aloft::aws
