// SPDX-License-Identifier: Apache-2.0
// Each allocation of a request fails once: every completion still runs exactly once, the caller's
// signals stay as they were, and the client goes on.
#include <aloft/http_client/service_client.hpp>

#include "http_client/failing_memory.hpp"
#include "http_client/fixture.hpp"

#include <csignal>

namespace aloft::http_client {
namespace {

using failing_memory::Countdown;
using failing_memory::countdown_of_this_thread;

/// While it lives, this thread's allocation number `which` fails.
class Failing {
 public:
  explicit Failing(int which) : countdown_(which) { countdown_of_this_thread = &countdown_; }
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;
  ~Failing() { countdown_of_this_thread = nullptr; }
  bool failed() const { return countdown_.load() <= 0; }

 private:
  Countdown countdown_;
};

/// Collects without allocating.
class Tally {
 public:
  Client::Completion completion() {
    return [this](const Result<ClientResponse>& result) {
      const std::lock_guard lock(mutex_);
      ++calls_;
      code_ = result ? ErrorCode::internal : result.error().code;
      changed_.notify_all();
    };
  }
  bool wait_for(int calls) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return calls_ >= calls; });
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  /// Of the last one; `internal` stands for an answer.
  ErrorCode code() {
    const std::lock_guard lock(mutex_);
    return code_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
  ErrorCode code_ = ErrorCode::internal;
};

bool blocked(int signal) {
  sigset_t now;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
  return ::sigismember(&now, signal) == 1;
}

void say_hello(RawConnection& connection) {
  while (!connection.receive_request().empty()) connection.send(kHello);
}

constexpr int kMoreThanARequestTakes = 500;

TEST_F(ClientTest, TellsASenderWithoutMemoryExactlyOnce) {
  const RawServer server(say_hello);
  bool failed = true;
  int which = 0;
  while (failed && ++which < kMoreThanARequestTakes) {
    Client& client = make();
    Tally tally;
    ClientRequest request{.url = server.url()};
    Client::Completion completion = tally.completion();
    {
      const Failing failing(which);
      client.send(std::move(request), patience(), std::move(completion));
      failed = failing.failed();
    }
    ASSERT_TRUE(tally.wait_for(1)) << which;
    EXPECT_EQ(tally.code(), failed ? ErrorCode::resource_exhausted : ErrorCode::internal) << which;
    EXPECT_EQ(stats().refused_system, failed ? 1u : 0u) << which;
    EXPECT_FALSE(blocked(SIGUSR1)) << which;
    EXPECT_TRUE(client.send({.url = server.url()}, patience())) << which;
    EXPECT_EQ(tally.calls(), 1) << which;
  }
  EXPECT_GT(which, 5);
  EXPECT_FALSE(failed);
}

TEST_F(ClientTest, AnswersABlockingSenderWithoutMemory) {
  const RawServer server(say_hello);
  const ClientRequest request{.url = server.url()};
  bool failed = true;
  int which = 0;
  while (failed && ++which < kMoreThanARequestTakes) {
    Client& client = make();
    std::optional<Result<ClientResponse>> answer;
    {
      const Failing failing(which);
      answer.emplace(client.send(request, patience()));
      failed = failing.failed();
    }
    EXPECT_EQ(answer->has_value(), !failed) << which;
    EXPECT_EQ(stats().refused_system, failed ? 1u : 0u) << which;
    EXPECT_FALSE(blocked(SIGUSR1)) << which;
    EXPECT_TRUE(client.send(request, patience())) << which;
  }
  EXPECT_GT(which, 5);
  EXPECT_FALSE(failed);
}

/// Makes the client's own thread fail from now on as `countdown` says.
bool arm_thread_of(Client& client, const std::string& url, Countdown& countdown) {
  std::promise<void> armed;
  client.send({.url = url}, patience(), [&](const Result<ClientResponse>&) {
    countdown_of_this_thread = &countdown;
    armed.set_value();
  });
  return armed.get_future().wait_for(20s) == std::future_status::ready;
}

TEST_F(ClientTest, TellsOfAnAnswerThatHasNoMemoryExactlyOnce) {
  const RawServer server(say_hello);
  Client& client = make();
  Countdown countdown{0};
  ASSERT_TRUE(arm_thread_of(client, server.url(), countdown));
  Tally tally;
  int which = 0;
  do {
    countdown = ++which;
    client.send({.url = server.url()}, patience(), tally.completion());
    ASSERT_TRUE(tally.wait_for(which)) << which;
  } while (countdown.exchange(0) <= 0 && which < kMoreThanARequestTakes);

  EXPECT_GT(which, 2);
  EXPECT_EQ(tally.code(), ErrorCode::internal);  // the last one had all its memory
  EXPECT_EQ(tally.calls(), which);
  EXPECT_EQ(stats().requests, stats().responses + stats().failed());
  EXPECT_GT(stats().internal_errors, 0u);
}

TEST_F(ClientTest, TellsOfATimeoutThatItHasNoMemoryToDescribe) {
  const RawServer server(say_hello);
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  Client& client = make();
  Result<ServiceClient> service =
      ServiceClient::create({.name = "ledger", .url = silent.url(""), .timeout = 5ms}, client);
  ASSERT_TRUE(service);
  Countdown countdown{0};
  ASSERT_TRUE(arm_thread_of(client, server.url(), countdown));
  Tally tally;
  Span nothing;
  int which = 0;
  do {
    countdown = ++which;
    service->send(nothing, {.route = "/"}, patience(), tally.completion());
    ASSERT_TRUE(tally.wait_for(which)) << which;
    EXPECT_THAT(tally.code(),
                ::testing::AnyOf(ErrorCode::deadline_exceeded, ErrorCode::resource_exhausted));
  } while (countdown.exchange(0) <= 0 && which < kMoreThanARequestTakes);

  EXPECT_GT(which, 2);
  EXPECT_EQ(tally.calls(), which);
  EXPECT_EQ(stats().completions_threw, 0u);
}

}  // namespace
}  // namespace aloft::http_client
