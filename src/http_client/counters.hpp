// SPDX-License-Identifier: Apache-2.0
// The client's counters, named by the fields of `ClientStats` so that the two cannot drift apart.
// Private to the room.
//
// Thread-safety: all of it, relaxed.
#pragma once

#include <aloft/http_client/client_options.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace http_client {

class Counters {
 public:
  using Field = std::uint64_t ClientStats::*;

  void add(Field field) noexcept {
    values_[index_of(field)].fetch_add(1, std::memory_order_relaxed);
  }
  void subtract(Field field) noexcept {
    values_[index_of(field)].fetch_sub(1, std::memory_order_relaxed);
  }
  std::uint64_t get(Field field) const noexcept {
    return values_[index_of(field)].load(std::memory_order_relaxed);
  }
  /// Adds one unless that would exceed `limit`.
  bool add_below(Field field, std::uint64_t limit) noexcept {
    std::atomic<std::uint64_t>& value = values_[index_of(field)];
    std::uint64_t seen = value.load(std::memory_order_relaxed);
    while (seen < limit) {
      if (value.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  ClientStats snapshot() const noexcept {
    ClientStats stats;
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      stats.*kFields[i] = values_[i].load(std::memory_order_relaxed);
    }
    return stats;
  }

 private:
  static constexpr std::array<Field, 24> kFields = {&ClientStats::in_flight,
                                                    &ClientStats::open_connections,
                                                    &ClientStats::requests,
                                                    &ClientStats::responses,
                                                    &ClientStats::connections,
                                                    &ClientStats::resent,
                                                    &ClientStats::refused_invalid,
                                                    &ClientStats::refused_body_length,
                                                    &ClientStats::refused_in_flight,
                                                    &ClientStats::refused_deadline,
                                                    &ClientStats::refused_stopped,
                                                    &ClientStats::refused_system,
                                                    &ClientStats::connect_errors,
                                                    &ClientStats::connect_timeouts,
                                                    &ClientStats::tls_errors,
                                                    &ClientStats::timeouts,
                                                    &ClientStats::connections_broken,
                                                    &ClientStats::responses_malformed,
                                                    &ClientStats::response_headers_big,
                                                    &ClientStats::response_bodies_big,
                                                    &ClientStats::cancelled,
                                                    &ClientStats::internal_errors,
                                                    &ClientStats::completions_threw,
                                                    &ClientStats::waits_failed};
  static_assert(sizeof(ClientStats) == kFields.size() * sizeof(std::uint64_t),
                "a field of ClientStats is missing above");

  static constexpr std::size_t index_of(Field field) noexcept {
    std::size_t index = 0;
    while (kFields[index] != field) ++index;
    return index;
  }

  std::array<std::atomic<std::uint64_t>, kFields.size()> values_{};
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
