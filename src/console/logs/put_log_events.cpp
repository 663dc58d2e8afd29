// SPDX-License-Identifier: Apache-2.0
// PutLogEvents, with the limits of the service to the byte.
#include "console/logs/event_writer.hpp"
#include "console/logs/parameters.hpp"
#include "console/logs/store_operations.hpp"

#include <aloft/core/json_writer.hpp>

#include <algorithm>
#include <vector>

namespace aloft::console::logs {
namespace {

using http::Response;

namespace dom = simdjson::dom;

// Source: PutLogEvents, service model, botocore 1.43, read 2026-11: "more than 2 hours in the
// future", "older than 14 days", "the time span in a single batch cannot exceed 24 hours".
constexpr std::int64_t kHourMs = 60LL * 60 * 1000;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int64_t kMaxAheadMs = 2 * kHourMs;
constexpr std::int64_t kMaxAgeMs = 14 * kDayMs;
constexpr std::int64_t kMaxSpanMs = kDayMs;
constexpr std::size_t kMaxAnswerBytes = 1024;

// Which events of the batch are taken, by index; the rest was refused.
struct Window {
  std::size_t too_old_end = 0;
  std::size_t expired_end = 0;
  std::size_t too_new_start = 0;

  std::size_t begin() const noexcept { return std::max(too_old_end, expired_end); }
};

bool read_event(Parameters& in, const dom::element& value, std::size_t number,
                IncomingEvent& event) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    in.mistype(value, "a Map");
    return false;
  }
  dom::element timestamp;
  dom::element message;
  const bool has_timestamp =
      object["timestamp"].get(timestamp) == simdjson::SUCCESS && !timestamp.is_null();
  const bool has_message =
      object["message"].get(message) == simdjson::SUCCESS && !message.is_null();
  if (has_timestamp && !in.read_integer(timestamp, event.timestamp_ms)) return false;
  if (has_message && !in.read_text(message, event.message)) return false;
  if (has_timestamp && has_message && event.timestamp_ms >= 0 && !event.message.empty()) {
    return true;
  }
  const std::string path = "logEvents." + std::to_string(number) + ".member.";
  if (!has_timestamp) in.complain_absent(path + "timestamp");
  if (!has_message) in.complain_absent(path + "message");
  if (event.timestamp_ms < 0) {
    in.complain(path + "timestamp", std::to_string(event.timestamp_ms),
                "Member must have value greater than or equal to 0");
  }
  if (has_message && event.message.empty()) {
    in.complain(path + "message", "", "Member must have length greater than or equal to 1");
  }
  return true;
}

std::vector<IncomingEvent> read_events(Parameters& in) {
  std::vector<IncomingEvent> events;
  const auto list = in.list("logEvents");
  if (!list) {
    if (!in.has("logEvents")) in.complain_absent("logEvents");
    return events;
  }
  const std::size_t count = list->size();
  if (count == 0) {
    in.complain("logEvents", "[]", "Member must have length greater than or equal to 1");
  }
  if (count > kMaxBatchEvents) {
    in.complain("logEvents", "[...]",
                "Member must have length less than or equal to " + std::to_string(kMaxBatchEvents));
    return events;
  }
  events.reserve(count);
  for (const dom::element value : *list) {
    IncomingEvent& event = events.emplace_back();
    if (!read_event(in, value, events.size(), event)) return events;
  }
  return events;
}

// Source: "Upload too large: 1049882 bytes exceeds limit of 1048576" (terraform-aws-opennext#27),
// "Log event too large: 292824 bytes exceeds limit of 262144" (maxbanton/cwh#101), "…must be in
// chronological order." (cwh#32); read 2026-11. That an event may have what the batch may have is
// an assumption, as in FakeAws: documented is "1 MB", and 1,048,546 bytes were taken (fluent-bit,
// cloudwatch_api.h, read 2026-11).
void check_batch(Parameters& in, const std::vector<IncomingEvent>& events) {
  const auto too_large = [&](const char* what, std::size_t bytes) {
    in.refuse(std::string(what) + " too large: " + std::to_string(bytes) +
              " bytes exceeds limit of " + std::to_string(kMaxBatchBytes));
  };
  std::size_t total = 0;
  for (const IncomingEvent& event : events) {
    const std::size_t bytes = event.message.size() + kEventOverheadBytes;
    if (bytes > kMaxBatchBytes) return too_large("Log event", bytes);
    total += bytes;
  }
  if (total > kMaxBatchBytes) return too_large("Upload", total);
  if (!std::is_sorted(events.begin(), events.end(), [](const auto& a, const auto& b) {
        return a.timestamp_ms < b.timestamp_ms;
      })) {
    in.refuse("Log events in a single PutLogEvents request must be in chronological order.");
  }
}

Window window_of(const std::vector<IncomingEvent>& events, std::int64_t now,
                 std::optional<std::int64_t> retention_days) {
  const auto first_at_or_after = [&](std::int64_t time) {
    return static_cast<std::size_t>(
        std::lower_bound(
            events.begin(), events.end(), time,
            [](const IncomingEvent& event, std::int64_t at) { return event.timestamp_ms < at; }) -
        events.begin());
  };
  Window window;
  window.too_old_end = first_at_or_after(now - kMaxAgeMs);
  if (retention_days) window.expired_end = first_at_or_after(now - *retention_days * kDayMs);
  // A time of expiry before that of age tells nothing more.
  if (window.expired_end <= window.too_old_end) window.expired_end = 0;
  window.too_new_start = first_at_or_after(now + kMaxAheadMs + 1);
  return window;
}

Response taken(const Window& window, std::size_t count, std::int64_t now) {
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("nextSequenceToken").text(event_id_text(static_cast<std::uint64_t>(now)));
  if (window.begin() > 0 || window.too_new_start < count) {
    json.key("rejectedLogEventsInfo").begin_object();
    const auto index = [](std::size_t value) { return static_cast<std::int64_t>(value); };
    if (window.too_new_start < count) {
      json.key("tooNewLogEventStartIndex").integer(index(window.too_new_start));
    }
    if (window.too_old_end > 0) {
      json.key("tooOldLogEventEndIndex").integer(index(window.too_old_end));
    }
    if (window.expired_end > 0) {
      json.key("expiredLogEventEndIndex").integer(index(window.expired_end));
    }
    json.end_object();
  }
  json.end_object();
  return success(std::string(buffer.view()));
}

}  // namespace

Response put_log_events(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.required_text("logGroupName", kGroupName);
  const std::string_view stream = in.required_text("logStreamName", kStreamName);
  (void)in.text("sequenceToken", kAnyText);  // ignored, as the service does since 2023
  const auto events = read_events(in);
  check_batch(in, events);
  if (auto wrong = in.wrong()) return std::move(*wrong);

  const std::int64_t now = now_ms(parts.clock);
  const Window window = window_of(events, now, parts.store.retention_of(group));
  const std::size_t begin = std::min(window.begin(), window.too_new_start);
  const auto valid = std::span(events).subspan(begin, window.too_new_start - begin);
  if (!valid.empty() && valid.back().timestamp_ms - valid.front().timestamp_ms > kMaxSpanMs) {
    return invalid(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  const auto done = parts.store.put({group, stream}, valid);
  if (!done) return store_trouble(done.error());
  return taken(window, events.size(), now);
}

}  // namespace aloft::console::logs
