// SPDX-License-Identifier: Apache-2.0
// What came back, counted by status.
//
// Thread-safety: none.
#pragma once

#include <aloft/core/clock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace load {

class Tally {
 public:
  void count_answer(int status) noexcept;
  void count_failure() noexcept { ++failures_; }

  std::uint64_t answers() const noexcept;
  std::uint64_t failures() const noexcept { return failures_; }
  /// "42 answers in 2.1 s (200: 12, 201: 30), 0 failures".
  std::string summary(aloft::Nanoseconds elapsed) const;

 private:
  static constexpr std::size_t kStatuses = 600;

  std::array<std::uint64_t, kStatuses> by_status_{};  // [0] counts what is no status
  std::uint64_t failures_ = 0;
};

}  // namespace load
