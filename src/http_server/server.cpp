// SPDX-License-Identifier: Apache-2.0
// Binding, accepting, starting and stopping; one connection's life is in connection.cpp.
#include <aloft/http_server/server.hpp>

#include "http_server/engine.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_server {
namespace {

using SystemError = boost::system::error_code;

/// Ours: out of descriptors is the usual reason; trying again at once would burn a core.
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    "connection: close\r\n\r\n";

Unexpected out_of_range(std::string_view field, std::string_view range) {
  return fail(ErrorCode::invalid_argument,
              "ServerOptions::" + std::string(field) + " is out of range",
              "use " + std::string(range));
}

Result<void> check(const ServerOptions& options) {
  if (options.io_threads < 1 || options.io_threads > 64) {
    return out_of_range("io_threads", "1 to 64");
  }
  if (options.workers < 1 || options.workers > 1024) return out_of_range("workers", "1 to 1024");
  if (options.worker_queue_limit < 1) return out_of_range("worker_queue_limit", "at least 1");
  if (options.connection_limit < 1) return out_of_range("connection_limit", "at least 1");
  if (options.requests_per_connection_limit < 1) {
    return out_of_range("requests_per_connection_limit", "at least 1");
  }
  if (options.header_limit_bytes < 256 || options.header_limit_bytes > http::kMaxHeaderBytes) {
    return out_of_range("header_limit_bytes", "256 to 65536");
  }
  if (options.header_fields_limit < 1 || options.header_fields_limit > http::kMaxHeaderFields) {
    return out_of_range("header_fields_limit", "1 to 128");
  }
  if (options.target_limit_bytes < 1) return out_of_range("target_limit_bytes", "at least 1");
  for (const Nanoseconds timeout :
       {options.header_timeout, options.body_timeout, options.idle_timeout, options.write_timeout,
        options.handler_timeout}) {
    if (timeout <= Nanoseconds::zero() || timeout > std::chrono::hours(24)) {
      return out_of_range("…_timeout", "more than 0 and at most 24 hours");
    }
  }
  return {};
}

Unexpected cannot_listen(const ServerOptions& options, const SystemError& error) {
  const std::string where = options.address + " port " + std::to_string(options.port);
  if (error == boost::asio::error::address_in_use) {
    return fail(ErrorCode::already_exists, where + " is taken by another program",
                "stop that program, or choose another port (0 picks a free one)");
  }
  if (error == boost::asio::error::access_denied) {
    return fail(ErrorCode::permission_denied, where + " needs privileges",
                "choose a port above 1023");
  }
  return fail(ErrorCode::unavailable, where + " cannot be bound: " + error.message(),
              "choose an address of this machine, e.g. 127.0.0.1");
}

std::vector<std::unique_ptr<Lane>> make_lanes(std::size_t count) {
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t i = 0; i < count; ++i) lanes.push_back(std::make_unique<Lane>());
  return lanes;
}

}  // namespace

class Server::Core {
 public:
  Core(ServerOptions options, Platform platform)
      : engine_(std::move(options), platform),
        lanes_(make_lanes(engine_.options.io_threads)),
        acceptor_(lanes_.front()->io),
        accept_pause_(lanes_.front()->io) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() { stop(); }

  Result<void> listen();
  Result<void> start();
  bool drain(Deadline deadline);
  void stop() noexcept;

  std::uint16_t port() const noexcept { return port_; }
  Engine& engine() noexcept { return engine_; }
  const Engine& engine() const noexcept { return engine_; }

 private:
  void accept();
  void on_accept(Lane& lane, asio::ip::tcp::socket socket);
  void stop_accepting();

  Engine engine_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // the first one accepts
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer accept_pause_;
  std::size_t next_lane_ = 0;
  std::uint16_t port_ = 0;
  bool started_ = false;
  bool start_failed_ = false;
  bool stopped_ = false;
  std::mutex life_mutex_;  // of start and stop
};

Result<void> Server::Core::listen() {
  const ServerOptions& options = engine_.options;
  SystemError error;
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (error) {
    return fail(ErrorCode::invalid_argument, "ServerOptions::address is not an IP address",
                "use a literal address, e.g. 127.0.0.1 or ::1");
  }
  const asio::ip::tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(options, error);
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

Result<void> Server::Core::start() {
  const std::lock_guard lock(life_mutex_);
  if (start_failed_) {
    return fail(ErrorCode::resource_exhausted, "the server could not be started before",
                "destroy it and create another");
  }
  if (started_ || stopped_) return {};
  if (Result<void> workers = engine_.workers.start(engine_.options.workers); !workers) {
    return workers;
  }
  started_ = true;
  accept();
  try {
    for (const auto& lane : lanes_) {
      lane->thread = std::thread([io = &lane->io] { io->run(); });
    }
  } catch (const std::system_error&) {
    start_failed_ = true;
    return fail(ErrorCode::resource_exhausted, "the system gives no thread for I/O",
                "lower ServerOptions::io_threads or raise the limit of threads");
  }
  return {};
}

void Server::Core::accept() {
  Lane& lane = *lanes_[next_lane_];
  next_lane_ = (next_lane_ + 1) % lanes_.size();
  acceptor_.async_accept(lane.io,
                         [this, &lane](const SystemError& error, asio::ip::tcp::socket socket) {
                           if (!acceptor_.is_open()) return;
                           if (error) {
                             engine_.counters->add<&ServerStats::accept_errors>();
                             accept_pause_.expires_after(kAcceptPause);
                             accept_pause_.async_wait([this](const SystemError& stopped) {
                               if (!stopped && acceptor_.is_open()) accept();
                             });
                             return;
                           }
                           on_accept(lane, std::move(socket));
                           accept();
                         });
}

void Server::Core::on_accept(Lane& lane, asio::ip::tcp::socket socket) {
  Counters& counters = *engine_.counters;
  if (counters.get<&ServerStats::open_connections>() >= engine_.options.connection_limit) {
    counters.add<&ServerStats::connections_refused>();
    SystemError ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kFull), ignored);
    return;
  }
  counters.add<&ServerStats::connections>();
  counters.add<&ServerStats::open_connections>();
  asio::post(lane.io, [this, &lane, peer = std::move(socket)]() mutable {
    serve(engine_, lane, std::move(peer));
  });
}

void Server::Core::stop_accepting() {
  asio::post(lanes_.front()->io, [this] {
    SystemError ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
  });
}

bool Server::Core::drain(Deadline deadline) {
  engine_.draining.store(true, std::memory_order_relaxed);
  stop_accepting();
  for (const auto& lane : lanes_) {
    asio::post(lane->io, [&lane = *lane] { drain_all(lane); });
  }
  const Clock& clock = engine_.platform.clock;
  std::unique_lock lock(engine_.mutex);
  while (engine_.counters->get<&ServerStats::open_connections>() > 0) {
    if (deadline.passed(clock.steady_now())) return false;
    engine_.platform.clock.wait_until(lock, engine_.all_closed, deadline.at);
  }
  return true;
}

void Server::Core::stop() noexcept {
  const std::lock_guard lock(life_mutex_);
  if (stopped_) return;
  stopped_ = true;
  engine_.draining.store(true, std::memory_order_relaxed);
  stop_accepting();
  for (const auto& lane : lanes_) {
    asio::post(lane->io, [&lane = *lane] { close_all(lane); });
  }
  // The lanes still run: what the workers answer now is posted to them and dropped there.
  engine_.workers.stop();
  for (const auto& lane : lanes_) {
    lane->work.reset();
    if (lane->thread.joinable()) lane->thread.join();
  }
}

Server::Server(std::unique_ptr<Core> core) noexcept : core_(std::move(core)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::create(ServerOptions options, http::Router router, Platform platform) {
  if (Result<void> ok = router.check(); !ok) return unexpected(ok.error());
  if (Result<void> ok = check(options); !ok) return unexpected(ok.error());
  auto core = std::make_unique<Core>(std::move(options), platform);
  core->engine().router.emplace(std::move(router));
  if (Result<void> ok = core->listen(); !ok) return unexpected(ok.error());
  return Server(std::move(core));
}

Result<Server> Server::create(ServerOptions options, http::Handler handler, Platform platform) {
  if (!handler) return fail(ErrorCode::invalid_argument, "the handler is empty", "pass a function");
  if (Result<void> ok = check(options); !ok) return unexpected(ok.error());
  auto core = std::make_unique<Core>(std::move(options), platform);
  core->engine().handler = std::move(handler);
  if (Result<void> ok = core->listen(); !ok) return unexpected(ok.error());
  return Server(std::move(core));
}

Result<void> Server::start() { return core_->start(); }
bool Server::drain(Deadline deadline) { return core_->drain(deadline); }
void Server::stop() noexcept { core_->stop(); }
std::uint16_t Server::port() const noexcept { return core_->port(); }
ServerStats Server::stats() const noexcept { return core_->engine().counters->snapshot(); }

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
