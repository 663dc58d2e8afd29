// SPDX-License-Identifier: Apache-2.0
// A query of Logs Insights, ended by a zero byte, and behind it events, one a line. What is
// accepted runs to its end; what is refused says why, at bytes that exist.
#include "console/logs/insights/execution.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <variant>

namespace {

using namespace aloft::console::logs;

// Events beyond these are left out: an input shall be quick.
constexpr int kMaxEvents = 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\0');
  const std::string_view query = text.substr(0, end);
  std::string_view lines =
      end == std::string_view::npos ? std::string_view() : text.substr(end + 1);

  insights::looks_like_a_query(query);
  auto parsed = insights::Query::parse(query);
  if (const auto* wrong = std::get_if<insights::QueryError>(&parsed)) {
    const bool ordered = wrong->begin <= wrong->end && wrong->end <= query.size();
    if (wrong->message.empty() || !ordered) std::abort();
    return 0;
  }
  auto program = std::make_shared<const insights::Query>(std::get<insights::Query>(parsed));
  insights::Execution execution(program, {1'000, 2'000'000'000'000, 2'000'000'000'000, 100});
  LogEvent event;
  event.group = "/group";
  event.stream = "stream";
  for (int i = 0; i < kMaxEvents && !lines.empty(); ++i) {
    const std::size_t line = lines.find('\n');
    event.message = lines.substr(0, line);
    event.timestamp_ms = event.ingestion_ms = 1'764'244'800'000 - i * 61'000;
    event.id = static_cast<std::uint64_t>(i);
    if (!execution.add(event)) break;
    lines = line == std::string_view::npos ? std::string_view() : lines.substr(line + 1);
  }
  const auto results = execution.finish();
  if (!results) return 0;
  for (const insights::ResultRow& row : results->rows) {
    if (row.cells.size() != results->columns.size()) std::abort();
    for (const insights::Value& cell : row.cells) cell.shown();
  }
  return 0;
}
