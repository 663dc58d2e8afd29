// SPDX-License-Identifier: Apache-2.0
// The scenarios in which the X-Ray SDKs for Java and Python send children ahead of their segment,
// as a table of what ours does in each. They choose by count while the segment is open; here what
// goes ahead is chosen by bytes, and only once the root has ended (XR-25), so that one trace is one
// decision. What has to come out in the end is the same: every span, once.
//
// Source: their unit tests (DefaultStreamingStrategyTest 1bcf1e1, test_recorder 19a856a), read
// 2026-11: their scenarios and outcomes, none of their code. That of a facade is Lambda's (VEC-06);
// a limit of -1 is refused there, and there is no such limit here.
#include "bench_of_one.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace aloft {
namespace {

enum class Shape { flat, threads, nested };

struct Scenario {
  const char* whose;
  Shape shape;
  int children;
  int ended;           ///< of them, while the root is open; of nested ones the innermost
  int theirs_at_once;  ///< what they send then, with their limit
};

constexpr Scenario kScenarios[] = {
    {"Java: small", Shape::flat, 0, 0, 0},
    {"Java: one of two has ended", Shape::flat, 2, 1, 1},
    {"Java: all have ended", Shape::flat, 5, 5, 5},
    {"Java: none has ended", Shape::flat, 5, 0, 0},
    {"Java: ended by other threads", Shape::threads, 3, 3, 3},
    {"Java: bushy and spindly", Shape::flat, 8, 8, 8},
    {"Python: the innermost of eleven", Shape::nested, 11, 1, 1},
};

std::vector<Span> children_of(Span& root, const Scenario& scenario) {
  std::vector<Span> children;
  for (int i = 0; i < scenario.children; ++i) {
    Span& parent = scenario.shape == Shape::nested && i > 0 ? children.back() : root;
    Span child = parent.child("child");
    children.push_back(std::move(child));
  }
  return children;
}

void end_last(std::vector<Span>& children, const Scenario& scenario) {
  for (int i = 0; i < scenario.ended; ++i) {
    Span child = std::move(children.back());
    children.pop_back();
    if (scenario.shape == Shape::threads) {
      std::thread([&] { child.end(); }).join();
    } else {
      child.end();
    }
  }
}

void expect_each_span_once(const Scenario& scenario) {
  SCOPED_TRACE(scenario.whose);
  Bench bench;
  Span root = bench.tracer.start("big");
  std::vector<Span> children = children_of(root, scenario);
  end_last(children, scenario);
  bench.flush();
  EXPECT_TRUE(bench.memory.spans().empty()) << "they send " << scenario.theirs_at_once;

  root.end();
  bench.flush();
  const std::size_t all = static_cast<std::size_t>(scenario.children) + 1;
  EXPECT_EQ(bench.memory.spans().size(), children.empty() ? all : 0u);

  while (!children.empty()) {
    children.back().end();
    children.pop_back();
  }
  bench.flush();
  std::set<std::uint64_t> ids;
  for (const auto& span : bench.memory.spans()) ids.insert(span.id.value);
  EXPECT_EQ(ids.size(), all);
  EXPECT_EQ(bench.memory.spans().size(), all);
}

TEST(RivalStreaming, EachScenarioSendsEverySpanOnceAndNoneBeforeItsRootHasEnded) {
  for (const Scenario& scenario : kScenarios) expect_each_span_once(scenario);
}

}  // namespace
}  // namespace aloft
