// SPDX-License-Identifier: Apache-2.0
// What an embedded server may be told, and everything it counts. Every limit has a counter of what
// it refused in `ServerStats`.
//
//   Server::create({.port = 8080, .workers = 16, .body_limit_bytes = 65'536}, std::move(router));
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_server {

struct ServerOptions {
  /// A literal IPv4 or IPv6 address. The default is not reachable from other machines.
  std::string address = "127.0.0.1";
  /// 0: any free one, told by `Server::port()`.
  std::uint16_t port = 0;
  /// Written into `Request::scheme`; "https" when a proxy in front ends TLS.
  std::string scheme = "http";

  std::size_t io_threads = 1;  ///< 1..64; they never run a handler that may wait
  std::size_t workers = 8;     ///< 1..1024; they run guards and handlers
  /// Requests waiting for a worker; above it 503 with Retry-After.
  std::size_t worker_queue_limit = 256;

  std::size_t connection_limit = 1024;  ///< above it 503 and close
  std::size_t requests_per_connection_limit = 10'000;
  std::size_t header_limit_bytes = 16 * 1024;  ///< request line included; 431
  std::size_t header_fields_limit = 100;       ///< 431; at most 128
  std::size_t target_limit_bytes = 8 * 1024;   ///< 414; RFC 9110, 4.1 asks for 8,000
  std::size_t body_limit_bytes = 1024 * 1024;  ///< 413

  Nanoseconds header_timeout = std::chrono::seconds(10);  ///< first byte to last header: 408
  Nanoseconds body_timeout = std::chrono::seconds(30);    ///< whole body: 408
  Nanoseconds idle_timeout = std::chrono::seconds(60);    ///< between requests: closes silently
  Nanoseconds write_timeout = std::chrono::seconds(30);  ///< one response, or one piece of a stream
  /// Becomes `Context::deadline`; a handler that overruns it goes on, its caller gets 504.
  Nanoseconds handler_timeout = std::chrono::seconds(30);
};

/// Counters since the start; each only grows, but for the three gauges.
struct ServerStats {
  std::uint64_t open_connections = 0;  ///< gauge
  std::uint64_t running_requests = 0;  ///< gauge: queued or in a handler
  std::uint64_t open_streams = 0;      ///< gauge

  std::uint64_t connections = 0;          ///< accepted and served
  std::uint64_t connections_refused = 0;  ///< above the limit
  std::uint64_t accept_errors = 0;
  std::uint64_t requests = 0;   ///< headers read and understood
  std::uint64_t responses = 0;  ///< fully written, refusals and started streams included

  std::uint64_t refused_malformed = 0;      ///< 400
  std::uint64_t refused_method = 0;         ///< 501
  std::uint64_t refused_expectation = 0;    ///< 417
  std::uint64_t refused_version = 0;        ///< 505
  std::uint64_t refused_target_length = 0;  ///< 414
  std::uint64_t refused_header_limits = 0;  ///< 431, bytes or fields
  std::uint64_t refused_body_length = 0;    ///< 413
  std::uint64_t refused_queue_full = 0;     ///< 503

  std::uint64_t header_timeouts = 0;
  std::uint64_t body_timeouts = 0;
  std::uint64_t idle_timeouts = 0;
  std::uint64_t write_timeouts = 0;
  std::uint64_t handler_timeouts = 0;  ///< 504 sent because the handler overran its deadline
  std::uint64_t late_responses = 0;    ///< came after that, thrown away
  std::uint64_t read_errors = 0;       ///< the peer went in the middle of a request
  std::uint64_t write_errors = 0;      ///< the peer went in the middle of a response

  std::uint64_t streams = 0;
  std::uint64_t streams_overflowed = 0;        ///< reader too slow: cut off
  std::uint64_t streams_failed = 0;            ///< `on_stream` threw, or found no worker
  std::uint64_t response_headers_refused = 0;  ///< invalid, or the connection's own
  std::uint64_t response_status_replaced = 0;  ///< outside 200..599: sent as 500

  /// Every request or connection that was refused with a 4xx or 5xx by the server itself.
  std::uint64_t refused() const noexcept {
    return connections_refused + refused_malformed + refused_method + refused_expectation +
           refused_version + refused_target_length + refused_header_limits + refused_body_length +
           refused_queue_full + header_timeouts + body_timeouts;
  }
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
