// SPDX-License-Identifier: Apache-2.0
// Metadata that is JSON already: recorded as text, and read again by the backend. The two stand in
// one file, and the reader is known to the backend by a pointer that the recording sets: a program
// that records no JSON does not carry 4 KB of parser.
#include "telemetry/json_metadata.hpp"
#include "telemetry/pipeline.hpp"
#include "telemetry/record_reader.hpp"
#include "telemetry/recorder.hpp"

#include <array>
#include <bit>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// Ours: a label is longer than the digits that it replaces, and an escape than its character.
constexpr std::size_t kMaxRewrittenBytes = 8 * kMaxMetadataValueBytes;

}  // namespace

/// What the reader does for any other value.
class RecordReader::JsonParts final : public JsonCleaner {
 public:
  explicit JsonParts(RecordReader& reader) noexcept : reader_(reader) {}
  Value clean_value(std::string_view key, const Value& value) override {
    if (value.kind() == Value::Kind::text) return reader_.clean_under(key, 0, value.text(), false);
    const auto bits = std::bit_cast<std::array<char, sizeof(std::uint64_t)>>(value.bits());
    return reader_.clean_under(key, static_cast<int>(value.kind()), {bits.data(), bits.size()},
                               false);
  }
  std::string_view clean_key(std::string_view key) override { return reader_.clean(key, false); }

 private:
  RecordReader& reader_;
};

void RecordReader::read_json(RecordReader& reader, const MetadataRecord& entry, bool cut) {
  json::Buffer buffer(kMaxRewrittenBytes);
  json::Writer writer(buffer);
  JsonParts parts(reader);
  const std::string_view json = entry.value.text();
  const std::string_view name_space = reader.clean(entry.name_space, false);
  const std::string_view key = reader.clean(entry.key, false);
  if (cut || !rewrite_json(entry.key, json, parts, writer)) {
    reader.add_metadata(name_space, key, reader.clean_under(entry.key, 0, json, cut));
    return;
  }
  // What only shows across its parts is taken out of the whole, which then is text.
  const std::string_view whole = buffer.view();
  const std::string_view safe = reader.redactor_.redact(whole, reader.scratch_, reader.redactions_);
  reader.add_metadata(name_space, key, reader.arena_.copy(safe));
  if (safe != whole) return;
  for (MetadataRecord& kept : reader.metadata_) {
    if (kept.key == key && kept.name_space == name_space) kept.is_json = true;
  }
}

}  // namespace detail

void Span::record_json(std::string_view name_space, std::string_view key,
                       std::string_view json) noexcept {
  detail::RecordReader::json_reader.store(&detail::RecordReader::read_json,
                                          std::memory_order_relaxed);
  if (!detail::Recorder(*block_, pipeline_->pool(), slot())
           .text(detail::EntryType::metadata_json, name_space, key, json, kMaxMetadataValueBytes)) {
    detail::raise(pipeline_->shard().annotations_dropped);
  }
}

}  // namespace v0
}  // namespace aloft
