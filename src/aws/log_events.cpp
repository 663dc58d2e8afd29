// SPDX-License-Identifier: Apache-2.0
#include "aws/log_events.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/http/json_reader.hpp>
#include <aloft/telemetry/delivery/log_exporter.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using delivery::Answer;
using delivery::Failure;
using delivery::Records;

/// Ours: an answer has a hundred bytes.
constexpr std::size_t kMaxAnswerJson = 64 * 1024;
/// `{"timestamp":1763812345123,"message":""},` and the names before it.
constexpr std::size_t kFrameBytes = 64;
constexpr std::size_t kHeadBytes = 2'048;

// What the answer says of an entity; only these are ever quoted. Source: API reference,
// RejectedEntityInfo, read 2026-11.
constexpr std::array<std::string_view, 7> kEntityErrors = {
    "InvalidEntity",      "InvalidTypeValue",        "InvalidKeyAttributes", "InvalidAttributes",
    "EntitySizeTooLarge", "UnsupportedLogGroupType", "MissingRequiredFields"};

std::int64_t milliseconds_of(WallTime time) noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// An index of the answer, brought between 0 and `count`.
std::optional<std::size_t> index_at(const http::JsonDocument& answer, const char* name,
                                    std::size_t count) {
  const Result<std::int64_t> index = answer.integer(std::string("/rejectedLogEventsInfo/") + name);
  if (!index || *index < 0) return std::nullopt;
  return static_cast<std::size_t>(
      std::clamp<std::int64_t>(*index, 0, static_cast<std::int64_t>(count)));
}

/// Refuses the events from `begin` to before `end`, but for those that are refused already.
void refuse(Answer& judged, const LogCall& call, std::vector<bool>& refused,
            std::pair<std::size_t, std::size_t> range, Reason reason) {
  for (std::size_t i = range.first; i < range.second; ++i) {
    if (refused[i]) continue;
    refused[i] = true;
    judged.refusals.push_back({.index = call.order[i], .again = false, .reason = reason});
  }
}

void say(Answer& judged, std::string_view what) {
  if (!judged.message.empty()) judged.message += "; ";
  judged.message += what;
}

}  // namespace

LogCall plan_log_call(Records records) {
  struct Key {
    WallTime time;
    std::uint64_t sequence;
    std::size_t index;
  };
  LogCall call;
  std::vector<Key> keys;
  keys.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i]->payload.empty() || records[i]->time < WallTime()) {
      call.refusals.push_back({.index = i, .again = false, .reason = Reason::invalid});
    } else {
      keys.push_back({records[i]->time, delivery::sequence_of(records[i]->payload), i});
    }
  }
  std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return std::tie(a.time, a.sequence) < std::tie(b.time, b.sequence);
  });
  call.order.reserve(keys.size());
  for (const Key& key : keys) call.order.push_back(key.index);
  return call;
}

std::string put_log_events_body(std::string_view group, std::string_view stream, Records records,
                                const LogCall& call) {
  std::size_t bytes = kHeadBytes + group.size() + stream.size();
  // Escaping makes six bytes of one at most.
  for (const std::size_t i : call.order) bytes += 6 * records[i]->payload.size() + kFrameBytes;
  json::Buffer buffer(bytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("logGroupName").text(group);
  json.key("logStreamName").text(stream);
  json.key("logEvents").begin_array();
  for (const std::size_t i : call.order) {
    json.begin_object();
    json.key("timestamp").integer(milliseconds_of(records[i]->time));
    json.key("message").text(records[i]->payload);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::string(buffer.view());
}

Answer read_rejected_events(std::string_view body, const LogCall& call) {
  // 200 without a body says no less than `{}`.
  const Result<http::JsonDocument> answer =
      http::JsonDocument::parse(body.empty() ? "{}" : body, {.bytes = kMaxAnswerJson, .depth = 16});
  if (!answer) {
    return {.failure = Failure::transient,
            .reason = Reason::unavailable,
            .maybe_received = true,
            .message = "CloudWatch Logs answered with something that is not JSON"};
  }
  Answer judged = Answer::accepted();
  judged.refusals = call.refusals;
  if (!call.refusals.empty()) say(judged, "an event had no text, or a time before 1970");
  const std::size_t count = call.order.size();
  std::vector<bool> refused(count, false);
  const auto old = index_at(*answer, "tooOldLogEventEndIndex", count);
  const auto expired = index_at(*answer, "expiredLogEventEndIndex", count);
  if (const std::size_t end = std::max(old.value_or(0), expired.value_or(0)); end != 0) {
    refuse(judged, call, refused, {0, end}, Reason::expired);
    say(judged, "events were older than CloudWatch Logs, or the group's retention, takes");
  }
  if (const auto begin = index_at(*answer, "tooNewLogEventStartIndex", count)) {
    refuse(judged, call, refused, {*begin, count}, Reason::invalid);
    say(judged, "events were more than two hours in the future: is a clock wrong?");
  }
  if (const auto error = answer->text("/rejectedEntityInfo/errorType")) {
    const auto known = std::find(kEntityErrors.begin(), kEntityErrors.end(), *error);
    say(judged, "the entity was rejected, the events were taken");
    if (known != kEntityErrors.end()) judged.message.append(": ").append(*known);
  }
  return judged;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
