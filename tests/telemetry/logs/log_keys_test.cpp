// SPDX-License-Identifier: Apache-2.0
// No key stands twice in one object of a line.
#include "telemetry/logs/log_bench.hpp"
#include "telemetry/logs/repeated_keys.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using testing::LogCopy;
using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_of(const LogCopy& line) {
  Fields fields;
  for (const auto& [key, value] : line.fields) fields.emplace_back(key, line.field(key));
  return fields;
}

TEST(LogKeys, OfALineStandOnceAndTheLastValueStays) {
  LogBench bench;

  bench.log.info("line", {"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}, {"a", 5});

  EXPECT_EQ(fields_of(bench.line("line")), (Fields{{"b", "2"}, {"c", "4"}, {"a", "5"}}));
  EXPECT_EQ(bench.telemetry.log_counters().keys_repeated, 2u);
}

TEST(LogKeys, OfAContextStandOnceToo) {
  LogBench bench;

  const Logger mine = bench.log.with({"a", 1}, {"a", 2}).with({"b", 3});
  mine.info("line", {"b", 4}, {"b", 5});

  EXPECT_EQ(fields_of(bench.line("line")), (Fields{{"a", "2"}, {"b", "5"}}));
}

struct Pair {
  int first;
  int second;
};
void describe(LogObject& object, const Pair& pair) {
  object.add("same", pair.first);
  object.add("same", pair.second);
}
struct Nest {
  Pair pair;
};
void describe(LogObject& object, const Nest& nest) {
  object.add("pair", nest.pair);
  object.add("same", 0);
  object.add("pair", Pair{8, 9});
}

TEST(LogKeys, OfAnObjectStandOnceAtEachDepth) {
  LogBench bench;

  bench.log.info("line", {"nest", Nest{{1, 2}}}, {"same", 3});

  EXPECT_EQ(fields_of(bench.line("line")),
            (Fields{{"same", "3"}, {"nest.same", "0"}, {"nest.pair.same", "9"}}));
}

TEST(LogKeys, OfAnObjectAndAValueAreTheSameKey) {
  LogBench bench;

  bench.log.info("object", {"a", 1}, {"a", Pair{2, 3}});
  bench.log.info("value", {"a", Pair{2, 3}}, {"a", 1});

  // Objects of a line stand behind its values.
  EXPECT_EQ(fields_of(bench.line("object")), (Fields{{"a.same", "3"}}));
  EXPECT_EQ(fields_of(bench.line("value")), (Fields{{"a.same", "3"}}));
}

TEST(LogKeys, ThatWereMadeWhileTheProgramRanStandOnce) {
  LogBench bench;

  bench.log.info("line", {LogKey::of("not a key"), 1}, {LogKey::of("nor this"), 2});

  EXPECT_EQ(fields_of(bench.line("line")), (Fields{{"invalid_key", "2"}}));
}

TEST(LogKeys, OfManyFieldsAreLookedThroughInOrderlyTime) {
  std::vector<LogFieldRecord> fields;
  std::vector<std::string> keys;
  for (int i = 0; i < 20'000; ++i) keys.push_back("k" + std::to_string(i % 10'000));
  for (const std::string& key : keys) fields.push_back({key, 1});

  ASSERT_TRUE(detail::may_repeat(fields));
  EXPECT_EQ(detail::drop_repeated(fields), 10'000u);
  EXPECT_EQ(fields.size(), 10'000u);
  EXPECT_EQ(fields.front().key, "k0");
}

}  // namespace
}  // namespace aloft
