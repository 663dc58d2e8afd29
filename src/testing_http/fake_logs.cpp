// SPDX-License-Identifier: Apache-2.0
#include "testing_http/fake_logs.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

using http::JsonDocument;

constexpr std::size_t kMaxEvents = 10'000;
// An assumption, as in the console: "1 MB" an event is what the batch may have, for 1,048,546 bytes
// were taken (fluent-bit, cloudwatch_api.h, read 2026-11).
constexpr std::size_t kMaxBatchBytes = 1'048'576;
constexpr std::size_t kEventOverheadBytes = 26;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMaxSpanMs = 24 * kHourMs;
constexpr std::int64_t kMaxAgeMs = 14 * 24 * kHourMs;
constexpr std::int64_t kMaxAheadMs = 2 * kHourMs;
constexpr std::size_t kMaxNameBytes = 512;
constexpr std::array<int, 22> kRetentionDays = {1,    3,    5,    7,    14,   30,  60,  90,
                                                120,  150,  180,  365,  400,  545, 731, 1096,
                                                1827, 2192, 2557, 2922, 3288, 3653};
/// Calls a second of an account. CreateLogStream: API reference, "50 TPS". CreateLogGroup: user
/// guide, "CloudWatch Logs quotas", of 2023; PutRetentionPolicy is taken for the same.
constexpr std::array<std::pair<std::string_view, std::uint32_t>, 4> kRates = {{
    {"CreateLogGroup", 5},
    {"CreateLogStream", 50},
    {"PutLogEvents", 5'000},
    {"PutRetentionPolicy", 5},
}};

FakeLogsAnswer refused(std::string_view error, std::string_view message) {
  return {std::string(error), std::string(message)};
}
FakeLogsAnswer invalid(std::string_view message) {
  return refused("InvalidParameterException", message);
}

bool is_group(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.substr(0, 4) != "aws/" &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return text::is_alnum(c) || std::string_view(".-_/#").find(c) != std::string_view::npos;
         });
}
bool is_stream(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         name.find_first_of(":*") == std::string_view::npos;
}

std::string text_of(const JsonDocument& json, std::string_view pointer) {
  const Result<std::string_view> text = json.text(pointer);
  return text ? std::string(*text) : std::string();
}

/// Whatever costs a call as a whole; empty when nothing does.
std::string_view why_refused(const std::vector<FakeLogEvent>& events, std::string_view poison) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const FakeLogEvent& event = events[i];
    if (event.message.empty()) return "a message has less than 1 character";
    if (event.message.size() + kEventOverheadBytes > kMaxBatchBytes) return "Log event too large";
    if (event.timestamp_ms < 0) return "a timestamp is less than 0";
    if (i > 0 && event.timestamp_ms < events[i - 1].timestamp_ms) {
      return "Log events in a single PutLogEvents request must be in chronological order.";
    }
    if (!poison.empty() && event.message.find(poison) != std::string::npos) return "poison";
    bytes += event.message.size() + kEventOverheadBytes;
  }
  return bytes > kMaxBatchBytes ? "Upload too large" : std::string_view();
}

struct Tags {
  std::map<std::string, std::string> tags{};
  bool good = true;
};

Tags read_tags(const JsonDocument& json) {
  Tags read;
  if (!json.has("/tags")) return read;
  const Result<std::vector<http::JsonText>> members = json.texts("/tags");
  read.good = members && !members->empty() && members->size() <= 50;
  if (!read.good) return read;
  for (const http::JsonText& tag : *members) {
    read.good = read.good && !tag.key.empty() && tag.key.size() <= 128 &&
                tag.key.substr(0, 4) != "aws:" && tag.text.size() <= 256;
    read.tags.emplace(tag.key, tag.text);
  }
  return read;
}

}  // namespace

FakeLogsAnswer FakeLogs::serve(const FakeAwsRequest& request, WallTime now, FakeAwsLedger& ledger) {
  const std::string operation(
      request.headers.get("x-amz-target").value_or("").substr(kLogsTarget.size()));
  ++ledger.log_calls[operation];
  const bool known = std::any_of(kRates.begin(), kRates.end(),
                                 [&](const auto& row) { return row.first == operation; });
  if (!known) return refused("UnknownOperationException", "only what a writer needs is known");
  if (!within_rate(operation, now)) return refused("ThrottlingException", "Rate exceeded");
  const Result<JsonDocument> json = JsonDocument::parse(request.body, {.bytes = 16u << 20});
  const bool is_json = request.headers.get("content-type") == "application/x-amz-json-1.1" &&
                       !request.headers.get("content-encoding") && json && json->is_object();
  if (!is_json) return refused("SerializationException", "the body is not what its type says");
  if (!is_group(text_of(*json, "/logGroupName"))) return invalid("logGroupName is none");
  if (operation == "CreateLogGroup") return create_group(*json, ledger);
  if (operation == "PutRetentionPolicy") return set_retention(*json, ledger);
  if (!is_stream(text_of(*json, "/logStreamName"))) return invalid("logStreamName is none");
  if (operation == "CreateLogStream") return create_stream(*json, ledger);
  return put_events(*json, now, ledger);
}

void FakeLogs::delete_streams(FakeAwsLedger& ledger) {
  for (auto& [name, group] : ledger.log_groups) group.streams.clear();
}

bool FakeLogs::within_rate(const std::string& operation, WallTime now) {
  const auto* const row = std::find_if(kRates.begin(), kRates.end(),
                                       [&](const auto& one) { return one.first == operation; });
  const std::int64_t second =
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  Rate& rate = rates_[operation];
  if (rate.second != second) rate = {.second = second, .calls = 0};
  return ++rate.calls <= row->second;
}

FakeLogsAnswer FakeLogs::create_group(const JsonDocument& json, FakeAwsLedger& ledger) {
  Tags tags = read_tags(json);
  FakeLogGroup group{.kms_key_id = text_of(json, "/kmsKeyId"),
                     .group_class = text_of(json, "/logGroupClass"),
                     .tags = std::move(tags.tags)};
  if (group.group_class.empty()) group.group_class = "STANDARD";
  const std::string& kind = group.group_class;
  if (kind != "STANDARD" && kind != "INFREQUENT_ACCESS" && kind != "DELIVERY") {
    return invalid("logGroupClass is none");
  }
  if (json.has("/kmsKeyId") &&
      (group.kms_key_id.substr(0, 7) != "arn:aws" || group.kms_key_id.size() > 256)) {
    return invalid("kmsKeyId is none");
  }
  if (!tags.good) return invalid("tags are none");
  if (!ledger.log_groups.emplace(text_of(json, "/logGroupName"), std::move(group)).second) {
    return refused("ResourceAlreadyExistsException", "The specified log group already exists");
  }
  return {.text = {}};
}

FakeLogsAnswer FakeLogs::create_stream(const JsonDocument& json, FakeAwsLedger& ledger) {
  const auto group = ledger.log_groups.find(text_of(json, "/logGroupName"));
  if (group == ledger.log_groups.end()) {
    return refused("ResourceNotFoundException", "The specified log group does not exist.");
  }
  if (!group->second.streams.insert(text_of(json, "/logStreamName")).second) {
    return refused("ResourceAlreadyExistsException", "The specified log stream already exists");
  }
  return {.text = {}};
}

FakeLogsAnswer FakeLogs::set_retention(const JsonDocument& json, FakeAwsLedger& ledger) {
  const Result<std::int64_t> days = json.integer("/retentionInDays");
  if (!days ||
      std::find(kRetentionDays.begin(), kRetentionDays.end(), *days) == kRetentionDays.end()) {
    return invalid("retentionInDays is none");
  }
  const auto group = ledger.log_groups.find(text_of(json, "/logGroupName"));
  if (group == ledger.log_groups.end()) {
    return refused("ResourceNotFoundException", "The specified log group does not exist.");
  }
  if (group->second.group_class == "DELIVERY") return invalid("the class has its own retention");
  group->second.retention_days = static_cast<int>(*days);
  return {.text = {}};
}

FakeLogsAnswer FakeLogs::put_events(const JsonDocument& json, WallTime now, FakeAwsLedger& ledger) {
  const Result<std::size_t> count = json.size("/logEvents");
  if (!count || *count == 0 || *count > kMaxEvents) return invalid("logEvents are 1 to 10,000");
  std::vector<FakeLogEvent> events;
  const std::string group_name = text_of(json, "/logGroupName");
  const std::string stream = text_of(json, "/logStreamName");
  for (std::size_t i = 0; i < *count; ++i) {
    const std::string at = "/logEvents/" + std::to_string(i);
    const Result<std::int64_t> time = json.integer(at + "/timestamp");
    const Result<std::string_view> message = json.text(at + "/message");
    if (!time || !message) return refused("SerializationException", "an event is none");
    events.push_back({group_name, stream, std::string(*message), *time});
  }
  if (const std::string_view why = why_refused(events, poison_); !why.empty()) return invalid(why);
  const auto group = ledger.log_groups.find(group_name);
  if (group == ledger.log_groups.end()) {
    return refused("ResourceNotFoundException", "The specified log group does not exist.");
  }
  if (group->second.streams.count(stream) == 0) {
    return refused("ResourceNotFoundException", "The specified log stream does not exist.");
  }
  const std::int64_t now_ms =
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  return take_events(events, now_ms, group->second.retention_days, ledger);
}

FakeLogsAnswer FakeLogs::take_events(const std::vector<FakeLogEvent>& events, std::int64_t now_ms,
                                     int retention_days, FakeAwsLedger& ledger) const {
  const auto before = [&](std::int64_t time) {
    return static_cast<std::size_t>(
        std::partition_point(events.begin(), events.end(),
                             [&](const FakeLogEvent& one) { return one.timestamp_ms < time; }) -
        events.begin());
  };
  const std::size_t too_old = before(now_ms - kMaxAgeMs);
  const std::size_t too_new = before(now_ms + kMaxAheadMs + 1);
  std::size_t expired = 0;
  if (retention_days > 0) expired = before(now_ms - retention_days * 24 * kHourMs);
  if (expired <= too_old) expired = 0;
  const std::size_t begin = std::max(too_old, expired);
  if (begin < too_new &&
      events[too_new - 1].timestamp_ms - events[begin].timestamp_ms > kMaxSpanMs) {
    return invalid(
        "The batch of log events in a single PutLogEvents request cannot span more "
        "than 24 hours.");
  }
  for (std::size_t i = begin; i < too_new; ++i) {
    ++ledger.events;
    ++ledger.lines[events[i].message];
    ledger.log_events.push_back(events[i]);
  }
  std::string info;
  const auto say = [&](std::string_view name, std::size_t index, std::size_t lost) {
    if (lost == 0) return;
    ledger.refused_events[std::string(name)] += lost;
    info += (info.empty() ? "\"" : ",\"") + std::string(name) + "\":" + std::to_string(index);
  };
  say("tooOldLogEventEndIndex", too_old, too_old);
  say("expiredLogEventEndIndex", expired, expired > too_old ? expired - too_old : 0);
  say("tooNewLogEventStartIndex", too_new, events.size() - std::max(too_new, begin));
  std::string body = R"({"nextSequenceToken":"49039859630565300747890711000000000000000000000")";
  if (!info.empty()) body += ",\"rejectedLogEventsInfo\":{" + info + "}";
  return {.text = body + "}"};
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
