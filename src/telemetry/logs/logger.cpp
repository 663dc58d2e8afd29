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
      context_bytes_(other.context_bytes_),
      carried_(other.carried_),
      stamp_(other.stamp_),
      written_(other.written_.load(std::memory_order_relaxed)) {
  std::memcpy(context_.data(), other.context_.data(), context_bytes_);
}

Logger& Logger::operator=(const Logger& other) noexcept {
  if (this == &other) return *this;
  lane_ = other.lane_;
  cell_ = other.cell_;
  generation_ = other.generation_;
  context_bytes_ = other.context_bytes_;
  carried_ = other.carried_;
  stamp_ = other.stamp_;
  written_.store(other.written_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  std::memcpy(context_.data(), other.context_.data(), context_bytes_);
  return *this;
}

bool Logger::record(const Head& head, const LogField* fields, std::size_t count) const noexcept {
  const LogText& message = head.message;
  return lane_->write(*this,
                      {head.level, message.text_, message.file_, message.site_, head.held_back},
                      {fields, count});
}

namespace {

enum Carried : std::uint8_t { kIdentity = 1, kPlace = 2, kFields = 4 };

void add_identity(detail::LogEncoder& encoder, const Identity& identity) noexcept {
  const auto add = [&](LogEntryType type, std::string_view id) {
    if (!id.empty()) encoder.add_text(type, {}, id);
  };
  add(LogEntryType::request_id, identity.request.view());
  add(LogEntryType::tenant_id, identity.tenant.view());
  add(LogEntryType::user_id, identity.user.view());
}

/// Whether an entry gives way to what `identity` knows.
bool is_known_by(const Identity& identity, LogEntryType type) noexcept {
  return (type == LogEntryType::request_id && !identity.request.empty()) ||
         (type == LogEntryType::tenant_id && !identity.tenant.empty()) ||
         (type == LogEntryType::user_id && !identity.user.empty());
}

void add_place(detail::LogEncoder& encoder, const TraceContext& context) noexcept {
  encoder.add_bytes(
      LogEntryType::place,
      detail::LogPlace{context.trace_id.high, context.trace_id.low, context.span_id.value});
}

/// Entries without those that `replaced` picks. @return where the copy ends.
template <typename Replaced>
char* copy_entries(char* out, std::string_view entries, Replaced replaced) noexcept {
  const char* at = entries.data();
  const char* const end = at + entries.size();
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
  return out;
}

}  // namespace

template <typename Replaced, typename Add>
inline Logger Logger::changed(std::uint8_t kinds, Replaced replaced, Add add) const noexcept {
  Logger changed;
  changed.lane_ = lane_;
  changed.cell_ = cell_;
  changed.generation_ = generation_;
  changed.stamp_ = stamp_;
  changed.carried_ = carried_ | kinds;
  char* const begin = changed.context_.data();
  char* end = begin + context_bytes_;
  if ((carried_ & kinds) != 0) {
    end = copy_entries(begin, {context_.data(), context_bytes_}, replaced);
  } else if (context_bytes_ != 0) {
    std::memcpy(begin, context_.data(), context_bytes_);
  }
  detail::LogEncoder encoder(end, begin + changed.context_.size());
  add(encoder);
  changed.context_bytes_ = static_cast<std::uint16_t>(encoder.at() - begin);
  if (encoder.left_out() != 0) lane_->count_dropped_fields(encoder.left_out());
  return changed;
}

void Logger::go_by_tenant(const Identity& identity) noexcept {
  if (identity.tenant.empty()) return;
  const std::uint64_t hash = lane_->hash_of(identity.tenant.view());
  stamp_.tenant = static_cast<std::uint8_t>(hash % 255 + 1);
  const detail::LogCell* const cell = lane_->levels().tenant(hash);
  cell_ = cell != nullptr ? cell : &lane_->levels().cell(stamp_.name);
}

Logger Logger::with(const Identity& identity) const noexcept {
  return with(identity, TraceContext{});
}

Logger Logger::with(const Span& span) const noexcept { return with(span.context()); }

Logger Logger::with(const TraceContext& context) const noexcept {
  return with(Identity{}, context);
}

Logger Logger::with(const Identity& identity, const Span& span) const noexcept {
  return with(identity, span.context());
}

Logger Logger::with(const Identity& identity, const TraceContext& context) const noexcept {
  if (lane_ == nullptr) return *this;
  const bool has_place = context.trace_id.valid();
  Logger mine = changed(
      has_place ? kIdentity | kPlace : kIdentity,
      [&](LogEntryType type, std::string_view) {
        return is_known_by(identity, type) || (has_place && type == LogEntryType::place);
      },
      [&](detail::LogEncoder& encoder) {
        add_identity(encoder, identity);
        if (has_place) add_place(encoder, context);
      });
  mine.go_by_tenant(identity);
  return mine;
}

Logger Logger::with(LogField a, LogField b, LogField c, LogField d) const noexcept {
  if (lane_ == nullptr) return *this;
  const LogField fields[] = {a, b, c, d};
  return changed(
      kFields,
      [&](LogEntryType type, std::string_view key) {
        return type <= LogEntryType::object_begin &&
               std::any_of(std::begin(fields), std::end(fields), [&](const LogField& field) {
                 return field.present() && field.key() == key;
               });
      },
      [&](detail::LogEncoder& encoder) {
        for (const LogField& field : fields) {
          if (field.present()) encoder.add(field);
        }
      });
}

}  // namespace v0
}  // namespace aloft
