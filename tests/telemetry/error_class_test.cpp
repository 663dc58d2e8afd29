// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/error_class.hpp>

#include <aloft/telemetry/operations.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <string>

namespace aloft {
namespace {

/// "error throttle fault" of the one span that `record` is given.
template <typename Record>
std::string marks_after(Record record) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    record(span);
  }
  bench.flush();
  const testing::SpanCopy span = bench.memory.span("root");
  return std::string(span.error ? "error " : "") + (span.throttle ? "throttle " : "") +
         (span.fault ? "fault " : "") + span.annotation("error");
}

std::string marks_of(ErrorCode code) {
  return marks_after([&](Span& span) { span.set_error(Error{code, "reason", ""}); });
}

TEST(ErrorClass, OfAnErrorFollowsFromItsCode) {
  EXPECT_EQ(marks_of(ErrorCode::invalid_argument), "error true");
  EXPECT_EQ(marks_of(ErrorCode::not_found), "error true");
  EXPECT_EQ(marks_of(ErrorCode::already_exists), "error true");
  EXPECT_EQ(marks_of(ErrorCode::permission_denied), "error true");
  EXPECT_EQ(marks_of(ErrorCode::resource_exhausted), "error throttle true");
  EXPECT_EQ(marks_of(ErrorCode::unavailable), "fault true");
  EXPECT_EQ(marks_of(ErrorCode::deadline_exceeded), "fault true");
  EXPECT_EQ(marks_of(ErrorCode::cancelled), "fault true");
  EXPECT_EQ(marks_of(ErrorCode::data_loss), "fault true");
  EXPECT_EQ(marks_of(ErrorCode::unsupported), "fault true");
  EXPECT_EQ(marks_of(ErrorCode::internal), "fault true");
}

TEST(ErrorClass, IsAFaultUnlessToldOtherwise) {
  EXPECT_EQ(marks_after([](Span& span) { span.set_error("Broken", "x"); }), "fault true");
  EXPECT_EQ(marks_after([](Span& span) { span.set_error("Declined", "x", ErrorClass::error); }),
            "error true");
  EXPECT_EQ(marks_after([](Span& span) {
              span.set_error(Error{ErrorCode::unavailable, "x", ""}, ErrorClass::throttle);
            }),
            "error throttle true");
}

#if defined(__cpp_exceptions) && defined(__cpp_rtti)
TEST(ErrorClass, OfAnExceptionIsWhatItsCatcherSays) {
  const std::runtime_error full("full");

  EXPECT_EQ(marks_after([&](Span& span) { span.set_error(full); }), "fault true");
  EXPECT_EQ(marks_after([&](Span& span) { span.set_error(full, ErrorClass::throttle); }),
            "error throttle true");
  EXPECT_EQ(marks_after([&](Span& span) {
              span.set_error(std::make_exception_ptr(full), ErrorClass::error);
            }),
            "error true");
}
#endif

TEST(ErrorClass, OfAResultMarksTheOperationThatGaveIt) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    const Result<int> nothing = traced(root, "find", [](Span&) -> Result<int> {
      return fail(ErrorCode::not_found, "no such charge", "");
    });
    EXPECT_FALSE(nothing);
  }
  bench.flush();

  EXPECT_TRUE(bench.memory.span("find").error);
  EXPECT_FALSE(bench.memory.span("find").fault);
  EXPECT_FALSE(bench.memory.span("root").error);
}

TEST(ErrorClass, AddsToWhatTheStatusSays) {
  EXPECT_EQ(marks_after([](Span& span) {
              span.set_error("Declined", "x", ErrorClass::error);
              span.set_http_response(200);
            }),
            "error true");
  EXPECT_EQ(marks_after([](Span& span) {
              span.set_http_response(503);
              span.set_error("Declined", "x", ErrorClass::error);
            }),
            "error fault true");
}

TEST(ErrorClass, OfTheLastStatusCounts) {
  EXPECT_EQ(marks_after([](Span& span) {
              span.set_http_response(503);
              span.set_http_response(429);
              span.set_http_response(200);
            }),
            "");
  EXPECT_EQ(marks_after([](Span& span) { span.set_http_response(429); }), "error throttle true");
  EXPECT_EQ(marks_after([](Span& span) { span.set_http_response(404); }), "error true");
  EXPECT_EQ(marks_after([](Span& span) { span.set_http_response(500); }), "fault true");
}

}  // namespace
}  // namespace aloft
