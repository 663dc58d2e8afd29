// SPDX-License-Identifier: Apache-2.0
// The server's counters, named by the fields of `ServerStats` so that the two cannot drift apart:
//
//   counters.add<&ServerStats::requests>();
//
// Thread-safety: all of it, relaxed.
#pragma once

#include <aloft/http_server/server_options.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace http_server {

class Counters {
 public:
  using Field = std::uint64_t ServerStats::*;

  template <Field field>
  void add(std::uint64_t count = 1) noexcept {
    values_[index_of(field)].fetch_add(count, std::memory_order_relaxed);
  }
  template <Field field>
  void subtract(std::uint64_t count = 1) noexcept {
    values_[index_of(field)].fetch_sub(count, std::memory_order_relaxed);
  }
  void add(Field field) noexcept {
    values_[index_of(field)].fetch_add(1, std::memory_order_relaxed);
  }
  template <Field field>
  std::uint64_t get() const noexcept {
    return values_[index_of(field)].load(std::memory_order_relaxed);
  }
  ServerStats snapshot() const noexcept {
    ServerStats stats;
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      stats.*kFields[i] = values_[i].load(std::memory_order_relaxed);
    }
    return stats;
  }

 private:
  static constexpr std::array<Field, 29> kFields = {&ServerStats::open_connections,
                                                    &ServerStats::running_requests,
                                                    &ServerStats::open_streams,
                                                    &ServerStats::connections,
                                                    &ServerStats::connections_refused,
                                                    &ServerStats::accept_errors,
                                                    &ServerStats::requests,
                                                    &ServerStats::responses,
                                                    &ServerStats::refused_malformed,
                                                    &ServerStats::refused_method,
                                                    &ServerStats::refused_expectation,
                                                    &ServerStats::refused_version,
                                                    &ServerStats::refused_target_length,
                                                    &ServerStats::refused_header_limits,
                                                    &ServerStats::refused_body_length,
                                                    &ServerStats::refused_queue_full,
                                                    &ServerStats::header_timeouts,
                                                    &ServerStats::body_timeouts,
                                                    &ServerStats::idle_timeouts,
                                                    &ServerStats::write_timeouts,
                                                    &ServerStats::handler_timeouts,
                                                    &ServerStats::read_errors,
                                                    &ServerStats::write_errors,
                                                    &ServerStats::streams,
                                                    &ServerStats::streams_overflowed,
                                                    &ServerStats::streams_failed,
                                                    &ServerStats::late_responses,
                                                    &ServerStats::response_headers_refused,
                                                    &ServerStats::response_status_replaced};
  static_assert(sizeof(ServerStats) == kFields.size() * sizeof(std::uint64_t),
                "a field of ServerStats is missing above");

  static constexpr std::size_t index_of(Field field) noexcept {
    std::size_t index = 0;
    while (kFields[index] != field) ++index;
    return index;
  }

  std::array<std::atomic<std::uint64_t>, kFields.size()> values_{};
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
