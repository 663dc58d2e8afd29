// SPDX-License-Identifier: Apache-2.0
// Reading and handling; what is written is in connection_write.cpp.
#include "http_server/connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {
namespace {

/// Ours: the chain answers its own 504 at the deadline, guards and span included; only when it has
/// not by then does the connection answer for it.
constexpr Nanoseconds kHandlerGrace = std::chrono::milliseconds(50);
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Refusal refusal_of(ReadStatus status) {
  switch (status) {
    case ReadStatus::bad_version:
      return {505, "only HTTP/1.0 and HTTP/1.1", &ServerStats::refused_version};
    case ReadStatus::long_target:
      return {414, "the target is too long", &ServerStats::refused_target_length};
    case ReadStatus::long_header:
      return {431, "the header is too long", &ServerStats::refused_header_limits};
    case ReadStatus::long_body:
      return {413, "the body is too long", &ServerStats::refused_body_length};
    default:
      return {400, "the request is not HTTP/1.1", &ServerStats::refused_malformed};
  }
}

}  // namespace

http::Response Engine::respond(Exchange& exchange) const noexcept {
  return router ? router->handle(exchange.context, exchange.request)
                : http::call(no_guards, handler, exchange.context, exchange.request);
}

void serve(Engine& engine, Lane& lane, asio::ip::tcp::socket socket) {
  std::make_shared<Connection>(engine, lane, std::move(socket))->start();
}

void drain_all(Lane& lane) {
  const auto all = lane.connections;  // a copy: closing takes a connection off the list
  for (Connection* connection : all) connection->drain();
}

void close_all(Lane& lane) {
  const auto all = lane.connections;
  for (Connection* connection : all) connection->close();
}

Connection::Connection(Engine& engine, Lane& lane, asio::ip::tcp::socket socket)
    : engine_(engine),
      lane_(lane),
      socket_(std::move(socket)),
      timer_(lane.io),
      reader_(socket_, engine.options) {}

void Connection::start() {
  lane_.connections.insert(this);
  SystemError ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  if (!ignored) peer_address_ = peer.address().to_string();
  wait_for_request();
}

void Connection::wait_for_request() {
  exchange_.reset();
  http_1_0_ = false;
  head_request_ = false;
  if (engine_.draining.load(std::memory_order_relaxed)) return close();
  if (reader_.has_buffered()) {
    arm(engine_.options.header_timeout);
    return read_head();
  }
  state_ = State::idle;
  arm(requests_ == 0 ? engine_.options.header_timeout : engine_.options.idle_timeout);
  socket_.async_wait(asio::ip::tcp::socket::wait_read,
                     [self = shared_from_this()](const SystemError& error) {
                       if (self->state_ != State::idle) return;
                       if (error) return self->close();
                       self->arm(self->engine_.options.header_timeout);
                       self->read_head();
                     });
}

void Connection::read_head() {
  state_ = State::head;
  reader_.read_head([self = shared_from_this()](ReadStatus status) { self->on_head(status); });
}

void Connection::on_head(ReadStatus status) {
  if (state_ != State::head) return;
  if (status != ReadStatus::ok) return on_read_failure(status);
  engine_.counters->add<&ServerStats::requests>();
  ++requests_;
  exchange_ = std::make_shared<Exchange>(engine_.platform);
  http::Request& request = exchange_->request;
  http_1_0_ = reader_.line().version == 10;
  head_request_ = reader_.line().method == "HEAD";
  keep_alive_ = reader_.keep_alive();
  switch (reader_.copy_headers(request.headers, engine_.options.header_fields_limit)) {
    case RequestReader::Fields::ok:
      break;
    case RequestReader::Fields::invalid:
      return refuse({400, "a header is not valid", &ServerStats::refused_malformed});
    case RequestReader::Fields::too_many:
      return refuse({431, "too many headers", &ServerStats::refused_header_limits});
  }
  Framing framing;
  if (const auto no = finish_request(reader_.line(), engine_.options, request, framing)) {
    return refuse(*no);
  }
  request.peer_address = peer_address_;
  if (reader_.complete()) return dispatch();
  state_ = State::body;
  arm(engine_.options.body_timeout);
  if (!framing.expects_continue || http_1_0_) return read_body();
  asio::async_write(socket_, asio::buffer(kContinue),
                    [self = shared_from_this()](const SystemError& error, std::size_t) {
                      if (self->state_ != State::body) return;
                      if (error) return self->on_read_failure(ReadStatus::lost);
                      self->read_body();
                    });
}

void Connection::read_body() {
  reader_.read_body([self = shared_from_this()](ReadStatus status) {
    if (self->state_ != State::body) return;
    if (status != ReadStatus::ok) return self->on_read_failure(status);
    self->exchange_->request.body = self->reader_.take_body();
    self->dispatch();
  });
}

void Connection::on_read_failure(ReadStatus status) {
  switch (status) {
    case ReadStatus::end:
    case ReadStatus::cancelled:
      return close();
    case ReadStatus::lost:
      engine_.counters->add<&ServerStats::read_errors>();
      return close();
    default:
      return refuse(refusal_of(status));
  }
}

void Connection::dispatch() {
  state_ = State::handling;
  const Clock& clock = engine_.platform.clock;
  exchange_->context.deadline = Deadline::after(clock, engine_.options.handler_timeout);
  arm(engine_.options.handler_timeout + kHandlerGrace);
  exchange_->running.emplace(engine_.counters);
  if (engine_.runs_inline(exchange_->request)) {
    run_inline();
  } else {
    run_on_worker();
  }
}

void Connection::run_on_worker() {
  const bool queued = engine_.workers.try_submit([self = shared_from_this(), exchange = exchange_] {
    exchange->response = self->engine_.respond(*exchange);
    exchange->running.reset();
    asio::post(self->lane_.io, [self, exchange] { self->on_answer(exchange); });
  });
  if (queued) return;
  refuse({503, "too many requests are waiting", &ServerStats::refused_queue_full});
}

void Connection::run_inline() {
  // The chain may finish on another thread when a guard was pending: hence the post. Until then the
  // lane has work, so that stopping the server waits for a thread that is just resolving it.
  inline_run_ = engine_.router->handle(
      exchange_->context, exchange_->request,
      [lane_lives = asio::make_work_guard(lane_.io), self = shared_from_this(),
       exchange = exchange_](http::Response response) {
        exchange->response = std::move(response);
        exchange->running.reset();
        asio::post(self->lane_.io, [self, exchange] { self->on_answer(exchange); });
      });
}

void Connection::on_answer(const std::shared_ptr<Exchange>& exchange) {
  if (state_ != State::handling || exchange != exchange_) {
    engine_.counters->add<&ServerStats::late_responses>();
    return;
  }
  keep_alive_ = keep_alive_ && may_keep_alive();
  send(std::move(exchange->response));
}

bool Connection::may_keep_alive() const noexcept {
  return requests_ < engine_.options.requests_per_connection_limit &&
         !engine_.draining.load(std::memory_order_relaxed);
}

void Connection::drain() {
  switch (state_) {
    case State::idle:
    case State::lingering:
      return close();
    case State::streaming:
      return channel_->close();
    default:
      keep_alive_ = false;
  }
}

void Connection::arm(Nanoseconds timeout) {
  const std::uint64_t turn = ++timer_turn_;
  timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(timeout));
  timer_.async_wait([self = shared_from_this(), turn](const SystemError& error) {
    if (!error && turn == self->timer_turn_) self->on_timeout();
  });
}

void Connection::disarm() {
  ++timer_turn_;
  timer_.cancel();
}

void Connection::on_timeout() {
  Counters& counters = *engine_.counters;
  switch (state_) {
    case State::idle:
      // A peer that says nothing at all has no request to answer.
      if (requests_ == 0) {
        counters.add<&ServerStats::header_timeouts>();
      } else {
        counters.add<&ServerStats::idle_timeouts>();
      }
      return close();
    case State::head:
      return refuse({408, "the header took too long", &ServerStats::header_timeouts});
    case State::body:
      return refuse({408, "the body took too long", &ServerStats::body_timeouts});
    case State::handling:
      if (inline_run_.expire()) return arm(kHandlerGrace);  // the chain's own 504 is on its way
      return refuse({504, "the handler took too long", &ServerStats::handler_timeouts});
    case State::writing:
    case State::streaming:
      counters.add<&ServerStats::write_timeouts>();
      return close();
    case State::lingering:
      return close();
    case State::closed:
      return;
  }
}

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
