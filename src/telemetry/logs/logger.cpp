// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/logger.hpp>

#include <aloft/telemetry/span.hpp>

#include "telemetry/logs/encoder.hpp"
#include "telemetry/logs/lane.hpp"

#include <algorithm>
#include <cstring>

namespace aloft {
inline namespace v0 {

using detail::LogEntry;
using detail::LogEntryType;

Logger::Logger(const Logger& other) noexcept
    : lane_(other.lane_),
      cell_(other.cell_),
      generation_(other.generation_),
      name_(other.name_),
      context_bytes_(other.context_bytes_),
      tenant_(other.tenant_),
      written_(other.written_.load(std::memory_order_relaxed)) {
  std::memcpy(context_.data(), other.context_.data(), context_bytes_);
}

Logger& Logger::operator=(const Logger& other) noexcept {
  if (this == &other) return *this;
  lane_ = other.lane_;
  cell_ = other.cell_;
  generation_ = other.generation_;
  name_ = other.name_;
  context_bytes_ = other.context_bytes_;
  tenant_ = other.tenant_;
  written_.store(other.written_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  std::memcpy(context_.data(), other.context_.data(), context_bytes_);
  return *this;
}

void Logger::record(LogLevel level, const LogText& message, LogFields fields) const noexcept {
  if (lane_ != nullptr) lane_->write(*this, level, message, fields);
}

template <typename Replaced, typename Add>
Logger Logger::changed(Replaced replaced, Add add) const noexcept {
  Logger changed;
  changed.lane_ = lane_;
  changed.cell_ = cell_;
  changed.generation_ = generation_;
  changed.name_ = name_;
  changed.tenant_ = tenant_;
  char* out = changed.context_.data();
  const char* at = context_.data();
  const char* const end = at + context_bytes_;
  int depth = 0;
  bool leave_out = false;
  while (at != end) {
    LogEntry entry;
    std::memcpy(&entry, at, sizeof entry);
    const std::size_t bytes = sizeof entry + entry.key_bytes + entry.value_bytes;
    if (entry.type == LogEntryType::object_end) --depth;
    if (depth == 0 && entry.type != LogEntryType::object_end) {
      leave_out = replaced(entry.type, std::string_view(at + sizeof entry, entry.key_bytes));
    }
    if (!leave_out) {
      std::memcpy(out, at, bytes);
      out += bytes;
    }
    if (entry.type == LogEntryType::object_begin) ++depth;
    at += bytes;
  }
  detail::LogEncoder encoder(out, changed.context_.data() + changed.context_.size());
  add(encoder);
  changed.context_bytes_ = static_cast<std::uint16_t>(encoder.at() - changed.context_.data());
  if (encoder.left_out() != 0) lane_->count_dropped_fields(encoder.left_out());
  return changed;
}

Logger Logger::with(const Identity& identity) const noexcept {
  if (lane_ == nullptr) return *this;
  const std::string_view request = identity.request.view();
  const std::string_view tenant = identity.tenant.view();
  const std::string_view user = identity.user.view();
  Logger mine = changed(
      [&](LogEntryType type, std::string_view) {
        return (type == LogEntryType::request_id && !request.empty()) ||
               (type == LogEntryType::tenant_id && !tenant.empty()) ||
               (type == LogEntryType::user_id && !user.empty());
      },
      [&](detail::LogEncoder& encoder) {
        if (!request.empty()) encoder.add_text(LogEntryType::request_id, {}, request);
        if (!tenant.empty()) encoder.add_text(LogEntryType::tenant_id, {}, tenant);
        if (!user.empty()) encoder.add_text(LogEntryType::user_id, {}, user);
      });
  if (!tenant.empty()) {
    const std::uint64_t hash = lane_->hash_of(tenant);
    mine.tenant_ = static_cast<std::uint8_t>(hash % 255 + 1);
    const detail::LogCell* const cell = lane_->levels().tenant(hash);
    mine.cell_ = cell != nullptr ? cell : &lane_->levels().cell(name_);
  }
  return mine;
}

Logger Logger::with(const Span& span) const noexcept { return with(span.context()); }

Logger Logger::with(const TraceContext& context) const noexcept {
  if (lane_ == nullptr || !context.trace_id.valid()) return *this;
  return changed([](LogEntryType type, std::string_view) { return type == LogEntryType::place; },
                 [&](detail::LogEncoder& encoder) {
                   encoder.add_bytes(LogEntryType::place,
                                     detail::LogPlace{context.trace_id.high, context.trace_id.low,
                                                      context.span_id.value});
                 });
}

Logger Logger::with(LogFields fields) const noexcept {
  if (lane_ == nullptr) return *this;
  return changed(
      [&](LogEntryType type, std::string_view key) {
        return type <= LogEntryType::object_begin &&
               std::any_of(fields.begin(), fields.end(),
                           [&](const LogField& field) { return field.key() == key; });
      },
      [&](detail::LogEncoder& encoder) {
        for (const LogField& field : fields) encoder.add(field);
      });
}

}  // namespace v0
}  // namespace aloft
