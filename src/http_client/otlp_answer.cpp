// SPDX-License-Identifier: Apache-2.0
#include "http_client/otlp_answer.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

using delivery::Answer;
using delivery::Failure;

constexpr Nanoseconds kLongestRetryAfter = std::chrono::hours(24);

/// The fields of one protobuf message, one after the other; `ok()` is false once it is none.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) noexcept : rest_(bytes) {}

  bool ok() const noexcept { return ok_; }
  /// False at the end, and when what is left is no field.
  bool next() noexcept {
    if (!ok_ || rest_.empty()) return false;
    const std::uint64_t tag = varint();
    field_ = tag >> 3;
    value_ = 0;
    bytes_ = {};
    switch (tag & 7) {
      case 0:
        value_ = varint();
        break;
      case 1:
        bytes_ = take(8);
        break;
      case 2:
        bytes_ = take(varint());
        break;
      case 5:
        bytes_ = take(4);
        break;
      default:
        ok_ = false;
    }
    ok_ = ok_ && field_ != 0;
    return ok_;
  }
  std::uint64_t field() const noexcept { return field_; }
  std::uint64_t value() const noexcept { return value_; }
  std::string_view bytes() const noexcept { return bytes_; }

 private:
  std::uint64_t varint() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::string_view take(std::uint64_t count) noexcept {
    if (count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  std::uint64_t field_ = 0;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
  bool ok_ = true;
};

/// "Sun, 06 Nov 1994 08:49:37 GMT" as seconds since the epoch.
std::optional<std::int64_t> read_date(std::string_view date) noexcept {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (date.size() != 29 || date.substr(3, 2) != ", " || date.substr(25) != " GMT" ||
      date[19] != ':' || date[22] != ':') {
    return std::nullopt;
  }
  const auto* month = std::find(kMonths.begin(), kMonths.end(), date.substr(8, 3));
  const auto day = text::parse_decimal(date.substr(5, 2));
  const auto year = text::parse_decimal(date.substr(12, 4));
  const auto hours = text::parse_decimal(date.substr(17, 2));
  const auto minutes = text::parse_decimal(date.substr(20, 2));
  const auto seconds = text::parse_decimal(date.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hours || !minutes || !seconds) {
    return std::nullopt;
  }
  const auto months = static_cast<unsigned>(month - kMonths.begin()) + 1;
  const std::chrono::year_month_day ymd(std::chrono::year(static_cast<int>(*year)),
                                        std::chrono::month(months),
                                        std::chrono::day(static_cast<unsigned>(*day)));
  if (!ymd.ok() || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(ymd).time_since_epoch().count();
  return ((days * 24 + static_cast<std::int64_t>(*hours)) * 60 +
          static_cast<std::int64_t>(*minutes)) *
             60 +
         static_cast<std::int64_t>(*seconds);
}

Answer failure(Failure kind, Reason reason, std::string message) {
  Answer answer;
  answer.failure = kind;
  answer.reason = reason;
  answer.message = std::move(message);
  return answer;
}

Answer refuse_spans(std::uint64_t rejected, const std::vector<std::uint32_t>& counts) {
  Answer answer;
  answer.message = "the receiver rejected " + std::to_string(rejected) + " spans of the request";
  // It does not say which, and forbids to send them again: the first are charged with it.
  for (std::size_t i = 0; i < counts.size() && rejected != 0; ++i) {
    const auto share = static_cast<std::uint32_t>(std::min<std::uint64_t>(rejected, counts[i]));
    if (share == 0) continue;
    answer.refusals.push_back({.index = i, .reason = Reason::invalid, .count = share});
    rejected -= share;
  }
  return answer;
}

}  // namespace

std::optional<std::uint64_t> read_rejected_spans(std::string_view body) noexcept {
  std::uint64_t rejected = 0;
  FieldReader answer(body);
  while (answer.next()) {
    if (answer.field() != 1) continue;  // partial_success
    FieldReader partial(answer.bytes());
    while (partial.next()) {
      if (partial.field() == 1) rejected = partial.value();  // rejected_spans
    }
    if (!partial.ok()) return std::nullopt;
  }
  if (!answer.ok()) return std::nullopt;
  // It is signed; less than nothing is nothing.
  return rejected >> 63 != 0 ? 0 : rejected;
}

Nanoseconds read_retry_after(std::string_view value, WallTime now) noexcept {
  value = text::trim(value);
  constexpr auto kLongest =
      std::chrono::duration_cast<std::chrono::seconds>(kLongestRetryAfter).count();
  std::int64_t wait = 0;
  if (const auto seconds = text::parse_decimal(value)) {
    wait = static_cast<std::int64_t>(
        std::min<std::uint64_t>(*seconds, static_cast<std::uint64_t>(kLongest)));
  } else if (const auto date = read_date(value)) {
    const auto since =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    wait = std::clamp<std::int64_t>(*date - since, 0, kLongest);
  }
  return std::chrono::seconds(wait);
}

OtlpVerdict judge_answer(const ClientResponse& response, const std::vector<std::uint32_t>& counts,
                         WallTime now) {
  const int status = response.status;
  if (response.ok()) {
    const auto rejected = read_rejected_spans(response.body);
    if (!rejected) return {Answer::accepted(), true};
    if (*rejected == 0) return {Answer::accepted()};
    return {refuse_spans(*rejected, counts)};
  }
  const std::string said = "the receiver answered " + std::to_string(status);
  Answer answer;
  switch (status) {
    case 429:
      answer = failure(Failure::throttled, Reason::throttled, said + ": it wants less");
      break;
    case 502:
    case 503:
    case 504:
      answer = failure(Failure::transient, Reason::unavailable, said + ": it cannot now");
      answer.maybe_received = status == 504;  // a gateway that waited for the one behind it
      break;
    case 400:
    case 413:
      return {failure(Failure::poison, Reason::invalid, said + ": a span is not acceptable")};
    case 401:
    case 403:
      return {failure(Failure::unauthorized, Reason::unauthorized,
                      said + ": check the credentials of the exporter")};
    default:
      return {failure(Failure::final, Reason::invalid,
                      said + ": check the URL, path included, and that it takes OTLP/HTTP")};
  }
  if (const auto after = response.headers.get("retry-after")) {
    answer.retry_after = read_retry_after(*after, now);
  }
  return {std::move(answer)};
}

Answer judge_failure(const Error& error, bool sent) {
  Answer answer;
  if (error.code == ErrorCode::invalid_argument) {
    answer = failure(Failure::final, Reason::invalid, error.message);
  } else {
    answer = failure(Failure::transient, Reason::unavailable, error.message);
    answer.maybe_received = sent;
  }
  return answer;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
