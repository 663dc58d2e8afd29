// SPDX-License-Identifier: Apache-2.0
#include "console/logs/columns.hpp"

#include "console/trace_id.hpp"

#include <aloft/core/text.hpp>

namespace aloft::console::logs {
namespace {

// As the JSON reader of requests: deeper events are kept, but not looked into.
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kFirstBytes = std::size_t{16} << 10U;
constexpr std::size_t kW3cTraceIdLength = 32;

std::string_view short_text(const simdjson::dom::element& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || text.size() > kMaxColumnBytes) return {};
  return text;
}

// "0123…" of 32 hex digits as "1-01234567-…"; X-Ray's own form in lower case; nothing else.
std::string xray_form(std::string_view text) {
  std::string id(text);
  if (text.size() == kW3cTraceIdLength) id = "1-" + id.insert(8, "-");
  const auto parsed = TraceId::parse(id);
  return parsed ? parsed->text() : std::string();
}

bool same_unless_empty(std::string_view wanted, std::string_view value) noexcept {
  return wanted.empty() || wanted == value;
}

}  // namespace

bool begins_as_object(std::string_view message) noexcept {
  const std::size_t begin = message.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && message[begin] == '{';
}

ColumnReader::ColumnReader()
    : ready_(parser_.allocate(kFirstBytes, kMaxDepth) == simdjson::SUCCESS) {}

ColumnViews ColumnReader::read(std::string_view message) {
  ColumnViews columns;
  if (!ready_ || message.size() > kMaxParsedBytes || !begins_as_object(message)) return columns;
  simdjson::dom::object object;
  if (parser_.parse(message.data(), message.size(), true).get(object) != simdjson::SUCCESS) {
    return columns;
  }
  std::string_view other_tenant;
  for (const simdjson::dom::key_value_pair& member : object) {
    const std::string_view key = member.key;
    if (key == "level") {
      columns.level = short_text(member.value);
    } else if (key == "service") {
      columns.service = short_text(member.value);
    } else if (key == "tenant_id") {
      columns.tenant = short_text(member.value);
    } else if (key == "tenant") {
      other_tenant = short_text(member.value);
    } else if (key == "request_id") {
      columns.request_id = short_text(member.value);
    } else if (key == "trace_id") {
      trace_id_ = xray_form(short_text(member.value));
      columns.trace_id = trace_id_;
    }
  }
  if (columns.tenant.empty()) columns.tenant = other_tenant;
  return columns;
}

bool matches(const Columns& wanted, const ColumnViews& columns) noexcept {
  return (wanted.level.empty() || text::equals_ignoring_case(wanted.level, columns.level)) &&
         same_unless_empty(wanted.service, columns.service) &&
         same_unless_empty(wanted.tenant, columns.tenant) &&
         same_unless_empty(wanted.trace_id, columns.trace_id) &&
         same_unless_empty(wanted.request_id, columns.request_id);
}

}  // namespace aloft::console::logs
