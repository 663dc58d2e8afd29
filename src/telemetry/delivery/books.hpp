// SPDX-License-Identifier: Apache-2.0
// The engine's accounting: a counter for each term, one writer (the machine), any reader.
#pragma once

#include <aloft/telemetry/accounting.hpp>

#include "telemetry/counters.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace aloft {
inline namespace v0 {
namespace delivery {

using detail::raise;

struct Books {
  detail::Counter accepted{0};
  detail::Counter acknowledged{0};
  detail::Counter unknown{0};
  detail::Counter entered{0};    // became in flight
  detail::Counter left{0};       // is no longer, whatever became of it
  detail::Counter stored{0};     // became durable
  detail::Counter taken_out{0};  // is no longer
  std::array<detail::Counter, kReasonCount> dropped{};
  std::array<detail::Counter, kReasonCount> rejected{};

  Accounting read() const noexcept {
    const auto get = [](const detail::Counter& counter) {
      return counter.load(std::memory_order_acquire);
    };
    // Departures before arrivals, so that a record on its way is seen twice rather than nowhere.
    const std::uint64_t gone = get(left);
    const std::uint64_t gone_from_disk = get(taken_out);
    Accounting books;
    books.acknowledged = get(acknowledged);
    books.unknown = get(unknown);
    for (std::size_t i = 0; i < kReasonCount; ++i) {
      books.dropped[static_cast<Reason>(i)] = get(dropped[i]);
      books.rejected[static_cast<Reason>(i)] = get(rejected[i]);
    }
    books.durable = get(stored) - gone_from_disk;
    books.in_flight = get(entered) - gone;
    books.accepted = get(accepted);
    return books;
  }
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
