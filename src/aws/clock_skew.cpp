// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/clock_skew.hpp>

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

constexpr std::array<std::string_view, 9> kTimeCodes = {
    "RequestTimeTooSkewed",   "RequestExpired",
    "RequestInTheFuture",     "InvalidSignatureException",
    "SignatureDoesNotMatch",  "AuthFailure",
    "InvalidSignature",       "RequestTimeTooSkewedException",
    "RequestExpiredException"};

/// Takes `count` digits from the front, or says that they are not there.
bool take_number(std::string_view& text, std::size_t count, unsigned& out) noexcept {
  if (text.size() < count) return false;
  const std::optional<std::uint64_t> value = text::parse_decimal(text.substr(0, count));
  if (!value) return false;
  out = static_cast<unsigned>(*value);
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, std::string_view prefix) noexcept {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

struct Civil {
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<WallTime> to_wall(const Civil& civil) noexcept {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(civil.year)),
                                         std::chrono::month(civil.month),
                                         std::chrono::day(civil.day)};
  // What nanoseconds can count: 1677 to 2262.
  if (!date.ok() || civil.year < 1970 || civil.year > 2261 || civil.hour > 23 ||
      civil.minute > 59 || civil.second > 60) {
    return std::nullopt;
  }
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(civil.hour) +
         std::chrono::minutes(civil.minute) + std::chrono::seconds(civil.second);
}

bool take_clock(std::string_view& text, Civil& civil) noexcept {
  return take_number(text, 2, civil.hour) && take(text, ":") &&
         take_number(text, 2, civil.minute) && take(text, ":") &&
         take_number(text, 2, civil.second);
}

/// "Z", "+01:00" or "-0130", as minutes east.
std::optional<int> read_zone(std::string_view text) noexcept {
  if (text == "Z") return 0;
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!take_number(text, 2, hours)) return std::nullopt;
  if (text.size() == 3 && !take(text, ":")) return std::nullopt;
  if (!take_number(text, 2, minutes) || !text.empty() || hours > 23 || minutes > 59) {
    return std::nullopt;
  }
  return sign * static_cast<int>(hours * 60 + minutes);
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) noexcept {
  Civil civil;
  if (std::find(kDays.begin(), kDays.end(), text.substr(0, 3)) == kDays.end()) return std::nullopt;
  text.remove_prefix(3);
  if (!take(text, ", ") || !take_number(text, 2, civil.day) || !take(text, " ")) {
    return std::nullopt;
  }
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(0, 3));
  if (month == kMonths.end()) return std::nullopt;
  civil.month = static_cast<unsigned>(month - kMonths.begin()) + 1;
  text.remove_prefix(3);
  if (!take(text, " ") || !take_number(text, 4, civil.year) || !take(text, " ") ||
      !take_clock(text, civil) || text != " GMT") {
    return std::nullopt;
  }
  return to_wall(civil);
}

std::optional<WallTime> parse_iso_time(std::string_view text) noexcept {
  Civil civil;
  if (!take_number(text, 4, civil.year) || !take(text, "-") || !take_number(text, 2, civil.month) ||
      !take(text, "-") || !take_number(text, 2, civil.day) || !take(text, "T") ||
      !take_clock(text, civil)) {
    return std::nullopt;
  }
  if (take(text, ".")) {  // expirations are not judged by fractions
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  const std::optional<int> zone = read_zone(text);
  const std::optional<WallTime> wall = to_wall(civil);
  if (!zone || !wall) return std::nullopt;
  return *wall - std::chrono::minutes(*zone);
}

bool is_about_time(std::string_view error_code) noexcept {
  return std::find(kTimeCodes.begin(), kTimeCodes.end(), error_code) != kTimeCodes.end();
}

bool ClockSkew::learn(std::string_view date_field, WallTime local) noexcept {
  const std::optional<WallTime> theirs = parse_http_date(date_field);
  if (!theirs) return false;
  // Subtracted as seconds: the difference of two far times does not fit into nanoseconds.
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*theirs).time_since_epoch() -
                       std::chrono::floor<std::chrono::seconds>(local).time_since_epoch();
  if (std::chrono::abs(seconds) > kMostSkew) {
    ++refusals_;
    return false;
  }
  const Nanoseconds measured = seconds;
  if (std::chrono::abs(measured - offset()) < kLeastSkew) return false;
  offset_.store(measured.count());
  ++corrections_;
  return true;
}

WallTime ClockSkew::correct(WallTime local) const noexcept { return local + offset(); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
