// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/period.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>

namespace aloft::console::logs::insights {
namespace {

namespace chr = std::chrono;

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWeek = 7 * kDay;
// The first of January 1970 was a Thursday.
constexpr std::int64_t kMonday = 4 * kDay;
// The years that have four digits, so that no sum of a time and a period overflows.
constexpr std::int64_t kMinMs = -62'135'596'800'000;
constexpr std::int64_t kMaxMs = 253'402'300'799'999;
// No longer than all of them.
constexpr std::int64_t kMaxCount = 10'000;

struct UnitName {
  std::string_view name;
  std::int64_t size;  // in milliseconds, or in months
  std::int64_t cap;
  Period::Unit unit = Period::Unit::milliseconds;
};
constexpr std::array<UnitName, 25> kUnits = {{
    {"millisecond", 1, 1000},
    {"ms", 1, 1000},
    {"msec", 1, 1000},
    {"second", kSecond, 60},
    {"s", kSecond, 60},
    {"sec", kSecond, 60},
    {"minute", kMinute, 60},
    {"m", kMinute, 60},
    {"min", kMinute, 60},
    {"hour", kHour, 24},
    {"h", kHour, 24},
    {"hr", kHour, 24},
    {"day", kDay, kMaxCount},
    {"d", kDay, kMaxCount},
    {"week", kWeek, kMaxCount},
    {"w", kWeek, kMaxCount},
    {"month", 1, kMaxCount, Period::Unit::months},
    {"mo", 1, kMaxCount, Period::Unit::months},
    {"mon", 1, kMaxCount, Period::Unit::months},
    {"quarter", 3, kMaxCount, Period::Unit::months},
    {"q", 3, kMaxCount, Period::Unit::months},
    {"qtr", 3, kMaxCount, Period::Unit::months},
    {"year", 12, kMaxCount, Period::Unit::months},
    {"y", 12, kMaxCount, Period::Unit::months},
    {"yr", 12, kMaxCount, Period::Unit::months},
}};

std::int64_t floor_to(std::int64_t value, std::int64_t size) noexcept {
  const std::int64_t rest = value % size;
  return value - (rest < 0 ? rest + size : rest);
}

std::int64_t clamp(std::int64_t ms) noexcept { return std::clamp(ms, kMinMs, kMaxMs); }

std::int64_t month_begins(std::int64_t months) noexcept {
  const std::int64_t first = floor_to(months, 12);
  const auto date = chr::year(static_cast<int>(1970 + first / 12)) /
                    chr::month(static_cast<unsigned>(months - first + 1)) / chr::day(1);
  return chr::sys_days(date).time_since_epoch().count() * kDay;
}

// Since January 1970.
std::int64_t month_of(std::int64_t ms) noexcept {
  const chr::year_month_day date(chr::sys_days(chr::days(floor_to(ms, kDay) / kDay)));
  return std::int64_t{12} * (static_cast<int>(date.year()) - 1970) +
         static_cast<unsigned>(date.month()) - 1;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace

std::optional<Period> Period::of(std::int64_t count, std::string_view unit) noexcept {
  if (count < 1) return std::nullopt;
  for (const UnitName& known : kUnits) {
    // "For all units and abbreviations that include more than one character, adding s … works."
    const bool plural = known.name.size() > 1 && known.name != "ms" && unit.size() > 1 &&
                        text::to_lower(unit.back()) == 's' &&
                        text::equals_ignoring_case(unit.substr(0, unit.size() - 1), known.name);
    if (!plural && !text::equals_ignoring_case(unit, known.name)) continue;
    return Period{known.unit, std::min(count, known.cap) * known.size, known.size == kWeek};
  }
  return std::nullopt;
}

std::int64_t Period::floor(std::int64_t ms) const noexcept {
  ms = clamp(ms);
  if (unit == Unit::months) return clamp(month_begins(floor_to(month_of(ms), count)));
  const std::int64_t from = weeks ? kMonday : 0;
  return floor_to(ms - from, count) + from;
}

std::int64_t Period::ceil(std::int64_t ms) const noexcept {
  ms = clamp(ms);
  const std::int64_t below = floor(ms);
  if (below == ms) return ms;
  if (unit == Unit::months) return clamp(month_begins(floor_to(month_of(ms), count) + count));
  return below + count;
}

std::string shown_time(std::int64_t ms) {
  ms = clamp(ms);
  const std::int64_t day = floor_to(ms, kDay);
  const chr::year_month_day date(chr::sys_days(chr::days(day / kDay)));
  const std::int64_t rest = ms - day;
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  append_padded(out += '-', static_cast<unsigned>(date.month()), 2);
  append_padded(out += '-', static_cast<unsigned>(date.day()), 2);
  append_padded(out += ' ', rest / kHour, 2);
  append_padded(out += ':', rest / kMinute % 60, 2);
  append_padded(out += ':', rest / kSecond % 60, 2);
  append_padded(out += '.', rest % kSecond, 3);
  return out;
}

}  // namespace aloft::console::logs::insights
