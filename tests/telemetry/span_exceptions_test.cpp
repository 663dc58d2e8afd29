// SPDX-License-Identifier: Apache-2.0
// What needs exceptions; left out of the build without them.
#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/current.hpp>
#include <aloft/telemetry/operations.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <variant>

namespace aloft {
namespace {

TEST(Span, RecordsAnErrorWithTypeMessageCauseAndStack) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    try {
      try {
        throw std::out_of_range("no such column");
      } catch (...) {
        std::throw_with_nested(std::runtime_error("query failed"));
      }
    } catch (const std::exception& error) {
      span.set_error(error);
      span.set_error(error);  // again on its way up
    }
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  EXPECT_TRUE(span.fault);
  EXPECT_EQ(span.annotation("error"), "true");
  EXPECT_TRUE(std::holds_alternative<bool>(span.annotations.at(0).second));
  ASSERT_GE(span.exceptions.size(), 2u);
  EXPECT_NE(span.exceptions[0].type.find("std::runtime_error"), std::string::npos);
  EXPECT_EQ(span.exceptions[0].message, "query failed");
  EXPECT_GT(span.exceptions[0].frames, 1u);
  EXPECT_FALSE(span.exceptions[0].is_cause);
  EXPECT_EQ(span.exceptions[1].type, "std::out_of_range");
  EXPECT_EQ(span.exceptions[1].message, "no such column");
  EXPECT_TRUE(span.exceptions[1].is_cause);
  EXPECT_EQ(span.exceptions.size(), 2u);
}

TEST(Span, NamesACauseThatIsNoException) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    try {
      try {
        throw 7;
      } catch (...) {
        std::throw_with_nested(std::runtime_error("query failed"));
      }
    } catch (const std::exception& error) {
      span.set_error(error);
    }
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  ASSERT_EQ(span.exceptions.size(), 2u);
  EXPECT_EQ(span.exceptions[1].type, "unknown exception");
  EXPECT_EQ(span.exceptions[1].message, "");
  EXPECT_TRUE(span.exceptions[1].is_cause);
}

TEST(Span, IsMarkedAsFaultWhenItEndsDuringUnwinding) {
  Bench bench;
  try {
    Span root = bench.tracer.start("root");
    Span child = root.child("child");
    throw std::runtime_error("boom");
  } catch (const std::runtime_error&) {
    Span calm = bench.tracer.start("calm");  // ends while nothing is in flight
  }
  bench.flush();

  EXPECT_TRUE(bench.memory.span("root").fault);
  EXPECT_TRUE(bench.memory.span("child").fault);
  EXPECT_FALSE(bench.memory.span("calm").fault);
}

TEST(Tracer, TracesACustomOperationAndHandsItsErrorOn) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    const Result<int> failed = traced(root, "by_value", [](Span&) -> Result<int> {
      return fail(ErrorCode::unavailable, "ledger is away");
    });
    EXPECT_EQ(failed.error().message, "ledger is away");
    EXPECT_THROW(traced(root, "by_exception", [](Span&) { throw std::runtime_error("boom"); }),
                 std::runtime_error);
    EXPECT_EQ(traced(root, "good",
                     [](Span& span) {
                       span.annotate("rows", 3);
                       return 42;
                     }),
              42);
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("by_value").exceptions.at(0).type, "unavailable");
  EXPECT_EQ(bench.memory.span("by_exception").exceptions.size(), 1u);
  EXPECT_EQ(bench.memory.span("by_exception").exceptions.at(0).type, "std::runtime_error");
  EXPECT_TRUE(bench.memory.span("by_exception").fault);
  EXPECT_FALSE(bench.memory.span("good").fault);
  EXPECT_FALSE(bench.memory.span("root").fault);
}

TEST(Span, TakesAnythingThatWasThrown) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.set_error(std::make_exception_ptr(42));
    set_error(std::runtime_error("no current span: harmless"));
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").exceptions.at(0).type, "unknown exception");
}

}  // namespace
}  // namespace aloft
