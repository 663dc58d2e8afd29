// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace aloft {
namespace {

std::exception_ptr nested() {
  try {
    try {
      throw std::invalid_argument("no such card 4242424242424242");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("charge failed"));
    }
  } catch (...) {
    return std::current_exception();
  }
}

TEST(LogExceptions, AreObjectsWithTheirCauses) {
  LogBench bench;

  bench.log.error("failed", {"error", nested()});

  const testing::LogCopy line = bench.line("failed");
  EXPECT_NE(line.field("error.type").find("std::runtime_error"), std::string::npos);
  EXPECT_EQ(line.field("error.message"), "charge failed");
  EXPECT_EQ(line.field("error.cause.type"), "std::invalid_argument");
  EXPECT_EQ(line.field("error.cause.message"), "no such card [redacted:pan]");
}

TEST(LogExceptions, OfUnknownTypesAndNoneAreSaid) {
  LogBench bench;
  std::exception_ptr number;
  try {
    throw 7;
  } catch (...) {
    number = std::current_exception();
  }

  bench.log.error("number", {"error", number});
  bench.log.error("none", {"error", std::exception_ptr()});

  EXPECT_EQ(bench.line("number").field("error.type"), "unknown exception");
  EXPECT_TRUE(bench.line("none").fields.empty());
}

TEST(LogExceptions, OfAnUnknownKindAreCausesToo) {
  LogBench bench;
  std::exception_ptr outer;
  try {
    try {
      throw 7;
    } catch (...) {
      std::throw_with_nested(std::runtime_error("no answer"));
    }
  } catch (...) {
    outer = std::current_exception();
  }

  bench.log.error("failed", {"error", outer});

  EXPECT_EQ(bench.line("failed").field("error.message"), "no answer");
  EXPECT_EQ(bench.line("failed").field("error.cause"), "unknown exception");
}

struct Thrower {};
void describe(LogObject& object, const Thrower&) {
  object.add("before", 1);
  throw std::runtime_error("no description");
}

TEST(LogExceptions, InADescriptionLeaveWhatWasSaidBefore) {
  LogBench bench;

  bench.log.error("line", {"thing", Thrower{}}, {"after", 2});

  EXPECT_EQ(bench.line("line").field("thing.before"), "1");
  EXPECT_EQ(bench.line("line").field("after"), "2");
  EXPECT_EQ(bench.telemetry.log_counters().fields_dropped, 1u);
}

}  // namespace
}  // namespace aloft
