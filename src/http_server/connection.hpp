// SPDX-License-Identifier: Apache-2.0
// One connection: reads a request, has it answered, writes the answer, and again. Private to the
// room.
//
//   idle → head → body → handling → writing → idle …
//                                           → streaming → lingering → closed
//
// Everything happens on the lane. One timer guards whatever is under way; `timer_turn_` makes a
// timeout that lost the race against its event a no-op. While a request is handled nothing is
// read, so pipelined requests wait in the buffer and in the kernel and are answered in order.
#pragma once

#include "http_server/engine.hpp"
#include "http_server/request_reader.hpp"
#include "http_server/stream_channel.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_server {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Engine& engine, Lane& lane, asio::ip::tcp::socket socket);

  void start();
  /// Finish what runs, then close.
  void drain();
  void close();

 private:
  using SystemError = boost::system::error_code;
  enum class State : std::uint8_t {
    idle,
    head,
    body,
    handling,
    writing,
    streaming,
    lingering,
    closed
  };

  void wait_for_request();
  void read_head();
  void on_head(ReadStatus status);
  void read_body();
  void on_read_failure(ReadStatus status);
  void dispatch();
  void run_on_worker();
  void run_inline();

  /// A worker or the chain has answered `exchange`.
  void on_answer(const std::shared_ptr<Exchange>& exchange);
  void refuse(const Refusal& refusal);
  void send(http::Response response);
  void on_sent();
  void start_stream();
  void pump();
  void watch_peer();
  void linger();
  void discard_input();

  void arm(Nanoseconds timeout);
  void disarm();
  void on_timeout();
  bool may_keep_alive() const noexcept;

  Engine& engine_;
  Lane& lane_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  std::uint64_t timer_turn_ = 0;
  RequestReader reader_;
  State state_ = State::idle;
  std::string peer_address_;
  std::size_t requests_ = 0;

  std::shared_ptr<Exchange> exchange_;  // of the request being read or handled
  http::RunHandle inline_run_;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool head_request_ = false;

  std::string out_head_;
  http::Response out_;
  std::shared_ptr<StreamChannel> channel_;
  std::string out_chunk_;
  bool chunk_in_flight_ = false;
  std::array<char, 4096> discarded_;
  std::size_t discarded_bytes_ = 0;
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
