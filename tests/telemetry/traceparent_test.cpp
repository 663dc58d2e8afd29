// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/trace_context.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {
namespace {

constexpr TraceId kTraceId{0x5759e988bd862e3fULL, 0xe1be46a994272793ULL};
constexpr SpanId kSpanId{0x53995c3f42cd8ad8ULL};

ParseStatus w3c_status(std::string_view header) {
  TraceContext ignored;
  return read_traceparent(header, ignored);
}

// The vectors of W3C Trace Context, "Examples of HTTP traceparent Headers", read 2026-11.
TEST(Traceparent, ReadsTheExamplesOfTheStandard) {
  const TraceContext expected{TraceId{0x4bf92f3577b34da6ULL, 0xa3ce929d0e0e4736ULL},
                              SpanId{0x00f067aa0ba902b7ULL}, Sampled::yes};
  TraceContext context;

  ASSERT_EQ(read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", context),
            ParseStatus::ok);
  EXPECT_EQ(context, expected);

  ASSERT_EQ(read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", context),
            ParseStatus::ok);
  EXPECT_EQ(context.sampled, Sampled::no);
}

TEST(Traceparent, ReadsOnlyTheSampledBitOfTheFlags) {
  TraceContext context;
  ASSERT_EQ(read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", context),
            ParseStatus::ok);
  EXPECT_EQ(context.sampled, Sampled::yes);
  ASSERT_EQ(read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe", context),
            ParseStatus::ok);
  EXPECT_EQ(context.sampled, Sampled::no);
}

TEST(Traceparent, ReadsHigherVersionsAsFarAsItKnowsThem) {
  const std::string_view id = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  TraceContext context;

  ASSERT_EQ(read_traceparent("cc" + std::string(id), context), ParseStatus::ok);
  EXPECT_EQ(context.sampled, Sampled::yes);
  EXPECT_EQ(w3c_status("01" + std::string(id) + "-what-the-future-brings"), ParseStatus::ok);
  EXPECT_EQ(w3c_status("01" + std::string(id) + "-"), ParseStatus::ok);
  EXPECT_EQ(w3c_status(" 00" + std::string(id) + "\t"), ParseStatus::ok);
}

TEST(Traceparent, NamesTheReasonOfEveryRefusal) {
  struct Refusal {
    std::string_view header;
    ParseStatus why;
  };
  constexpr Refusal kRefusals[] = {
      {"", ParseStatus::malformed},
      {"00", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", ParseStatus::malformed},
      {"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.x", ParseStatus::malformed},
      {"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01", ParseStatus::malformed},
      {"0A-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", ParseStatus::malformed},
      {"00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01", ParseStatus::malformed},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x", ParseStatus::malformed},
      {"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", ParseStatus::invalid_version},
      {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", ParseStatus::zero_id},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", ParseStatus::zero_id},
      {"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-a\r\nb: c",
       ParseStatus::control_character},
  };
  for (const Refusal& refusal : kRefusals) {
    EXPECT_EQ(w3c_status(refusal.header), refusal.why) << refusal.header;
  }
  EXPECT_EQ(w3c_status(std::string(1025, '0')), ParseStatus::too_long);
}

TEST(Traceparent, IsWrittenInTheFormOfTheStandard) {
  EXPECT_EQ(write_traceparent({kTraceId, kSpanId, Sampled::yes}).view(),
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01");
  EXPECT_EQ(write_traceparent({kTraceId, kSpanId, Sampled::no}).view(),
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00");
}

TEST(Traceparent, IsNotWrittenWhileAnIdOrTheDecisionIsMissing) {
  EXPECT_EQ(write_traceparent({TraceId{}, kSpanId, Sampled::yes}).view(), "");
  EXPECT_EQ(write_traceparent({kTraceId, SpanId{}, Sampled::yes}).view(), "");
  EXPECT_EQ(write_traceparent({kTraceId, kSpanId, Sampled::undecided}).view(), "");
  EXPECT_EQ(write_traceparent({kTraceId, kSpanId, Sampled::requested}).view(), "");
}

TEST(Traceparent, AndTheXRayHeaderSayTheSameThing) {
  TraceContext from_w3c;
  ASSERT_EQ(read_traceparent("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01", from_w3c),
            ParseStatus::ok);
  EXPECT_EQ(write_xray_header(from_w3c).view(),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
}

}  // namespace
}  // namespace aloft
