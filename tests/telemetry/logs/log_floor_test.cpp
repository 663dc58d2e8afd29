// SPDX-License-Identifier: Apache-2.0
#define ALOFT_LOG_FLOOR warn  // before any header
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

namespace aloft {
namespace {

TEST(LogFloor, LeavesCallsBelowItOutOfTheProgram) {
  LogBench bench({.levels = "debug"});
  int made = 0;
  const auto make = [&made] { return ++made; };

  bench.log.info("not in the program", {"made", make()});
  bench.log.warn("in the program", {"made", make()});

  const std::vector<testing::LogCopy> lines = bench.lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].message, "in the program");
  EXPECT_EQ(lines[0].field("made"), "2");  // arguments are made all the same, as of any call
}

}  // namespace
}  // namespace aloft
