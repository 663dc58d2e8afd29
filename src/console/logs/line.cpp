// SPDX-License-Identifier: Apache-2.0
#include "console/logs/line.hpp"

#include "console/logs/columns.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <simdjson.h>

namespace aloft::console::logs {
namespace {

namespace dom = simdjson::dom;

// The event once as it came, once taken apart, six bytes for one at worst, and the names.
constexpr std::size_t kGrowth = 14;
constexpr std::size_t kFrameBytes = std::size_t{8} << 10U;
constexpr std::int64_t kNanosecondsOfMs = 1'000'000;

// The members of the library's own lines (src/telemetry/format/log_line.hpp); the others of an
// event without `fields` are its fields.
constexpr auto kKnown = std::to_array<std::string_view>(
    {"timestamp", "level", "message", "service", "logger", "request_id", "tenant_id", "user_id",
     "trace_id", "span_id", "fields", "location", "truncated", "id"});

std::string_view text_of(const dom::object& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string minified(const dom::object& object) {
  dom::object fields;
  if (object["fields"].get(fields) == simdjson::SUCCESS) return simdjson::to_string(fields);
  std::string out = "{";
  for (const dom::key_value_pair member : object) {
    if (std::find(kKnown.begin(), kKnown.end(), member.key) != kKnown.end()) continue;
    if (out.size() > 1) out += ',';
    json::Buffer key(kFrameBytes);
    json::append_escaped(key, member.key);
    if (key.overflowed()) continue;
    out.append("\"").append(key.view()).append("\":");
    out += simdjson::minify(member.value);
  }
  return out + "}";
}

}  // namespace

struct LineWriter::Parts {
  explicit Parts(std::size_t max) : max_bytes(max), buffer(max * kGrowth + kFrameBytes) {}

  // Nothing when the event is no JSON object, or too long.
  std::optional<dom::object> parse(std::string_view message) {
    if (message.size() > max_bytes || !begins_as_object(message)) return {};
    dom::object object;
    if (parser.parse(message.data(), message.size()).get(object) != simdjson::SUCCESS) return {};
    return object;
  }

  std::size_t max_bytes;
  dom::parser parser;
  json::Buffer buffer;
};

LineWriter::LineWriter(std::size_t max_bytes) : parts_(std::make_unique<Parts>(max_bytes)) {}

LineWriter::~LineWriter() = default;

std::string LineWriter::json(const LogEvent& event) {
  const auto object = parts_->parse(event.message);
  const auto member = [&](std::string_view key) {
    return object ? text_of(*object, key) : std::string_view();
  };
  const std::string_view shown = text::cut(event.message, parts_->max_bytes);
  const std::string_view message = member("message");

  parts_->buffer.clear();
  json::Writer json(parts_->buffer);
  json.begin_object();
  json.key("id").text(std::to_string(event.id));
  json.key("time").epoch_seconds(event.timestamp_ms * kNanosecondsOfMs);
  json.key("group").text(event.group);
  json.key("stream").text(event.stream);
  json.key("level").text(event.columns.level);
  json.key("message").text(message.empty() ? shown : message);
  json.key("service").text(event.columns.service);
  json.key("logger").text(member("logger"));
  json.key("request_id").text(event.columns.request_id);
  json.key("tenant").text(event.columns.tenant);
  json.key("user").text(member("user_id"));
  json.key("trace_id").text(event.columns.trace_id);
  json.key("span_id").text(member("span_id"));
  json.key("fields").raw(object ? minified(*object) : "{}");
  json.key("raw").text(shown);
  json.end_object();
  return std::string(parts_->buffer.view());
}

}  // namespace aloft::console::logs
