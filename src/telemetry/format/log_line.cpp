// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/log_line.hpp>

#include <aloft/core/text.hpp>

#include "telemetry/format/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace {

using Shape = LogFieldRecord::Shape;

/// What may follow the fields: the place, two flags, a count, and the brackets.
constexpr std::size_t kTailBytes = 384;
constexpr std::size_t kMaxLocationBytes = 256;

char* put_padded(char* at, unsigned value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + digits;
}

}  // namespace

LogLineWriter::LogLineWriter(std::size_t limit_bytes) noexcept
    : limit_bytes_(std::max(limit_bytes, kMinLogLineBytes)) {}

void LogLineWriter::identify(std::uint64_t process) noexcept { text::write_hex(process, process_); }

void LogLineWriter::put_id(json::Writer& json, std::uint64_t sequence) const noexcept {
  if (process_[0] == '\0') return;
  char id[sizeof process_ + 21];
  std::memcpy(id, process_, sizeof process_);
  id[sizeof process_] = '-';
  char* const end = std::to_chars(id + sizeof process_ + 1, id + sizeof id, sequence).ptr;
  json.key("id").plain({id, static_cast<std::size_t>(end - id)});
}

void LogLineWriter::put_time(json::Writer& json, WallTime time) noexcept {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  if (whole.time_since_epoch().count() != second_) {
    second_ = whole.time_since_epoch().count();
    const auto day = std::chrono::floor<std::chrono::days>(whole);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(whole - day);
    char* at = put_padded(second_text_, static_cast<unsigned>(int{date.year()}), 4);
    *at++ = '-';
    at = put_padded(at, unsigned{date.month()}, 2);
    *at++ = '-';
    at = put_padded(at, unsigned{date.day()}, 2);
    *at++ = 'T';
    at = put_padded(at, static_cast<unsigned>(clock.hours().count()), 2);
    *at++ = ':';
    at = put_padded(at, static_cast<unsigned>(clock.minutes().count()), 2);
    *at++ = ':';
    put_padded(at, static_cast<unsigned>(clock.seconds().count()), 2);
  }
  char text[27];
  std::memcpy(text, second_text_, sizeof second_text_);
  text[19] = '.';
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - whole);
  put_padded(text + 20, static_cast<unsigned>(micros.count()), 6);
  text[26] = 'Z';
  json.plain({text, sizeof text});
}

/// False when not all of them fit.
bool LogLineWriter::put_fields(json::Writer& json, const LogRecord& line,
                               std::size_t limit) noexcept {
  if (line.fields.empty()) return true;
  json.key("fields").begin_object();
  int depth = 0;
  std::size_t fits = json.buffer().size();
  bool all = true;
  for (const LogFieldRecord& field : line.fields) {
    switch (field.shape) {
      case Shape::value:
        json.plain_key(field.key);
        detail::write_value(json, field.value);
        break;
      case Shape::object_begin:
        json.plain_key(field.key).begin_object();
        ++depth;
        break;
      case Shape::object_end:
        json.end_object();
        --depth;
        break;
    }
    if (depth != 0) continue;
    if (json.buffer().overflowed() || json.buffer().size() > limit) {
      json.buffer().truncate(fits);
      all = false;
      break;
    }
    fits = json.buffer().size();
  }
  json.end_object();
  return all;
}

void LogLineWriter::put(json::Buffer& out, const Resource& resource, const LogRecord& line,
                        std::string_view message, Shortened shortened) noexcept {
  const std::size_t limit = out.size() + limit_bytes_ - kTailBytes;
  json::Writer json(out);
  json.begin_object();
  put_id(json, line.sequence);
  json.key("timestamp");
  put_time(json, line.time);
  json.key("level").plain(to_string(line.level));
  json.key("message").text(message);
  if (!resource.service_name.empty()) json.key("service").text(resource.service_name);
  if (!line.logger.empty()) json.key("logger").text(line.logger);
  if (!line.request_id.empty()) json.key("request_id").text(line.request_id);
  if (!line.tenant_id.empty()) json.key("tenant_id").text(line.tenant_id);
  if (!line.user_id.empty()) json.key("user_id").text(line.user_id);
  if (line.trace_id.valid()) json.key("trace_id").plain(line.trace_id.xray_text().view());
  if (line.span_id.valid()) json.key("span_id").plain(line.span_id.text().view());
  if (line.held_back != 0) json.key("held_back").integer(line.held_back);
  bool whole = shortened == Shortened::no;
  if (whole) {
    whole = put_fields(json, line, limit);
    put_location(json, line);
  }
  if (!whole) json.key("truncated").boolean(true);
  json.end_object();
  out.append('\n');
}

void LogLineWriter::put_location(json::Writer& json, const LogRecord& line) noexcept {
  if (line.file.empty()) return;
  char place[kMaxLocationBytes];
  const std::string_view file = line.file.substr(0, sizeof place - 16);
  std::memcpy(place, file.data(), file.size());
  place[file.size()] = ':';
  char* const end = std::to_chars(place + file.size() + 1, place + sizeof place, line.line).ptr;
  json.key("location").text({place, static_cast<std::size_t>(end - place)});
}

bool LogLineWriter::append(json::Buffer& out, const Resource& resource,
                           const LogRecord& line) noexcept {
  const std::size_t begin = out.size();
  const auto fits = [&] { return !out.overflowed() && out.size() - begin <= limit_bytes_; };
  put(out, resource, line, line.message, Shortened::no);
  if (fits()) return true;
  // Without fields, and with half a line of message; or less of it, if escapes make six bytes of
  // one.
  for (const std::size_t part : {limit_bytes_ / 2, limit_bytes_ / 12}) {
    out.truncate(begin);
    put(out, resource, line, text::cut(line.message, part), Shortened::yes);
    if (fits()) return true;
  }
  out.truncate(begin);
  return false;
}

}  // namespace v0
}  // namespace aloft
