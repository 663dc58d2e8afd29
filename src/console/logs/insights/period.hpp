// SPDX-License-Identifier: Apache-2.0
// Spans of time as queries write them: `5m`, `1h`, `2w`; and times as results show them. All UTC.
//
// Source: "Datetime functions", CloudWatch Logs user guide, read 2026-11. That weeks begin on
// Mondays is ours.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aloft::console::logs::insights {

struct Period {
  /// Of these, `count`; months are not all of one length.
  enum class Unit : std::uint8_t { milliseconds, months };
  Unit unit = Unit::milliseconds;
  std::int64_t count = 1;
  bool weeks = false;  ///< begins on Mondays

  /// `count` of a unit such as "m", "min", "mins", "hour". As documented the count is capped: 1000
  /// for milliseconds, 60 for seconds and minutes, 24 for hours. Nothing when there is none.
  static std::optional<Period> of(std::int64_t count, std::string_view unit) noexcept;

  /// The latest beginning of a period that is not after `ms`.
  std::int64_t floor(std::int64_t ms) const noexcept;
  /// The earliest that is not before.
  std::int64_t ceil(std::int64_t ms) const noexcept;
};

/// "2026-11-27 20:00:00.000".
std::string shown_time(std::int64_t ms);

}  // namespace aloft::console::logs::insights
