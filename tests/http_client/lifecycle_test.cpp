// SPDX-License-Identifier: Apache-2.0
// Start, end, fork, and the promise that each completion runs exactly once.
#include <aloft/testing/memory_diagnostics.hpp>

#include "http_client/fixture.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <memory>
#include <stdexcept>

namespace aloft::http_client {
namespace {

void say_hello(RawConnection& connection) {
  while (!connection.receive_request().empty()) connection.send(kHello);
}

int threads_of_this_process() {
  int count = 0;
  DIR* const tasks = ::opendir("/proc/self/task");
  while (const dirent* const task = ::readdir(tasks)) count += task->d_name[0] != '.';
  ::closedir(tasks);
  return count;
}

TEST_F(ClientTest, StartsNoThreadBeforeTheFirstRequest) {
  const RawServer server(say_hello);
  const int before = threads_of_this_process();

  Client& client = make();
  EXPECT_EQ(threads_of_this_process(), before);
  EXPECT_EQ(client.stats().requests, 0u);

  client_.reset();
  EXPECT_EQ(threads_of_this_process(), before);
}

TEST_F(ClientTest, BurnsNoProcessorWhileIdle) {
  // While the server is silent nothing is to be done; the client's thread must sleep in one poll.
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  Client& client = make();
  ASSERT_EQ(client.send({.url = silent.url()}, soon(20ms)).error().code,
            ErrorCode::deadline_exceeded);
  client.send({.url = silent.url()}, patience(), {});
  ASSERT_TRUE(eventually([&] { return silent.connections() == 2; }));

  const auto used = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
  };
  const Nanoseconds before = used();
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable nobody;
  nobody.wait_for(lock, 300ms, [] { return false; });

  // A loop would take all of the 300 ms; a sanitizer's own thread takes a few.
  EXPECT_LT(used() - before, 50ms);
}

TEST_F(ClientTest, CancelsWhatIsInFlightWhenItIsDestroyed) {
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  Client& client = make({.connections_per_host_limit = 4});
  Inbox inbox;
  for (int i = 0; i < 20; ++i) client.send({.url = silent.url()}, patience(), inbox.completion());

  const auto begin = std::chrono::steady_clock::now();
  client_.reset();
  const auto took = std::chrono::steady_clock::now() - begin;

  const std::vector<Result<ClientResponse>> results = inbox.results();
  ASSERT_EQ(results.size(), 20u);
  for (const Result<ClientResponse>& one : results) {
    EXPECT_EQ(one.error().code, ErrorCode::cancelled);
  }
  EXPECT_LT(took, 5s);
}

TEST_F(ClientTest, RefusesARequestFromACompletionDuringDestruction) {
  const RawServer silent([](RawConnection& connection) { connection.receive_all(); });
  Client& client = make();
  Inbox inbox;
  client.send({.url = silent.url()}, patience(), [&](const Result<ClientResponse>&) {
    client_->send({.url = silent.url()}, patience(), inbox.completion());
  });

  client_.reset();

  ASSERT_TRUE(inbox.wait_for(1));
  EXPECT_EQ(inbox.results()[0].error().code, ErrorCode::cancelled);
}

TEST_F(ClientTest, MayBeDestroyedInACompletion) {
  const RawServer server(say_hello);
  auto client = std::make_shared<Client>(std::move(*Client::create()));
  Client* const plain = client.get();
  std::promise<bool> told;

  plain->send({.url = server.url()}, patience(),
              [&told, client](Result<ClientResponse> result) mutable {
                client.reset();
                told.set_value(result.has_value());
              });
  client.reset();

  EXPECT_TRUE(told.get_future().get());
}

TEST_F(ClientTest, MovesWithWhatIsInFlight) {
  const RawServer server(say_hello);
  Client& client = make();
  Inbox inbox;
  client.send({.url = server.url()}, patience(), inbox.completion());

  Client moved = std::move(client);

  EXPECT_TRUE(moved.send({.url = server.url()}, patience()));
  ASSERT_TRUE(inbox.wait_for(1));
  EXPECT_TRUE(inbox.results()[0]);
  moved = std::move(*Client::create());
  EXPECT_EQ(moved.stats().requests, 0u);
  client_.reset();
}

TEST_F(ClientTest, RefusesABlockingSendInACompletion) {
  const RawServer server(say_hello);
  Client& client = make();
  std::promise<ErrorCode> code;

  client.send({.url = server.url()}, patience(), [&](const Result<ClientResponse>&) {
    code.set_value(client.send({.url = server.url()}, patience()).error().code);
  });

  EXPECT_EQ(code.get_future().get(), ErrorCode::unsupported);
}

TEST_F(ClientTest, SendsFromACompletion) {
  const RawServer server(say_hello);
  Client& client = make();
  Inbox inbox;

  client.send({.url = server.url()}, patience(), [&](const Result<ClientResponse>&) {
    client.send({.url = server.url()}, patience(), inbox.completion());
  });

  ASSERT_TRUE(inbox.wait_for(1));
  EXPECT_TRUE(inbox.results()[0]);
}

TEST_F(ClientTest, DoesNotWaitForACompletionThatHoldsUpTheThread) {
  const RawServer server(say_hello);
  Client& client = make();
  std::promise<void> held;
  std::promise<void> let_go;
  client.send({.url = server.url()}, patience(), [&](const Result<ClientResponse>&) {
    held.set_value();
    let_go.get_future().wait();
  });
  held.get_future().wait();

  const Result<ClientResponse> answer = client.send({.url = server.url()}, soon(50ms));

  EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
  let_go.set_value();
}

TEST_F(ClientTest, SwallowsAndCountsWhatACompletionThrows) {
  const RawServer server(say_hello);
  testing::MemoryDiagnostics diagnostics;
  Result<Client> client = Client::create({}, {Clock::system(), Random::system(), diagnostics});
  const auto thrower = [](const Result<ClientResponse>&) { throw std::runtime_error("mine"); };

  client->send({.url = server.url()}, patience(), thrower);
  client->send({.url = "ftp://x/"}, patience(), thrower);

  EXPECT_TRUE(eventually([&] { return client->stats().completions_threw == 2; }));
  EXPECT_TRUE(client->send({.url = server.url()}, patience()));
  ASSERT_EQ(diagnostics.reports().size(), 2u);
  EXPECT_EQ(diagnostics.reports()[0].subject, "http_client");
}

TEST_F(ClientTest, MayBeDestroyedByACompletionThatThenThrowsInsideSend) {
  auto client = std::make_unique<Client>(std::move(*Client::create()));
  Client* const plain = client.get();
  bool told = false;

  plain->send({.url = "ftp://x/"}, patience(), [&](const Result<ClientResponse>&) {
    client.reset();
    told = true;
    throw std::runtime_error("mine");
  });

  EXPECT_TRUE(told);
}

TEST_F(ClientTest, TakesAnEmptyCompletion) {
  const RawServer server(say_hello);
  Client& client = make();

  client.send({.url = server.url()}, patience(), {});
  client.send({.url = "ftp://x/"}, patience(), {});

  EXPECT_TRUE(eventually([&] { return stats().responses == 1; }));
}

TEST_F(ClientTest, CallsEachCompletionExactlyOnceUnderStress) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 250;
  std::atomic<unsigned> number{0};
  // Every third connection dies, every fifth answer is cut short, every seventh is late.
  const RawServer server([&](RawConnection& connection) {
    while (!connection.receive_request().empty()) {
      const unsigned n = ++number;
      if (n % 3 == 0) return connection.reset_when_closed();
      if (n % 7 == 0) {
        connection.receive_all();
        return;
      }
      connection.send(n % 5 == 0 ? kHello.substr(0, 50) : kHello);
      if (n % 5 == 0) return;
    }
  });
  std::array<std::atomic<int>, kThreads * kEach> calls{};
  {
    Client& client = make({.in_flight_limit = 64});
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < kEach; ++i) {
          client.send({.url = server.url()}, soon(i % 2 == 0 ? 20ms : 5ms),
                      [&calls, n = t * kEach + i](const Result<ClientResponse>&) { ++calls[n]; });
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const ClientStats stats = client_->stats();
  client_.reset();  // in the middle of it

  EXPECT_TRUE(std::all_of(calls.begin(), calls.end(), [](const auto& one) { return one == 1; }));
  EXPECT_EQ(stats.requests + stats.refused(), kThreads * kEach);
}

TEST_F(ClientTest, LeavesTheProcessesSignalsAlone) {
  const RawServer server([](RawConnection& connection) {
    connection.receive_request();
    connection.reset_when_closed();
  });
  make();
  struct sigaction before {};
  ::sigaction(SIGPIPE, nullptr, &before);

  for (int i = 0; i < 20; ++i) {
    static_cast<void>(client_->send(
        {.method = http::Method::post, .url = server.url(), .body = std::string(1'000'000, 'x')},
        patience()));
  }

  struct sigaction after {};
  ::sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

/// While it lives, the system can wait for no socket and opens no descriptor.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ClientTest, GoesOnAfterTheSystemCouldNotWait) {
  const RawServer server(say_hello);
  Client& client = make();
  ASSERT_TRUE(client.send({.url = server.url()}, patience()));
  {
    const NoDescriptors none;
    EXPECT_EQ(refusal({.url = server.url()}), ErrorCode::unavailable);
    EXPECT_TRUE(eventually([&] { return stats().waits_failed > 0; }));
  }

  const Result<ClientResponse> after = client.send({.url = server.url()}, patience());

  EXPECT_TRUE(after) << after.error().to_string();
}

// ThreadSanitizer cannot follow threads that are started in the child of a process with threads.
#if !defined(__SANITIZE_THREAD__)

/// Runs `body` in a forked child; its exit code is the answer. `_exit`: a leak checker would
/// blame the child for what the test's other threads held when it was forked.
template <typename Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(ClientTest, IsRefusedAndHarmlessInTheChildOfAFork) {
  const RawServer server(say_hello);
  Client& client = make();
  ASSERT_TRUE(client.send({.url = server.url()}, patience()));

  const int verdict = in_child([&] {
    const Result<ClientResponse> answer = client.send({.url = server.url()}, patience());
    if (answer || answer.error().code != ErrorCode::unavailable) return 1;
    int told = 0;
    client.send({.url = server.url()}, patience(), [&](const Result<ClientResponse>&) { ++told; });
    if (told != 1) return 2;
    if (client.stats().refused_stopped != 2) return 3;
    client_.reset();
    return 0;
  });

  EXPECT_EQ(verdict, 0);
  EXPECT_TRUE(client.send({.url = server.url()}, patience()));  // the parent goes on
}

TEST_F(ClientTest, IsHarmlessInAChildForkedAfterTheSystemCouldNotWait) {
  const RawServer server(say_hello);
  Client& client = make();
  ASSERT_TRUE(client.send({.url = server.url()}, patience()));
  {
    const NoDescriptors none;
    static_cast<void>(client.send({.url = server.url()}, patience()));
  }

  EXPECT_EQ(in_child([&] {
              client_.reset();
              return 0;
            }),
            0);
}

TEST_F(ClientTest, LetsAChildMakeAClientOfItsOwn) {
  const RawServer server(say_hello);
  Client& client = make();
  ASSERT_TRUE(client.send({.url = server.url()}, patience()));

  const int verdict = in_child([&] {
    Result<Client> own = Client::create();
    if (!own) return 1;
    const Result<ClientResponse> answer = own->send({.url = server.url()}, patience());
    return answer && answer->body == "hello" ? 0 : 2;
  });

  EXPECT_EQ(verdict, 0);
}

TEST_F(ClientTest, SurvivesAForkInTheMiddleOfItsWork) {
  const RawServer server(say_hello);
  Client& client = make();
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) static_cast<void>(client.send({.url = server.url()}, patience()));
  });

  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(in_child([&] {
                const bool refused = !client.send({.url = server.url()}, patience());
                client_.reset();
                return refused ? 0 : 1;
              }),
              0);
  }

  stop = true;
  busy.join();
  EXPECT_EQ(stats().failed(), 0u);
}

#endif

}  // namespace
}  // namespace aloft::http_client
