// SPDX-License-Identifier: Apache-2.0
// What was taken out, by class and by the place where it stood: the place says which line of code
// to mend, for what is found by shape was never meant to be there.
//
//   const RedactionCounts found = telemetry.redactions(RedactionPlace::log_message);
//   metric("redacted_cards", found.card);
//
// A `Telemetry` keeps one; who redacts himself adds to his own:
//
//   write(redactor.redact(message, scratch, counts));
//   ledger.add(RedactionPlace::log_message, counts);
//
// Thread-safety: one thread adds at a time, any thread reads.
#pragma once

#include <aloft/telemetry/redactor.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

enum class RedactionPlace : std::uint8_t {
  span,           ///< annotations, metadata, names, errors and URLs of spans
  log_message,    ///< the text of a log line
  log_field,      ///< a field of a log line
  log_context,    ///< a field or an identity that every line of a request has; once a batch
  log_exception,  ///< the message of an exception or error in a field
  metric,         ///< a dimension or a property of a metric
};
inline constexpr std::size_t kRedactionPlaces = 6;

constexpr std::string_view to_string(RedactionPlace place) noexcept {
  constexpr std::string_view kNames[kRedactionPlaces] = {
      "span", "log_message", "log_field", "log_context", "log_exception", "metric"};
  return kNames[static_cast<std::size_t>(place)];
}

class RedactionLedger {
 public:
  void add(RedactionPlace place, const RedactionCounts& counts) noexcept {
    auto& cells = cells_[static_cast<std::size_t>(place)];
    for (std::size_t i = 0; i < kCounters.size(); ++i) {
      if (const std::uint64_t more = counts.*kCounters[i]; more != 0) {
        cells[i].store(cells[i].load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
      }
    }
  }

  /// Forgets everything; while nobody adds.
  void reset() noexcept {
    for (auto& place : cells_) {
      for (auto& cell : place) cell.store(0, std::memory_order_relaxed);
    }
  }

  RedactionCounts of(RedactionPlace place) const noexcept {
    const auto& cells = cells_[static_cast<std::size_t>(place)];
    RedactionCounts counts;
    for (std::size_t i = 0; i < kCounters.size(); ++i) {
      counts.*kCounters[i] = cells[i].load(std::memory_order_relaxed);
    }
    return counts;
  }

 private:
  static constexpr std::array<std::uint64_t RedactionCounts::*, 11> kCounters = {
      &RedactionCounts::card,       &RedactionCounts::credential, &RedactionCounts::url_userinfo,
      &RedactionCounts::email_user, &RedactionCounts::phone_user, &RedactionCounts::oversize,
      &RedactionCounts::email,      &RedactionCounts::phone,      &RedactionCounts::ssn,
      &RedactionCounts::account,    &RedactionCounts::personal};
  static_assert(sizeof(RedactionCounts) == kCounters.size() * sizeof(std::uint64_t));

  std::array<std::array<std::atomic<std::uint64_t>, kCounters.size()>, kRedactionPlaces> cells_{};
};

}  // namespace v0
}  // namespace aloft
