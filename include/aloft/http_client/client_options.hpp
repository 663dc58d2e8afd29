// SPDX-License-Identifier: Apache-2.0
// What a client may be told, and everything it counts. Every limit has a counter in `ClientStats`.
//
//   Client::create({.in_flight_limit = 64, .connect_timeout = 200ms});
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_client {

struct ClientOptions {
  /// Sent unless the request has a `user-agent` of its own; 1..256 bytes.
  std::string user_agent = "aloft";
  /// A PEM file with the authorities to trust; empty: those of the system. Certificates and host
  /// names are always verified.
  std::string ca_file{};
  /// Obey `http_proxy`, `https_proxy` and `no_proxy`. Off: a variable never redirects traffic.
  bool proxy_from_environment = false;

  /// Requests accepted and not answered; above it `resource_exhausted` at once. 1..65,536.
  std::size_t in_flight_limit = 256;
  /// Connections to one host and port; requests above it wait inside their deadline. 1..1,024.
  std::size_t connections_per_host_limit = 32;
  /// Connections in total, those kept alive included. 1..4,096.
  std::size_t connections_limit = 128;

  std::size_t request_body_limit_bytes = 16 * 1024 * 1024;
  /// Status line and fields of one answer. 256..65,536.
  std::size_t response_header_limit_bytes = 32 * 1024;
  std::size_t response_body_limit_bytes = 4 * 1024 * 1024;

  /// Name looked up, connected, handshake done. Waiting for a place under the limits above is not
  /// counted; the deadline bounds it. More than 0, at most 24 hours, as the two below.
  Nanoseconds connect_timeout = std::chrono::seconds(3);
  /// No request takes longer, also with `Deadline::never()`.
  Nanoseconds request_timeout = std::chrono::seconds(30);
  /// How long a connection stays open unused. Ours: half of the 60 s after which most servers and
  /// load balancers close, so that a request seldom meets a connection that is being closed.
  Nanoseconds idle_connection_lifetime = std::chrono::seconds(30);
};

/// Counters since `create`; each only grows, but for the two gauges. At rest `requests` is the sum
/// of `responses` and `failed()`.
struct ClientStats {
  std::uint64_t in_flight = 0;         ///< gauge
  std::uint64_t open_connections = 0;  ///< gauge: those kept alive included

  std::uint64_t requests = 0;     ///< accepted: handed to the client's thread
  std::uint64_t responses = 0;    ///< answered, with whatever status
  std::uint64_t connections = 0;  ///< sockets opened
  /// Sent a second time on a new connection, because the one kept alive was dead.
  std::uint64_t resent = 0;

  std::uint64_t refused_invalid = 0;       ///< method, url, field or body that cannot be sent
  std::uint64_t refused_body_length = 0;   ///< above `request_body_limit_bytes`
  std::uint64_t refused_in_flight = 0;     ///< above `in_flight_limit`
  std::uint64_t refused_deadline = 0;      ///< passed before sending: no socket was opened
  std::uint64_t refused_stopped = 0;       ///< the client is being destroyed, or a fork away
  std::uint64_t refused_system = 0;        ///< the process has no memory or no thread left
  std::uint64_t connect_errors = 0;        ///< refused, no such host, no route
  std::uint64_t connect_timeouts = 0;      ///< `connect_timeout`
  std::uint64_t tls_errors = 0;            ///< handshake or certificate
  std::uint64_t timeouts = 0;              ///< the deadline came before the answer
  std::uint64_t connections_broken = 0;    ///< the peer went before the whole answer
  std::uint64_t responses_malformed = 0;   ///< not HTTP, or fields that no one may pass on
  std::uint64_t response_headers_big = 0;  ///< above `response_header_limit_bytes`, or 128 fields
  std::uint64_t response_bodies_big = 0;   ///< above `response_body_limit_bytes`
  std::uint64_t cancelled = 0;             ///< in flight when the client was destroyed
  std::uint64_t internal_errors = 0;       ///< memory or descriptors ran out on the way
  std::uint64_t completions_threw = 0;     ///< an exception left a completion and was swallowed
  std::uint64_t waits_failed = 0;  ///< the system could not wait for sockets; tried again in 10 ms

  /// Requests that were refused before any byte went out.
  std::uint64_t refused() const noexcept {
    return refused_invalid + refused_body_length + refused_in_flight + refused_deadline +
           refused_stopped + refused_system;
  }
  /// Requests that were accepted and ended in an error.
  std::uint64_t failed() const noexcept {
    return connect_errors + connect_timeouts + tls_errors + timeouts + connections_broken +
           responses_malformed + response_headers_big + response_bodies_big + cancelled +
           internal_errors;
  }
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
