// SPDX-License-Identifier: Apache-2.0
// A server with a few routes, and gates that hold a handler until the test lets it go.
#pragma once

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http_server/server.hpp>

#include "http_server/client.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace aloft::http_server {

using http::Context;
using http::Request;
using http::Response;

/// Handlers wait at it; the test sees them arrive and opens it once.
class Gate {
 public:
  void pass() {
    {
      const std::lock_guard lock(mutex_);
      ++arrived_;
      changed_.notify_all();
    }
    opened_.wait();
  }
  void wait_for(int arrivals) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= arrivals; });
  }
  void open() {
    if (!std::exchange(is_open_, true)) open_.set_value();
  }
  ~Gate() { open(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  std::promise<void> open_;
  std::shared_future<void> opened_{open_.get_future()};
  bool is_open_ = false;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    router_.get("/", [](Context&, const Request&) { return Response::text(200, "hello"); })
        .post("/echo",
              [](Context&, const Request& request) { return Response::text(200, request.body); })
        .get("/gate", [this](Context&, const Request&) {
          gate_.pass();
          return Response::text(200, "passed");
        });
  }
  ~ServerTest() override { gate_.open(); }

  void serve(ServerOptions options = {}) {
    Result<Server> made = Server::create(std::move(options), std::move(router_));
    ASSERT_TRUE(made) << made.error().to_string();
    server_.emplace(std::move(*made));
    ASSERT_TRUE(server_->start());
  }
  std::uint16_t port() const { return server_->port(); }
  ServerStats stats() const { return server_->stats(); }

  /// Lets other threads run until `done` or the test's patience is over.
  static bool eventually(const std::function<bool()>& done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }

  Gate gate_;
  http::Router router_;
  std::optional<Server> server_;
};

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

}  // namespace aloft::http_server
