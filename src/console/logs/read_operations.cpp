// SPDX-License-Identifier: Apache-2.0
// GetLogEvents, FilterLogEvents and GetLogRecord.
#include "console/logs/event_writer.hpp"
#include "console/logs/filter_pattern.hpp"
#include "console/logs/parameters.hpp"
#include "console/logs/store_operations.hpp"
#include "console/xray/operations.hpp"

#include <aloft/core/json_writer.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

namespace aloft::console::logs {
namespace {

using http::Response;

// A megabyte of control characters, each six bytes as JSON, and the frames of 10,000 events.
constexpr std::size_t kMaxAnswerBytes = std::size_t{16} << 20U;
// Of FilterLogEvents, where each event repeats the name of its stream, at worst 3 KiB as JSON: a
// page that is half full takes no more, and the last event fits into the other half.
constexpr std::size_t kFullAnswerBytes = kMaxAnswerBytes / 2;
// How long one call searches before it answers with what it has and a token to go on: well below
// the time after which clients ask again.
constexpr auto kSearchTimeout = std::chrono::seconds(1);
constexpr const char* kBadToken = "The specified nextToken is invalid.";

// Takes events until a page is full.
class PageFill {
 public:
  explicit PageFill(std::int64_t limit) : limit_(static_cast<std::size_t>(limit)) {}

  /// False when there is no room for `event`: it begins the next page.
  bool has_room(const LogEvent& event) const noexcept {
    return count_ < limit_ && (count_ == 0 || bytes_ + weight(event) <= kMaxPageBytes);
  }
  void add(const LogEvent& event) noexcept {
    ++count_;
    bytes_ += weight(event);
  }

 private:
  static std::size_t weight(const LogEvent& event) noexcept {
    return event.message.size() + kEventOverheadBytes;
  }
  std::size_t limit_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

// "f/…" goes on towards newer events, "b/…" towards older ones.
struct Token {
  bool forward = false;
  std::uint64_t id = 0;

  static std::optional<Token> parse(std::string_view text) noexcept {
    if (text.size() < 2 || (text[0] != 'f' && text[0] != 'b') || text[1] != '/') return {};
    const auto id = parse_event_id(text.substr(2));
    if (!id) return std::nullopt;
    return Token{text[0] == 'f', *id};
  }
  static std::string text(char direction, std::uint64_t id) {
    return std::string(1, direction) + "/" + event_id_text(id);
  }
};

struct StreamPage {
  std::vector<StoredEvent> events;  ///< oldest first
  std::uint64_t forward = 0;        ///< the ids of the tokens
  std::uint64_t backward = 0;
};

Result<StreamPage> read_page(LogStore& store, const ScanOptions& options, std::int64_t limit,
                             const std::optional<Token>& token) {
  StreamPage page;
  PageFill fill(limit);
  const auto done = store.scan(
      options,
      [&](const LogEvent& event) {
        if (!fill.has_room(event)) return false;
        fill.add(event);
        page.events.push_back(StoredEvent::of(event));
        return true;
      },
      Deadline::never());
  if (!done) return unexpected(done.error());
  if (options.newest_first) std::reverse(page.events.begin(), page.events.end());
  if (!page.events.empty()) {
    page.forward = page.events.back().id;
    page.backward = page.events.front().id;
  } else if (token) {
    // At an end: the same token again, and one that leads back to where it came from.
    page.forward = token->forward ? token->id : token->id - std::min<std::uint64_t>(token->id, 1);
    page.backward = token->forward ? token->id + 1 : token->id;
  }
  return page;
}

Response page_json(const StreamPage& page) {
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("events").begin_array();
  for (const StoredEvent& event : page.events) {
    json.begin_object();
    json.key("timestamp").integer(event.timestamp_ms);
    json.key("message").text(event.message);
    json.key("ingestionTime").integer(event.ingestion_ms);
    json.end_object();
  }
  json.end_array();
  json.key("nextForwardToken").text(Token::text('f', page.forward));
  json.key("nextBackwardToken").text(Token::text('b', page.backward));
  json.end_object();
  return success(std::string(buffer.view()));
}

struct FilterRequest {
  ScanOptions options;
  FilterPattern pattern;
  std::int64_t limit = kMaxPageEvents;
};

FilterRequest read_filter_request(Parameters& in) {
  FilterRequest out;
  out.options.groups = {std::string(in.group_or_identifier())};
  out.options.streams = in.texts("logStreamNames", 100, kStreamName);
  const auto prefix = in.text("logStreamNamePrefix", kStreamName);
  out.options.stream_prefix = prefix.value_or("");
  out.options.from_ms = in.time("startTime").value_or(0);
  if (const auto end = in.time("endTime")) out.options.to_ms = *end;
  out.limit = in.integer("limit", 1, kMaxPageEvents).value_or(kMaxPageEvents);
  (void)in.flag("interleaved");  // ignored, as the service does since 2019
  if (prefix && !out.options.streams.empty()) {
    in.refuse("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
  }
  if (const auto token = in.text("nextToken", kAnyText)) {
    if (const auto id = parse_event_id(*token)) {
      out.options.after = ScanCursor{*id};
    } else {
      in.refuse(kBadToken);
    }
  }
  if (const auto text = in.text("filterPattern", kFilterPatternText)) {
    auto pattern = FilterPattern::parse(*text);
    if (pattern) {
      out.pattern = std::move(*pattern);
    } else {
      in.refuse("Invalid filter pattern: " + pattern.error().message);
    }
  }
  return out;
}

// The group and each stream that is named must exist.
std::optional<Response> missing(LogStore& store, const ScanOptions& options) {
  const std::string& group = options.groups.front();
  const auto not_there = [](std::string_view what) {
    return error(400, "ResourceNotFoundException",
                 "The specified log " + std::string(what) + " does not exist.");
  };
  if (!store.group(group)) return not_there("group");
  for (const std::string& stream : options.streams) {
    if (!store.stream({group, stream})) return not_there("stream");
  }
  return std::nullopt;
}

}  // namespace

Response get_log_events(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  ScanOptions options;
  options.groups = {std::string(in.group_or_identifier())};
  options.streams = {std::string(in.required_text("logStreamName", kStreamName))};
  options.from_ms = in.time("startTime").value_or(0);
  if (const auto end = in.time("endTime")) options.to_ms = *end - 1;
  options.newest_first = !in.flag("startFromHead");
  const std::int64_t limit = in.integer("limit", 1, kMaxPageEvents).value_or(kMaxPageEvents);
  std::optional<Token> token;
  if (const auto text = in.text("nextToken", kAnyText)) {
    token = Token::parse(*text);
    if (!token) in.refuse(kBadToken);
  }
  if (auto wrong = in.wrong()) return std::move(*wrong);
  if (auto answer = missing(parts.store, options)) return std::move(*answer);
  if (token) {
    options.newest_first = !token->forward;
    options.after = ScanCursor{token->id};
  }
  const auto page = read_page(parts.store, options, limit, token);
  return page ? page_json(*page) : store_trouble(page.error());
}

Response filter_log_events(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const FilterRequest request = read_filter_request(in);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  if (auto answer = missing(parts.store, request.options)) return std::move(*answer);

  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  PageFill fill(request.limit);
  json.begin_object();
  json.key("events").begin_array();
  const auto next = parts.store.scan(
      request.options,
      [&](const LogEvent& event) {
        if (!request.pattern.matches(event.message)) return true;
        if (!fill.has_room(event) || buffer.size() > kFullAnswerBytes) return false;
        fill.add(event);
        json.begin_object();
        json.key("logStreamName").text(event.stream);
        json.key("timestamp").integer(event.timestamp_ms);
        json.key("message").text(event.message);
        json.key("ingestionTime").integer(event.ingestion_ms);
        json.key("eventId").text(event_id_text(event.id));
        json.end_object();
        return true;
      },
      Deadline::after(parts.clock, kSearchTimeout));
  if (!next) return store_trouble(next.error());
  json.end_array();
  // Source: "As of May 15, 2020 … returns an empty list", service model, read 2026-11.
  json.key("searchedLogStreams").begin_array();
  json.end_array();
  if (*next) json.key("nextToken").text(event_id_text((*next)->id));
  json.end_object();
  return success(std::string(buffer.view()));
}

Response get_log_record(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view pointer = in.required_text("logRecordPointer", kAnyText);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  const auto id = parse_event_id(pointer);
  if (!id) return invalid("The specified logRecordPointer is invalid.");
  const auto found = parts.store.find(*id);
  if (!found) return store_trouble(found.error());
  if (!*found) {
    return error(400, "ResourceNotFoundException", "The specified log record does not exist.");
  }
  const StoredEvent& event = **found;
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("logRecord").begin_object();
  json.key("@ptr").text(pointer);
  json.key("@timestamp").text(std::to_string(event.timestamp_ms));
  json.key("@ingestionTime").text(std::to_string(event.ingestion_ms));
  json.key("@log").text(std::string(xray::kAccount) + ":" + event.group);
  json.key("@logStream").text(event.stream);
  json.key("@message").text(event.message);
  json.end_object();
  json.end_object();
  return success(std::string(buffer.view()));
}

}  // namespace aloft::console::logs
