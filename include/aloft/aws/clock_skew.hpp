// SPDX-License-Identifier: Apache-2.0
// How far this machine's clock is from the service's: a signature is valid for minutes, and a wrong
// clock would make every one of them wrong.
//
// The service's `Date` field says its time. It is believed only where the service refused a
// signature for its time (`is_about_time`), and only within a bound.
//
//   if (is_about_time(code) && skew.learn(date, clock.now().wall)) sign_again(skew.correct(now));
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/clock.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Ours: below it a correction cannot be what was wrong; services allow five minutes (IAM user
/// guide, "Signing AWS API requests", read 2026-11), and the SDK for C++ corrects from four.
inline constexpr Nanoseconds kLeastSkew = std::chrono::minutes(4);
/// Ours: a clock further off makes every record's time nonsense too; it has to be set.
inline constexpr Nanoseconds kMostSkew = std::chrono::hours(24);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7, IMF-fixdate), or nothing.
std::optional<WallTime> parse_http_date(std::string_view text) noexcept;
/// "2026-11-26T20:06:39Z", with a fraction or an offset, or nothing.
std::optional<WallTime> parse_iso_time(std::string_view text) noexcept;

/// The error codes with which services refuse a signature for its time.
/// Source: botocore retryhandler and the SDK for Java's RetryUtils, read 2026-11.
bool is_about_time(std::string_view error_code) noexcept;

class ClockSkew {
 public:
  /// Remembers the difference. True when a request that is signed again has a better chance: the
  /// corrected clock was off by four minutes or more, and the correction is within the bound.
  bool learn(std::string_view date_field, WallTime local) noexcept;
  WallTime correct(WallTime local) const noexcept;

  Nanoseconds offset() const noexcept { return Nanoseconds(offset_.load()); }
  std::uint64_t corrections() const noexcept { return corrections_.load(); }
  std::uint64_t refusals() const noexcept { return refusals_.load(); }  ///< out of the bound

 private:
  std::atomic<std::int64_t> offset_{0};
  std::atomic<std::uint64_t> corrections_{0};
  std::atomic<std::uint64_t> refusals_{0};
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
