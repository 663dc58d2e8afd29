// SPDX-License-Identifier: Apache-2.0
// Turns the bytes of lines into neutral records: what behind this point sees a line, sees it clean.
#pragma once

#include <aloft/telemetry/log_record.hpp>
#include <aloft/telemetry/redaction_policy.hpp>

#include "telemetry/cleaner.hpp"
#include "telemetry/logs/chunk.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

class LogLevels;

/// A line in its chunk, and when it was written.
struct LogIndex {
  std::int64_t wall_ns;
  const LogLine* line;
  LogChunk* chunk;
};

class LogReader : private Cleaner {
 public:
  LogReader(const LogLevels& names, const RedactionPolicies& policies, Outcomes& outcomes);

  void clear() noexcept;
  void read(const LogIndex& place, std::uint64_t sequence);
  std::span<const LogRecord> lines() const noexcept { return lines_; }

 private:
  /// What a line says beside its message: its own entries, or those of its context.
  struct Context {
    std::string_view request_id;
    std::string_view tenant_id;
    std::string_view user_id;
    TraceId trace_id;
    SpanId span_id;
    std::span<const LogFieldRecord> fields;
    const PolicyRedactor* redactor = nullptr;  // of its tenant
  };
  const Context& context_of(const LogIndex& place);
  void read_entries(const char* at, const char* end, Context& into);
  std::span<const LogFieldRecord> join(std::span<const LogFieldRecord> outer,
                                       std::span<const LogFieldRecord> own);
  std::string_view clean_key(std::string_view key);
  std::string_view clean_unknown_key(std::string_view key);
  std::string_view clean_text(std::string_view text, bool cut, const PolicyRedactor& redactor);
  /// A field as it stands in a line.
  struct RawField {
    const LogEntry& entry;
    std::string_view key;
    std::string_view bytes;
  };
  void add_field(const RawField& raw, const PolicyRedactor& redactor);
  void clean_field(Value& into, const RawField& raw, bool known_key,
                   const PolicyRedactor& redactor);

  const LogLevels& names_;
  const RedactionPolicies& policies_;
  const PolicyRedactor& everybodys_;
  KnownTexts known_keys_;  // that announce no secret
  std::vector<LogRecord> lines_;
  std::vector<LogFieldRecord> fields_;
  /// Contexts of this batch by where they stand: lines of a request follow one another.
  struct Known {
    const LogLine* at = nullptr;
    Context context;
  };
  std::array<Known, 64> known_contexts_;
  const Context no_context_{{}, {}, {}, {}, {}, {}, &everybodys_};
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
