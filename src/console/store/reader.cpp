// SPDX-License-Identifier: Apache-2.0
#include "console/store/reader.hpp"

#include "console/store/codec.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

namespace aloft::console {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;

// The first four bytes of the ids of a second; behind every id for a second beyond 32 bits.
std::string id_prefix(std::int64_t second) {
  constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (second > kMax) return std::string(17, '\xff');
  const auto value = static_cast<std::uint32_t>(std::max<std::int64_t>(second, 0));
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::optional<std::int64_t> parse_integer(std::string_view digits) noexcept {
  const auto value = text::parse_decimal(digits);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value || *value > kMax) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

}  // namespace

std::optional<Cursor> Cursor::parse(std::string_view text) noexcept {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto start = parse_integer(text.substr(0, dot));
  const auto key = parse_integer(text.substr(dot + 1));
  if (!start || !key) return std::nullopt;
  return Cursor{*start, *key};
}

std::string Cursor::text() const {
  char digits[48];
  char* end = std::to_chars(digits, digits + 20, start_us).ptr;
  *end++ = '.';
  return {digits, std::to_chars(end, digits + sizeof digits, key).ptr};
}

Result<void> StoreReader::open(Database& database) {
  database_ = &database;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&list_,
       "SELECT start_us, key, summary, searchable FROM trace WHERE (start_us, key) < (?1, ?2) "
       "ORDER BY start_us DESC, key DESC LIMIT ?3"},
      {&range_by_start_,
       "SELECT id, start_us, key FROM trace WHERE (start_us, key) < (?1, ?2) AND start_us >= ?3 "
       "ORDER BY start_us DESC, key DESC LIMIT ?4"},
      {&range_by_id_,
       "SELECT id, start_us, key FROM trace WHERE id < ?1 AND id >= ?2 ORDER BY id DESC LIMIT ?3"},
      {&find_trace_, "SELECT key, summary FROM trace WHERE id = ?1"},
      {&documents_, "SELECT bytes, document FROM segment WHERE trace = ?1 ORDER BY start_us, key"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = database.prepare(sql);
    if (!prepared) return unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return {};
}

Result<void> StoreReader::read_slice(const Query& query, std::size_t limit, TracePage& page) {
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  const Cursor from = page.next.value_or(Cursor{kNewest, kNewest});
  list_.bind(1, from.start_us);
  list_.bind(2, from.key);
  list_.bind(3, static_cast<std::int64_t>(kSliceTraces));
  std::size_t seen = 0;
  while (page.summaries.size() < limit && list_.step()) {
    ++seen;
    page.next = Cursor{list_.integer(0), list_.integer(1)};
    if (query.matches(list_.bytes(3))) page.summaries.emplace_back(list_.bytes(2));
  }
  const bool full = page.summaries.size() >= limit;
  const bool more = seen == kSliceTraces || (full && list_.step());
  if (!more) page.next.reset();
  return list_.finish();
}

Result<std::vector<RangeRow>> StoreReader::read_range(const RangeOptions& options) {
  Statement& sql = options.by_id ? range_by_id_ : range_by_start_;
  // Ids begin with their second, so a second alone is below every id of it.
  const std::string first = id_prefix(options.start_us / kMicroseconds);
  const std::string behind = id_prefix(options.end_us / kMicroseconds + 1);
  if (options.by_id) {
    sql.bind_bytes(1, options.before_id ? options.before_id->bytes() : std::string_view(behind));
    sql.bind_bytes(2, first);
    sql.bind(3, static_cast<std::int64_t>(kSliceTraces));
  } else {
    const Cursor from = options.before.value_or(Cursor{options.end_us + 1, 0});
    sql.bind(1, from.start_us);
    sql.bind(2, from.key);
    sql.bind(3, options.start_us);
    sql.bind(4, static_cast<std::int64_t>(kSliceTraces));
  }
  std::vector<RangeRow> rows;
  while (sql.step()) {
    const auto id = TraceId::from_bytes(sql.bytes(0));
    if (id) rows.push_back({*id, {sql.integer(1), sql.integer(2)}});
  }
  if (auto done = sql.finish(); !done) return unexpected(done.error());
  return rows;
}

Result<std::optional<PackedTrace>> StoreReader::find(const TraceId& id) {
  // One transaction, so that the summary and the documents are of the same moment.
  if (auto begun = database_->run("BEGIN"); !begun) return unexpected(begun.error());
  PackedTrace out;
  std::int64_t key = 0;
  auto found = find_trace(id, key, out);
  Result<void> read;
  if (found && *found) read = add_documents(key, out);
  const auto ended = database_->run("COMMIT");
  if (!found) return unexpected(found.error());
  if (!read) return unexpected(read.error());
  if (!ended) return unexpected(ended.error());
  if (!*found) return std::optional<PackedTrace>();
  return std::optional<PackedTrace>(std::move(out));
}

Result<bool> StoreReader::find_trace(const TraceId& id, std::int64_t& key, PackedTrace& out) {
  find_trace_.bind_bytes(1, id.bytes());
  const bool found = find_trace_.step();
  if (found) {
    key = find_trace_.integer(0);
    out.summary = find_trace_.bytes(1);
  }
  if (auto done = find_trace_.finish(); !done) return unexpected(done.error());
  return found;
}

Result<void> StoreReader::add_documents(std::int64_t key, PackedTrace& out) {
  documents_.bind(1, key);
  while (documents_.step()) {
    out.documents.push_back(
        {static_cast<std::size_t>(documents_.integer(0)), std::string(documents_.bytes(1))});
  }
  return documents_.finish();
}

TraceDetail TraceDetail::unpacked(PackedTrace&& packed) {
  TraceDetail detail;
  detail.summary = std::move(packed.summary);
  for (PackedTrace::Piece& piece : packed.documents) {
    const std::size_t before = detail.documents.size();
    if (before != 0) detail.documents += ',';
    if (unpack(piece.packed, piece.bytes, detail.documents)) {
      detail.ends.push_back(detail.documents.size());
    } else {
      detail.documents.resize(before);
    }
    // Both forms together would be twice the room.
    std::string().swap(piece.packed);
  }
  return detail;
}

}  // namespace aloft::console
