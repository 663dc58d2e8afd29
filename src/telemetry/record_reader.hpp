// SPDX-License-Identifier: Apache-2.0
// Turns blocks into neutral records: bounds, checks, maps and redacts every text on the way, so
// that nothing behind this point, no exporter and no file, ever sees what was recorded raw.
#pragma once

#include <aloft/telemetry/record.hpp>

#include "telemetry/block.hpp"
#include "telemetry/cleaner.hpp"

#include <atomic>
#include <span>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

struct Settings;

class RecordReader : private Cleaner {
 public:
  RecordReader(const Settings& settings, Outcomes& outcomes);

  /// Forgets the batch; the records of `traces` are gone.
  void clear() noexcept;
  /// Adds the ended spans of a block as one trace record and marks them as taken.
  void read(Block& block);
  /// Adds the root of a block while it is open: what stood there when it was handed over. Nothing
  /// is added for one that has ended meanwhile.
  void read_open(const Block& block);
  std::span<const TraceRecord> traces() const noexcept { return traces_; }

  /// Reads an entry of JSON (span_json.cpp).
  static void read_json(RecordReader& reader, const MetadataRecord& entry, bool cut);
  /// Null until somebody has recorded JSON: then there is none to read.
  static inline constinit std::atomic<decltype(&RecordReader::read_json)> json_reader{nullptr};

 private:
  class JsonParts;
  void collect(Block& block);
  void read_slot(const Block& block, const Slot& slot, SpanRecord& span);
  void read_entry(const Entry& entry, const char* at, SpanRecord& span);
  void read_exception(const Entry& entry, std::string_view type, std::string_view message);
  void read_sql(const Entry& entry, std::string_view key, std::string_view value, SpanRecord& span);
  void read_aws(const Entry& entry, std::string_view value, AwsRecord& aws);
  void read_link(std::string_view bytes);
  void read_link_attribute(const Entry& entry, std::string_view key, std::string_view value);
  void read_user(std::string_view id, SpanRecord& span);
  void add_annotation(std::string_view key, const Value& value);
  void add_metadata(std::string_view name_space, std::string_view key, const Value& value);
  void add_defaults();
  std::string_view clean_url(std::string_view url, bool cut);
  std::string_view clean_database_url(std::string_view text, bool cut);
  std::string_view clean_name(std::string_view name, bool cut);
  std::string_view clean_new_key(std::string_view key);

  const Settings& settings_;
  KnownTexts known_keys_;
  KnownTexts known_names_;
  std::vector<AnnotationRecord> default_annotations_;
  std::vector<MetadataRecord> default_metadata_;
  Arena defaults_arena_;
  std::vector<TraceRecord> traces_;
  // Of the block and the span being read; copied into the arena when complete.
  std::vector<Slot*> slots_;
  std::vector<SpanRecord> spans_;
  std::vector<AnnotationRecord> annotations_;  // always of the limit's size
  std::size_t annotation_count_ = 0;
  std::vector<MetadataRecord> metadata_;
  std::vector<ExceptionRecord> exceptions_;
  std::vector<LinkRecord> links_;
  AnnotationRecord* link_attributes_ = nullptr;  // room for those of the link just read
  bool wants_attributes_ = false;                // it was kept
  // Of the block.
  std::vector<TraceId> linked_traces_;
  std::size_t link_count_ = 0;
  std::uint64_t seen_keys_ = 0;
  SqlRecord* sql_ = nullptr;  // of the span being read, once it has one
  bool repeated_ = false;     // the error just read had been set before
  bool wants_stack_ = false;  // the error just read may be followed by its stack
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
