// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/incoming_trace.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
namespace {

constexpr TraceId kTraceId{0x5759e988bd862e3fULL, 0xe1be46a994272793ULL};
constexpr TraceId kOther{0, 7};
const std::string kXRay =
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000001;Sampled=1;Lineage=1:aa:0";
const std::string kW3cOfTheSame = "00-5759e988bd862e3fe1be46a994272793-0000000000000002-00";
const std::string kW3cOfAnother = "00-00000000000000000000000000000007-0000000000000003-01";

using Headers = std::vector<std::pair<std::string, std::string>>;

IncomingTrace read(const Headers& headers, HeaderFormats formats = HeaderFormats::xray_then_w3c) {
  IncomingTrace incoming(formats);
  for (const auto& [name, value] : headers) incoming.take(name, value);
  incoming.finish();
  return incoming;
}

TEST(IncomingTrace, PrefersTheFormatThatComesFirst) {
  const Headers both = {{"traceparent", kW3cOfAnother}, {"X-AMZN-trace-id", kXRay}};

  EXPECT_EQ(read(both).parent(), (TraceContext{kTraceId, SpanId{1}, Sampled::yes}));
  EXPECT_EQ(read(both, HeaderFormats::w3c_then_xray).parent(),
            (TraceContext{kOther, SpanId{3}, Sampled::yes}));
}

TEST(IncomingTrace, TakesTheOtherFormatWhereTheFirstIsMissing) {
  EXPECT_EQ(read({{"traceparent", kW3cOfAnother}}).parent().trace_id, kOther);
  EXPECT_EQ(read({{"x-amzn-trace-id", kXRay}}, HeaderFormats::w3c_then_xray).parent().trace_id,
            kTraceId);
}

TEST(IncomingTrace, ReadsOnlyTheFormatsThatAreAskedFor) {
  const Headers both = {{"traceparent", kW3cOfAnother}, {"x-amzn-trace-id", kXRay}};

  EXPECT_EQ(read(both, HeaderFormats::xray).parent().trace_id, kTraceId);
  EXPECT_EQ(read(both, HeaderFormats::w3c).parent().trace_id, kOther);
  EXPECT_FALSE(read(both, HeaderFormats::none).parent().trace_id.valid());
  EXPECT_FALSE(read({{"x-amzn-trace-id", "<"}}, HeaderFormats::w3c).refused());
}

TEST(IncomingTrace, FallsBackFromAPreferredHeaderThatItCannotRead) {
  const IncomingTrace incoming =
      read({{"traceparent", "00-zz"}, {"x-amzn-trace-id", kXRay}}, HeaderFormats::w3c_then_xray);

  EXPECT_EQ(incoming.parent().trace_id, kTraceId);
  EXPECT_EQ(incoming.dropped().malformed, 1u);
  EXPECT_FALSE(incoming.refused());
}

TEST(IncomingTrace, KeepsTheExtrasOfBothHeadersOfOneTrace) {
  const Headers both = {{"tracestate", "rojo=1"},
                        {"traceparent", kW3cOfTheSame},
                        {"x-amzn-trace-id", kXRay},
                        {"Tracestate", "congo=2"}};
  for (const HeaderFormats formats : {HeaderFormats::xray_then_w3c, HeaderFormats::w3c_then_xray}) {
    const IncomingTrace incoming = read(both, formats);

    EXPECT_EQ(incoming.extras().pairs(), "Lineage=1:aa:0");
    EXPECT_EQ(incoming.extras().tracestate(), "rojo=1,congo=2");
  }
}

TEST(IncomingTrace, KeepsNoExtrasOfAnotherTrace) {
  const Headers both = {
      {"tracestate", "rojo=1"}, {"traceparent", kW3cOfAnother}, {"x-amzn-trace-id", kXRay}};

  const IncomingTrace by_xray = read(both);
  const IncomingTrace by_w3c = read(both, HeaderFormats::w3c_then_xray);

  EXPECT_EQ(by_xray.extras().pairs(), "Lineage=1:aa:0");
  EXPECT_EQ(by_xray.extras().tracestate(), "");
  EXPECT_EQ(by_w3c.extras().pairs(), "");
  EXPECT_EQ(by_w3c.extras().tracestate(), "rojo=1");
}

TEST(IncomingTrace, KeepsNoTracestateWithoutItsTraceparent) {
  EXPECT_TRUE(read({{"tracestate", "rojo=1"}}).extras().empty());
  EXPECT_TRUE(read({{"tracestate", "rojo=1"}, {"traceparent", "00-zz"}}).extras().empty());
  EXPECT_TRUE(read({{"tracestate", "rojo=1"},
                    {"traceparent", kW3cOfTheSame},
                    {"traceparent", kW3cOfTheSame}})
                  .extras()
                  .empty());
}

TEST(IncomingTrace, OfAMessageIsTheValueOfItsAttribute) {
  IncomingTrace incoming;
  incoming.take_xray(kXRay);
  incoming.finish();

  EXPECT_EQ(incoming.parent().trace_id, kTraceId);
  EXPECT_EQ(incoming.extras().pairs(), "Lineage=1:aa:0");
}

TEST(IncomingTrace, TellsWhetherAHeaderWasOne) {
  IncomingTrace incoming;

  EXPECT_TRUE(incoming.take("TRACEPARENT", kW3cOfTheSame));
  EXPECT_FALSE(incoming.take("user-agent", "tracestate"));
  EXPECT_FALSE(incoming.take("x-not-trace-id!", kXRay));
  EXPECT_FALSE(incoming.take("", ""));
}

TEST(HeaderFormats, AreReadFromAListOfWords) {
  EXPECT_EQ(parse_header_formats("xray,w3c"), HeaderFormats::xray_then_w3c);
  EXPECT_EQ(parse_header_formats(" W3C , baggage, XRay, xray"), HeaderFormats::w3c_then_xray);
  EXPECT_EQ(parse_header_formats("tracecontext,baggage"), HeaderFormats::w3c);
  EXPECT_EQ(parse_header_formats("xray"), HeaderFormats::xray);
  EXPECT_EQ(parse_header_formats("none"), HeaderFormats::none);
  EXPECT_EQ(parse_header_formats("b3,,jaeger"), std::nullopt);
  EXPECT_EQ(parse_header_formats(""), std::nullopt);
}

}  // namespace
}  // namespace aloft
