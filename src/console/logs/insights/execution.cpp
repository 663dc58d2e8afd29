// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/execution.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace aloft::console::logs::insights {
namespace {

// Commands that look at one event and hand it on.
bool is_plain(const Command& command) noexcept {
  return std::holds_alternative<Fields>(command) || std::holds_alternative<Filter>(command) ||
         std::holds_alternative<Parse>(command);
}

// How many rows are wanted behind the command `at`: what the next limit says, when nothing between
// takes rows out or makes others.
std::size_t rows_behind(const std::vector<Command>& commands, std::size_t at, std::size_t limit) {
  for (std::size_t i = at + 1; i < commands.size(); ++i) {
    if (const auto* next = std::get_if<Limit>(&commands[i])) return std::min(limit, next->rows);
    const bool keeps =
        std::holds_alternative<Fields>(commands[i]) || std::holds_alternative<Parse>(commands[i]);
    if (!keeps) return kMaxRows;
  }
  return limit;
}

bool has_limit(const Query& query) noexcept {
  return std::any_of(query.commands.begin(), query.commands.end(),
                     [](const Command& command) { return std::holds_alternative<Limit>(command); });
}

std::shared_ptr<const Query> with_pointer(const std::shared_ptr<const Query>& query) {
  auto out = std::make_shared<Query>(*query);
  const auto ptr = std::find(out->fields.begin(), out->fields.end(), "@ptr");
  if (!out->aggregated && ptr == out->fields.end()) out->fields.emplace_back("@ptr");
  return out;
}

}  // namespace

struct Execution::Parts {
  Parts(const std::shared_ptr<const Query>& of, const Window& in)
      : query(with_pointer(of)),
        window(in),
        running{*query, Evaluator(*query, window)},
        fields(*query),
        results(running, limit()) {
    const auto& commands = query->commands;
    const auto breaking = static_cast<std::size_t>(
        std::find_if_not(commands.begin(), commands.end(), is_plain) - commands.begin());
    Stage* next = &results;
    for (std::size_t i = commands.size(); i > 0; --i) {
      if (i == breaking) next = &count.emplace(*next);
      stages.push_back(
          make_stage(running, commands[i - 1], *next, rows_behind(commands, i - 1, limit())));
      next = stages.back().get();
    }
    if (breaking == 0) next = &count.emplace(*next);
    first = next;
  }
  std::size_t limit() const noexcept { return has_limit(*query) ? kMaxRows : window.rows; }

  std::shared_ptr<const Query> query;
  Window window;
  Running running;
  EventFields fields;
  ResultStage results;
  std::optional<CountStage> count;
  std::vector<std::unique_ptr<Stage>> stages;
  Stage* first = nullptr;
  std::uint64_t scanned = 0;
  std::uint64_t bytes = 0;
};

Execution::Execution(std::shared_ptr<const Query> query, const Window& window)
    : parts_(std::make_unique<Parts>(std::move(query), window)) {}

Execution::~Execution() = default;

bool Execution::add(const LogEvent& event) {
  Parts& parts = *parts_;
  if (!parts.running.evaluator.goes_on()) return false;
  ++parts.scanned;
  parts.bytes += event.message.size();
  parts.fields.read(event);
  Row row(parts.query->fields.size());
  row.timestamp_ms = event.timestamp_ms;
  row.has_timestamp = true;
  return parts.first->push(row, &parts.fields);
}

Result<Results> Execution::finish() {
  Parts& parts = *parts_;
  if (parts.running.trouble.empty()) parts.first->finish();
  if (!parts.running.trouble.empty()) {
    return fail(ErrorCode::resource_exhausted, std::string(parts.running.trouble));
  }
  Results out;
  for (const FieldId column : parts.query->columns) {
    out.columns.push_back(parts.query->fields[column]);
  }
  out.rows = parts.results.take();
  return out;
}

Statistics Execution::statistics() const noexcept {
  return {parts_->count->count(), parts_->scanned, parts_->bytes};
}

}  // namespace aloft::console::logs::insights
