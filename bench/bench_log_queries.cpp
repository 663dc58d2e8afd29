// SPDX-License-Identifier: Apache-2.0
// How fast the query languages of logs look at events: lines in the library's own form, one in ten
// of which matches. Prints events a second of CPU time; not measured: reading the store.
#include "console/logs/filter_pattern.hpp"
#include "console/logs/insights/execution.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace aloft::console::logs;

constexpr std::size_t kEvents = 1000;

std::string line(std::size_t number) {
  const bool wrong = number % 10 == 0;
  std::string out = R"({"timestamp":"2026-11-27T12:00:00.000Z","level":")";
  out += wrong ? "ERROR" : "INFO";
  out += R"(","message":"charge accepted by the issuer","service":"payments","logger":"charges",)"
         R"("request_id":"b7c3a1f0-5f5e-4f0a-9d58-2f6d1c7a9e11","tenant_id":"acme",)"
         R"("user_id":"u-17","trace_id":"1-67891234-012345678901234567890123",)"
         R"("span_id":"0f3c000000000001","fields":{"amount_cents":1200,"latency":)";
  return out + std::to_string(100 + number % 100 * 9) + "}}";
}

const std::vector<std::string>& lines() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < kEvents; ++i) out.push_back(line(i));
    return out;
  }();
  return all;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEvents));
}

void pattern(benchmark::State& state, std::string_view text) {
  const auto parsed = FilterPattern::read(text);
  const auto* pattern = std::get_if<FilterPattern>(&parsed);
  if (pattern == nullptr) return state.SkipWithError("the pattern is wrong");
  for (auto _ : state) {
    std::size_t found = 0;
    for (const std::string& one : lines()) found += pattern->matches(one) ? 1U : 0U;
    benchmark::DoNotOptimize(found);
  }
  count(state);
}

void query(benchmark::State& state, std::string_view text) {
  auto parsed = insights::Query::parse(text);
  const auto* read = std::get_if<insights::Query>(&parsed);
  if (read == nullptr) return state.SkipWithError("the query is wrong");
  const auto program = std::make_shared<const insights::Query>(*read);
  for (auto _ : state) {
    insights::Execution execution(program, {});
    LogEvent event;
    for (const std::string& one : lines()) {
      event.message = one;
      if (!execution.add(event)) break;
    }
    benchmark::DoNotOptimize(execution.finish());
  }
  count(state);
}

BENCHMARK_CAPTURE(pattern, term, "ERROR");
BENCHMARK_CAPTURE(pattern, two_terms, "ERROR -timeout");
BENCHMARK_CAPTURE(pattern, regex, "%latency.:9[0-9]{2}%");
BENCHMARK_CAPTURE(pattern, json, R"({ $.level = "ERROR" && $.fields.latency > 500 })");
BENCHMARK_CAPTURE(pattern, delimited, "[first, ..., last = *accepted*]");
BENCHMARK_CAPTURE(query, filter, "filter level = 'ERROR' | limit 10000");
BENCHMARK_CAPTURE(query, like, "filter @message like /(?i)error/ | limit 10000");
BENCHMARK_CAPTURE(query, stats,
                  "stats count(*), avg(fields.latency), pct(fields.latency, 99) by level");

}  // namespace
