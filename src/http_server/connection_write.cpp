// SPDX-License-Identifier: Apache-2.0
// Writing answers and streams, and saying goodbye.
#include "http_server/connection.hpp"

#include "http_server/response_head.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {
namespace {

/// Ours: a peer that still sends when we have closed our side gets this long, and this much, to
/// read our last answer; closing at once would reset the connection and lose it.
constexpr Nanoseconds kLingerTimeout = std::chrono::seconds(1);
constexpr std::size_t kLingerBytes = 256 * 1024;

}  // namespace

void Connection::refuse(const Refusal& refusal) {
  engine_.counters->add(refusal.counter);
  keep_alive_ = false;
  exchange_.reset();
  http::Response response =
      http::Response::problem(refusal.status, http::reason_phrase(refusal.status), refusal.detail);
  if (refusal.status == 503) response.with("retry-after", "1");
  SystemError ignored;
  socket_.cancel(ignored);  // a read under way, when a timeout brought us here
  send(std::move(response));
}

void Connection::send(http::Response response) {
  state_ = State::writing;
  out_ = std::move(response);
  const bool streams = static_cast<bool>(out_.on_stream) && out_.status != 204 &&
                       out_.status != 304 && !head_request_;
  if (out_.on_stream) keep_alive_ = false;
  Head head = write_head(out_, {.keep_alive = keep_alive_,
                                .http_1_0 = http_1_0_,
                                .chunked = static_cast<bool>(out_.on_stream),
                                .now = engine_.platform.clock.now().wall});
  out_head_ = std::move(head.bytes);
  engine_.counters->add<&ServerStats::response_headers_refused>(head.refused_headers);
  if (head.status_replaced) engine_.counters->add<&ServerStats::response_status_replaced>();
  if (!head.has_body || head_request_ || streams) out_.body.clear();

  arm(engine_.options.write_timeout);
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_head_),
                                                     asio::buffer(out_.body)};
  asio::async_write(socket_, buffers,
                    [self = shared_from_this(), streams](const SystemError& error, std::size_t) {
                      if (self->state_ != State::writing) return;
                      if (error) {
                        self->engine_.counters->add<&ServerStats::write_errors>();
                        return self->close();
                      }
                      self->engine_.counters->add<&ServerStats::responses>();
                      return streams ? self->start_stream() : self->on_sent();
                    });
}

void Connection::on_sent() {
  out_ = {};
  if (!keep_alive_) return linger();
  wait_for_request();
}

void Connection::start_stream() {
  disarm();
  state_ = State::streaming;
  engine_.counters->add<&ServerStats::streams>();
  engine_.counters->add<&ServerStats::open_streams>();
  // Called with the channel's lock held, from any thread, and never after `detach`: the lane lives.
  const std::weak_ptr<Connection> weak = weak_from_this();
  channel_ = std::make_shared<StreamChannel>(engine_.counters, !http_1_0_, [weak, io = &lane_.io] {
    asio::post(*io, [weak] {
      if (const auto self = weak.lock()) self->pump();
    });
  });
  exchange_.reset();
  watch_peer();
  const bool queued = engine_.workers.try_submit(
      [on_stream = std::move(out_.on_stream), channel = channel_, counters = engine_.counters] {
        try {
          on_stream(http::StreamWriter(channel));
        } catch (...) {
          counters->add<&ServerStats::streams_failed>();
          channel->close();
        }
      });
  if (!queued) {
    engine_.counters->add<&ServerStats::streams_failed>();
    channel_->close();
  }
  if (engine_.draining.load(std::memory_order_relaxed)) channel_->close();
}

void Connection::pump() {
  if (state_ != State::streaming || chunk_in_flight_) return;
  StreamChannel::Taken taken = channel_->take();
  if (taken.bytes.empty()) {
    if (taken.last) linger();
    return;
  }
  out_chunk_ = std::move(taken.bytes);
  chunk_in_flight_ = true;
  arm(engine_.options.write_timeout);
  asio::async_write(socket_, asio::buffer(out_chunk_),
                    [self = shared_from_this()](const SystemError& error, std::size_t bytes) {
                      self->chunk_in_flight_ = false;
                      if (self->state_ != State::streaming) return;
                      if (error) return self->close();
                      self->channel_->sent(bytes);
                      self->disarm();
                      self->pump();
                    });
}

void Connection::watch_peer() {
  // Whatever comes is thrown away: this connection will carry no further request.
  socket_.async_read_some(asio::buffer(discarded_),
                          [self = shared_from_this()](const SystemError& error, std::size_t) {
                            if (self->state_ != State::streaming) return;
                            if (error) return self->close();
                            self->watch_peer();
                          });
}

void Connection::linger() {
  if (channel_) {
    channel_->detach();
    channel_.reset();
    engine_.counters->subtract<&ServerStats::open_streams>();
    SystemError ignored;
    socket_.cancel(ignored);  // the watch on the peer
  }
  state_ = State::lingering;
  SystemError error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return close();
  arm(kLingerTimeout);
  discard_input();
}

void Connection::discard_input() {
  socket_.async_read_some(asio::buffer(discarded_),
                          [self = shared_from_this()](const SystemError& error, std::size_t bytes) {
                            if (self->state_ != State::lingering) return;
                            self->discarded_bytes_ += bytes;
                            if (error || self->discarded_bytes_ > kLingerBytes) {
                              return self->close();
                            }
                            self->discard_input();
                          });
}

void Connection::close() {
  if (state_ == State::closed) return;
  const std::shared_ptr<Connection> alive = shared_from_this();
  state_ = State::closed;
  disarm();
  inline_run_.expire();  // a guard that is still pending must not resolve into what is gone
  if (channel_) {
    channel_->detach();
    channel_.reset();
    engine_.counters->subtract<&ServerStats::open_streams>();
  }
  SystemError ignored;
  socket_.close(ignored);
  exchange_.reset();
  lane_.connections.erase(this);
  engine_.connection_closed();
}

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
