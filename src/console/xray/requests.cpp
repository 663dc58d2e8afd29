// SPDX-License-Identifier: Apache-2.0
#include "console/xray/requests.hpp"

#include <aloft/core/text.hpp>

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace aloft::console::xray {
namespace {

namespace dom = simdjson::dom;

// The deepest of the model: records of records of numbers.
constexpr std::size_t kMaxRequestDepth = 16;
// The year 2255, below where nanoseconds in 64 bits end.
constexpr double kMaxEpochSeconds = 9e9;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
// Source: X-Ray service model: no limit; ours, so that a body cannot be all records.
constexpr std::size_t kMaxTelemetryRecords = 1000;

constexpr BadRequest kNotJson{"the body is not JSON, or not an object"};
constexpr BadRequest kBadTime{"StartTime or EndTime is missing, or no time since the epoch"};
constexpr BadRequest kBadOrder{"EndTime is before StartTime"};
constexpr BadRequest kBadToken{"NextToken is not one of this operation"};

class Body {
 public:
  explicit Body(std::string_view body) {
    if (parser_.allocate(body.size() + 1, kMaxRequestDepth) != simdjson::SUCCESS) return;
    dom::element element;
    ok_ = parser_.parse(body.data(), body.size()).get(element) == simdjson::SUCCESS &&
          element.get(root_) == simdjson::SUCCESS;
  }
  bool ok() const noexcept { return ok_; }
  /// The member; nothing when absent or null.
  std::optional<dom::element> member(std::string_view key) const {
    dom::element found;
    if (root_[key].get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
    return found;
  }
  /// False when the member is there, but no text.
  bool text(std::string_view key, std::string_view& out) const {
    const auto found = member(key);
    return !found || found->get(out) == simdjson::SUCCESS;
  }

 private:
  dom::parser parser_;
  dom::object root_;
  bool ok_ = false;
};

std::optional<std::int64_t> time_of(const Body& body, std::string_view key) {
  const auto found = body.member(key);
  if (!found) return std::nullopt;
  std::string_view text;
  if (found->get(text) == simdjson::SUCCESS) return parse_iso_time(text);
  double seconds = 0;
  if (found->get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (!(seconds >= 0 && seconds <= kMaxEpochSeconds)) return std::nullopt;
  return std::llround(seconds * 1e6);
}

std::variant<TimeRange, BadRequest> range_of(const Body& body) {
  const auto start = time_of(body, "StartTime");
  const auto end = time_of(body, "EndTime");
  if (!start || !end) return kBadTime;
  if (*end < *start) return kBadOrder;
  return TimeRange{*start, *end};
}

std::optional<BadRequest> read_next(std::string_view token, TraceSummariesRequest& out) {
  if (token.empty()) return std::nullopt;
  if (out.by_trace_id) {
    out.before_id = TraceId::parse(token);
    return out.before_id ? std::nullopt : std::optional(kBadToken);
  }
  out.before = Cursor::parse(token);
  return out.before ? std::nullopt : std::optional(kBadToken);
}

template <typename List, typename Value>
bool has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) noexcept {
  if (at + 2 > text.size()) return -1;
  const auto value = text::parse_decimal(text.substr(at, 2));
  return value ? static_cast<int>(*value) : -1;
}

// "Z", "+01:30", "-0130" or nothing as seconds; nothing when it is no offset.
std::optional<std::int64_t> parse_offset(std::string_view text) noexcept {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const bool colon = text.size() == 6 && text[3] == ':';
  if (!colon && text.size() != 5) return std::nullopt;
  const int hours = two_digits(text, 1);
  const int minutes = two_digits(text, colon ? 4 : 3);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::variant<PutSegmentsRequest, BadRequest> PutSegmentsRequest::parse(std::string_view text) {
  const Body body(text);
  if (!body.ok()) return kNotJson;
  const auto member = body.member("TraceSegmentDocuments");
  dom::array documents;
  if (!member || member->get(documents) != simdjson::SUCCESS) {
    return BadRequest{"TraceSegmentDocuments is missing or not a list"};
  }
  if (documents.size() > kMaxPutDocuments) {
    return BadRequest{"Exceeding maximum segment count: 50"};
  }
  PutSegmentsRequest out;
  for (const dom::element element : documents) {
    std::string_view document;
    if (element.get(document) != simdjson::SUCCESS) {
      return BadRequest{"TraceSegmentDocuments has a member that is not a string"};
    }
    out.documents.emplace_back(document);
  }
  return out;
}

std::variant<TelemetryRequest, BadRequest> TelemetryRequest::parse(std::string_view text) {
  const Body body(text);
  if (!body.ok()) return kNotJson;
  const auto member = body.member("TelemetryRecords");
  dom::array records;
  if (!member || member->get(records) != simdjson::SUCCESS) {
    return BadRequest{"TelemetryRecords is missing or not a list"};
  }
  if (records.size() > kMaxTelemetryRecords) {
    return BadRequest{"TelemetryRecords has more than 1000 members"};
  }
  for (const dom::element element : records) {
    if (!element.is_object()) return BadRequest{"TelemetryRecords has a member that is no record"};
  }
  return TelemetryRequest{records.size()};
}

std::variant<TraceSummariesRequest, BadRequest> TraceSummariesRequest::parse(
    std::string_view text) {
  const Body body(text);
  if (!body.ok()) return kNotJson;
  const auto range = range_of(body);
  if (const auto* wrong = std::get_if<BadRequest>(&range)) return *wrong;
  TraceSummariesRequest out;
  out.range = std::get<TimeRange>(range);
  std::string_view type = "TraceId";
  if (!body.text("TimeRangeType", type) ||
      (type != "TraceId" && type != "Event" && type != "Service")) {
    return BadRequest{"TimeRangeType is not TraceId, Event or Service"};
  }
  out.by_trace_id = type == "TraceId";
  std::string_view expression;
  if (!body.text("FilterExpression", expression)) {
    return BadRequest{"Invalid FilterExpression: not a string"};
  }
  auto filter = Filter::parse(expression);
  if (const auto* wrong = std::get_if<expression::SyntaxError>(&filter)) {
    return BadRequest{wrong->message, wrong->position};
  }
  out.filter = std::get<Filter>(std::move(filter));
  std::string_view token;
  if (!body.text("NextToken", token)) return kBadToken;
  if (const auto wrong = read_next(token, out)) return *wrong;
  return out;
}

std::variant<TraceIdsRequest, BadRequest> TraceIdsRequest::parse(std::string_view text) {
  const Body body(text);
  if (!body.ok()) return kNotJson;
  // Source: the service's own two errors, boto/boto3#3924, read 2026-11.
  if (body.member("NextToken")) return BadRequest{"NextToken is currently not supported"};
  const auto member = body.member("TraceIds");
  dom::array ids;
  if (!member || member->get(ids) != simdjson::SUCCESS) {
    return BadRequest{"TraceIds is missing or not a list"};
  }
  if (ids.size() > kMaxTraceIds) return BadRequest{"Exceeding maximum query size: 5"};
  TraceIdsRequest out;
  for (const dom::element element : ids) {
    std::string_view id;
    if (element.get(id) != simdjson::SUCCESS || id.empty() || id.size() > kTraceIdLength) {
      return BadRequest{"TraceIds has a member that is not 1 to 35 characters"};
    }
    if (const auto parsed = TraceId::parse(id)) {
      if (!has(out.ids, *parsed)) out.ids.push_back(*parsed);
    } else if (!has(out.unknown_ids, id)) {
      out.unknown_ids.emplace_back(id);
    }
  }
  return out;
}

std::variant<ServiceGraphRequest, BadRequest> ServiceGraphRequest::parse(std::string_view text) {
  const Body body(text);
  if (!body.ok()) return kNotJson;
  const auto range = range_of(body);
  if (const auto* wrong = std::get_if<BadRequest>(&range)) return *wrong;
  std::string_view token;
  if (!body.text("NextToken", token) || !token.empty()) return kBadToken;
  // Every account has the group Default, which holds all traces.
  std::string_view group = "Default";
  if (!body.text("GroupName", group) || group != "Default" || body.member("GroupARN")) {
    return BadRequest{"this console has only the group Default"};
  }
  return ServiceGraphRequest{std::get<TimeRange>(range)};
}

std::optional<std::int64_t> parse_iso_time(std::string_view text) noexcept {
  // 2026-11-26T16:34:44, then a fraction, then an offset.
  constexpr std::size_t kBase = 19;
  if (text.size() < kBase || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const int century = two_digits(text, 0);
  const int year = two_digits(text, 2);
  const int month = two_digits(text, 5);
  const int day = two_digits(text, 8);
  const int hour = two_digits(text, 11);
  const int minute = two_digits(text, 14);
  const int second = two_digits(text, 17);
  if (century < 0 || year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(century * 100 + year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (month < 0 || day < 0 || !date.ok()) return std::nullopt;
  text.remove_prefix(kBase);
  std::int64_t fraction_us = 0;
  if (!text.empty() && text[0] == '.') {
    std::size_t digits = 0;
    std::int64_t unit = kMicrosecondsPerSecond;
    for (text.remove_prefix(1); !text.empty() && text::is_digit(text[0]); text.remove_prefix(1)) {
      unit /= 10;
      fraction_us += unit * (text[0] - '0');
      ++digits;
    }
    if (digits == 0) return std::nullopt;
  }
  const auto offset = parse_offset(text);
  if (!offset) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + hour * 3600 + minute * 60 + second - *offset;
  if (seconds < 0 || static_cast<double>(seconds) > kMaxEpochSeconds) return std::nullopt;
  return seconds * kMicrosecondsPerSecond + fraction_us;
}

}  // namespace aloft::console::xray
