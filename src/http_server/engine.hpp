// SPDX-License-Identifier: Apache-2.0
// What every connection of one server shares, and the lane (I/O thread) it lives on. Private to the
// room.
//
// Lock order: none is ever held while taking another. Everything of a connection happens on its
// lane; workers hand their answers over by posting to it.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/router.hpp>
#include <aloft/http_server/server_options.hpp>

#include "http_server/counters.hpp"
#include "http_server/worker_pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {

namespace asio = boost::asio;

/// Counts one running request as long as it exists, also when its job is dropped.
class Running {
 public:
  explicit Running(std::shared_ptr<Counters> counters) noexcept : counters_(std::move(counters)) {
    counters_->add<&ServerStats::running_requests>();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { counters_->subtract<&ServerStats::running_requests>(); }

 private:
  std::shared_ptr<Counters> counters_;
};

/// One request on its way; kept alive by its connection and by the worker that runs it.
struct Exchange {
  explicit Exchange(Platform platform) noexcept : context(platform) {}
  http::Request request;
  http::Context context;
  http::Response response;
  std::optional<Running> running;
};

struct Engine {
  Engine(ServerOptions server_options, Platform the_platform)
      : options(std::move(server_options)),
        platform(the_platform),
        counters(std::make_shared<Counters>()),
        workers(options.worker_queue_limit) {}

  http::Response respond(Exchange& exchange) const noexcept;
  bool runs_inline(const http::Request& request) const noexcept {
    return router && router->non_blocking(request);
  }
  /// A connection is gone; wakes whoever drains.
  void connection_closed() noexcept {
    const std::lock_guard lock(mutex);
    counters->subtract<&ServerStats::open_connections>();
    all_closed.notify_all();
  }

  const ServerOptions options;
  const Platform platform;
  const std::shared_ptr<Counters> counters;  // shared with stream writers, which may outlive us
  std::optional<http::Router> router;        // either this
  http::Handler handler;                     // or that
  http::Chain no_guards;
  WorkerPool workers;
  std::atomic<bool> draining{false};
  std::mutex mutex;
  std::condition_variable all_closed;
};

class Connection;

struct Lane {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::unordered_set<Connection*> connections;  // only touched on this lane
  std::thread thread;
};

/// Takes over an accepted socket of `lane`; call it on the lane.
void serve(Engine& engine, Lane& lane, asio::ip::tcp::socket socket);
/// For every connection of the lane, on the lane: finish what runs, close what idles.
void drain_all(Lane& lane);
void close_all(Lane& lane);

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
