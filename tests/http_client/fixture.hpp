// SPDX-License-Identifier: Apache-2.0
// A client, deadlines, and a box that collects what completions are told.
#pragma once

#include <aloft/http_client/client.hpp>

#include "http_client/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft::http_client {

using namespace std::chrono_literals;

/// Long enough for any machine; a test that would hang fails instead.
inline Deadline patience() { return Deadline::after(Clock::system(), 20s); }
inline Deadline soon(Nanoseconds timeout) { return Deadline::after(Clock::system(), timeout); }

/// What completions were told, in the order in which they were; late ones may outlive it.
class Inbox {
 public:
  Client::Completion completion() {
    return [state = state_](Result<ClientResponse> result) {
      const std::lock_guard lock(state->mutex);
      state->results.push_back(std::move(result));
      state->changed.notify_all();
    };
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, 20s, [&] { return state_->results.size() >= count; });
  }
  std::vector<Result<ClientResponse>> results() {
    const std::lock_guard lock(state_->mutex);
    return state_->results;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Result<ClientResponse>> results;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class ClientTest : public ::testing::Test {
 protected:
  Client& make(ClientOptions options = {}) {
    Result<Client> made = Client::create(std::move(options));
    EXPECT_TRUE(made) << made.error().to_string();
    client_.emplace(std::move(*made));
    return *client_;
  }
  /// Sends and tells the code of the error that must come.
  ErrorCode refusal(const ClientRequest& request) {
    const Result<ClientResponse> answer = client_->send(request, patience());
    EXPECT_FALSE(answer);
    if (answer) return ErrorCode::internal;
    EXPECT_FALSE(answer.error().remedy.empty());
    return answer.error().code;
  }
  ClientStats stats() const { return client_->stats(); }
  static bool eventually(const std::function<bool()>& done) {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::optional<Client> client_;
};

inline constexpr std::string_view kHello =
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-a: b\r\n\r\nhello";

}  // namespace aloft::http_client
