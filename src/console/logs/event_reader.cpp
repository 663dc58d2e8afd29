// SPDX-License-Identifier: Apache-2.0
#include "console/logs/event_reader.hpp"

#include "console/logs/columns.hpp"
#include "console/logs/log_schema.hpp"

#include <string_view>

namespace aloft::console::logs {
namespace {

// The message last: what stands before it is read without it.
constexpr std::string_view kSelect =
    "SELECT key, stream, ingestion_ms, level, service, tenant, trace_id, request_id, message "
    "FROM event WHERE key BETWEEN ?1 AND ?2";
constexpr std::array<std::string_view, 3> kConditions = {"", " AND stream = ?4",
                                                         " AND trace_id = ?4"};
constexpr std::array<std::string_view, 2> kOrders = {" ORDER BY key LIMIT ?3",
                                                     " ORDER BY key DESC LIMIT ?3"};
enum Column { key, stream, ingestion_ms, level, service, tenant, trace_id, request_id, message };

}  // namespace

LogEvent EventSlice::event(std::size_t index) const {
  const Row& row = rows[index];
  std::size_t begin = index == 0 ? 0 : rows[index - 1].ends.back();
  std::array<std::string_view, 6> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = std::string_view(text).substr(begin, row.ends[i] - begin);
    begin = row.ends[i];
  }
  return {static_cast<std::uint64_t>(row.key),
          timestamp_of(row.key),
          row.ingestion_ms,
          row.names->group,
          row.names->stream,
          texts[5],
          {texts[0], texts[1], texts[2], texts[3], texts[4]}};
}

Result<void> EventReader::open(Database& database) {
  for (std::size_t order = 0; order < kOrders.size(); ++order) {
    for (std::size_t way = 0; way < kWays; ++way) {
      std::string sql(kSelect);
      sql.append(kConditions[way]).append(kOrders[order]);
      if (auto done = prepare(database, scans_[order * kWays + way], sql); !done) return done;
    }
  }
  return {};
}

Result<void> EventReader::read(const ScanPlan& plan, const ScanRange& range, const Columns& columns,
                               EventSlice& slice) {
  slice.rows.clear();
  slice.text.clear();
  slice.at_end = false;
  const Way way = !columns.trace_id.empty() ? by_trace : range.stream ? by_stream : by_time;
  Statement& sql = scans_[(range.newest_first ? kWays : 0) + way];
  sql.bind(1, range.low);
  sql.bind(2, range.high);
  sql.bind(3, static_cast<std::int64_t>(kSliceRows));
  if (way == by_trace) sql.bind_text(4, columns.trace_id);
  if (way == by_stream) sql.bind(4, *range.stream);
  std::size_t looked_at = 0;
  bool full = false;
  while (!full && sql.step()) {
    ++looked_at;
    slice.last_key = sql.integer(Column::key);
    full = take(sql, plan, columns, slice) && slice.text.size() >= kSliceBytes;
  }
  if (auto done = sql.finish(); !done) return done;
  slice.at_end = !full && looked_at < kSliceRows;
  return {};
}

bool EventReader::take(Statement& sql, const ScanPlan& plan, const Columns& columns,
                       EventSlice& slice) {
  const auto selected = plan.streams.find(sql.integer(Column::stream));
  if (selected == plan.streams.end() || slice.last_key < selected->second.first_key) return false;
  const ColumnViews found = {sql.bytes(level), sql.bytes(service), sql.bytes(tenant),
                             sql.bytes(trace_id), sql.bytes(request_id)};
  if (!matches(columns, found)) return false;
  EventSlice::Row row{slice.last_key, sql.integer(ingestion_ms), selected->second.names.get(), {}};
  const std::array<std::string_view, 6> texts = {found.level,      found.service,
                                                 found.tenant,     found.trace_id,
                                                 found.request_id, sql.bytes(message)};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    slice.text.append(texts[i]);
    row.ends[i] = slice.text.size();
  }
  slice.rows.push_back(row);
  return true;
}

}  // namespace aloft::console::logs
