// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/trace_context.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

constexpr TraceId kTraceId{0x5759e988bd862e3fULL, 0xe1be46a994272793ULL};
constexpr SpanId kSpanId{0x53995c3f42cd8ad8ULL};

ParseStatus xray_status(std::string_view header) {
  TraceContext ignored;
  return read_xray_header(header, ignored);
}

// The vectors of the X-Ray developer guide ("Tracing header") and of Elastic Load Balancing
// ("Request tracing"), read 2026-11.
struct XRayVector {
  std::string_view header;
  TraceContext expected;
};
constexpr XRayVector kXRayVectors[] = {
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", {kTraceId, SpanId{}, Sampled::yes}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
     {kTraceId, kSpanId, Sampled::yes}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
     {kTraceId, kSpanId, Sampled::no}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=?",
     {kTraceId, kSpanId, Sampled::requested}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
     {kTraceId, kSpanId, Sampled::undecided}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793", {kTraceId, SpanId{}, Sampled::undecided}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;", {kTraceId, SpanId{}, Sampled::undecided}},
    {"Self=1-67891234-12456789abcdef012345678;Root=1-5759e988-bd862e3fe1be46a994272793",
     {kTraceId, SpanId{}, Sampled::undecided}},
    {"Self=1-67891234-12456789abcdef012345678;Root=1-5759e988-bd862e3fe1be46a994272793;"
     "CalledFrom=app",
     {kTraceId, SpanId{}, Sampled::undecided}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;"
     "Lineage=a87bd80c:0|68fd508a:5|c512fbe3:2",
     {kTraceId, kSpanId, Sampled::yes}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793; Parent=53995c3f42cd8ad8; Sampled=1",
     {kTraceId, kSpanId, Sampled::yes}},
    {"Sampled=0;Parent=53995c3f42cd8ad8;Root=1-5759e988-bd862e3fe1be46a994272793",
     {kTraceId, kSpanId, Sampled::no}},
    {"root=1-5759e988-bd862e3fe1be46a994272793;PARENT=53995c3f42cd8ad8;sAMPLED=1",
     {kTraceId, kSpanId, Sampled::yes}},
    {"Root=1-5759E988-BD862E3FE1BE46A994272793;Parent=53995C3F42CD8AD8;Sampled=1",
     {kTraceId, kSpanId, Sampled::yes}},
    {" \tRoot=1-5759e988-bd862e3fe1be46a994272793 ;;\t; Sampled=1 ",
     {kTraceId, SpanId{}, Sampled::yes}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=2",
     {kTraceId, SpanId{}, Sampled::undecided}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=", {kTraceId, SpanId{}, Sampled::undecided}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=x",
     {kTraceId, kSpanId, Sampled::undecided}},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Custom=a=b=c;flag",
     {kTraceId, SpanId{}, Sampled::undecided}},
    {"Root=1-00000000-000000000000000000000001", {TraceId{0, 1}, SpanId{}, Sampled::undecided}},
};

TEST(XRayHeader, ReadsEveryFormThatServicesAndLibrariesWrite) {
  for (const XRayVector& vector : kXRayVectors) {
    TraceContext context;
    EXPECT_EQ(read_xray_header(vector.header, context), ParseStatus::ok) << vector.header;
    EXPECT_EQ(context, vector.expected) << vector.header;
  }
}

TEST(XRayHeader, ReadsTheDecisionOfAHeaderWithoutARoot) {
  EXPECT_EQ(read_xray_decision("Root=dummy;Parent=93b3e23f1f8aa68e;Sampled=0"), Sampled::no);
  EXPECT_EQ(read_xray_decision("Sampled=x; sampled = 1 ;Sampled=0"), Sampled::yes);
  EXPECT_EQ(read_xray_decision("Sampled=?"), Sampled::requested);
  EXPECT_EQ(read_xray_decision("Root=dummy"), Sampled::undecided);
  EXPECT_EQ(read_xray_decision(""), Sampled::undecided);
  EXPECT_EQ(read_xray_decision("Sampled=0\r\n"), Sampled::undecided);
  EXPECT_EQ(read_xray_decision("Sampled=0;" + std::string(kMaxTraceHeaderBytes, 'x')),
            Sampled::undecided);
}

struct Refusal {
  std::string_view header;
  ParseStatus why;
};
constexpr Refusal kXRayRefusals[] = {
    {"", ParseStatus::missing_root},
    {";;;", ParseStatus::missing_root},
    {"Root", ParseStatus::missing_root},
    {"Parent=53995c3f42cd8ad8;Sampled=1", ParseStatus::missing_root},
    {"XRoot=1-5759e988-bd862e3fe1be46a994272793", ParseStatus::missing_root},
    {"Root=", ParseStatus::missing_root},
    {"Root=;=1-5759e988-bd862e3fe1be46a994272793;=", ParseStatus::missing_root},
    {"Root=x;Root=1-00000000-000000000000000000000000", ParseStatus::malformed_root},
    {"Root=1-5759e988-bd862e3fe1be46a99427279", ParseStatus::malformed_root},
    {"Root=1-5759e988-bd862e3fe1be46a9942727930", ParseStatus::malformed_root},
    {"Root=2-5759e988-bd862e3fe1be46a994272793", ParseStatus::malformed_root},
    {"Root=1-5759e988-bd862e3fe1be46a99427279g", ParseStatus::malformed_root},
    {"Root=1-5759e98g-bd862e3fe1be46a994272793", ParseStatus::malformed_root},
    {"Root=1-5759e988-bd862e3fe1be46a9942727\xC3\xA9", ParseStatus::malformed_root},
    {"Root=1:5759e988-bd862e3fe1be46a994272793", ParseStatus::malformed_root},
    {"Root=1-5759e988:bd862e3fe1be46a994272793", ParseStatus::malformed_root},
    {"Root=5759e988bd862e3fe1be46a994272793", ParseStatus::malformed_root},
    {"Root=1-5759e988-bd862e3fe1be46a994272793, Root=1-5759e988-bd862e3fe1be46a994272793",
     ParseStatus::malformed_root},
    {"Root=\"1-5759e988-bd862e3fe1be46a994272793\"", ParseStatus::malformed_root},
    {"Root=1-00000000-000000000000000000000000", ParseStatus::zero_id},
    {"Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8;Sampled=1",
     ParseStatus::zero_id},
    {"Root=1-5759e988-bd862e3fe1be46a994272793\r\nSet-Cookie: a=b", ParseStatus::control_character},
    {"Root=1-5759e988-bd862e3fe1be46a994272793\n", ParseStatus::control_character},
    {{"Root=1-5759e988-bd862e3fe1be46a994272793\0", 41}, ParseStatus::control_character},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;\x7F", ParseStatus::control_character},
};

TEST(XRayHeader, NamesTheReasonOfEveryRefusal) {
  for (const Refusal& refusal : kXRayRefusals) {
    TraceContext context{TraceId{7, 7}, SpanId{7}, Sampled::no};
    EXPECT_EQ(read_xray_header(refusal.header, context), refusal.why) << refusal.header;
    EXPECT_EQ(context, (TraceContext{TraceId{7, 7}, SpanId{7}, Sampled::no})) << refusal.header;
  }
}

// "The first well-formed value wins, empty keys and values are skipped, a bad Parent is dropped and
// Root kept": what is dropped is counted.
struct Leniency {
  std::string_view header;
  TraceContext expected;
  std::uint32_t malformed;
  std::uint32_t repeated;
};
constexpr Leniency kLeniencies[] = {
    {"Root=1-5759e988-bd862e3fe1be46a994272793;root=1-00000001-000000000000000000000001",
     {kTraceId, SpanId{}, Sampled::undecided},
     0,
     1},
    {"Root=2;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
     {kTraceId, SpanId{}, Sampled::yes},
     1,
     0},
    {"Root=1-00000000-000000000000000000000000;Root=1-5759e988-bd862e3fe1be46a994272793",
     {kTraceId, SpanId{}, Sampled::undecided},
     1,
     0},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0;Sampled=1",
     {kTraceId, SpanId{}, Sampled::no},
     0,
     1},
    {"Sampled=yes;Sampled=0;Sampled=1;Root=1-5759e988-bd862e3fe1be46a994272793",
     {kTraceId, SpanId{}, Sampled::no},
     1,
     1},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad;Sampled=1",
     {kTraceId, SpanId{}, Sampled::yes},
     1,
     0},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8a",
     {kTraceId, SpanId{}, Sampled::undecided},
     1,
     0},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8adz;Sampled=0",
     {kTraceId, SpanId{}, Sampled::no},
     1,
     0},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000;Sampled=1",
     {kTraceId, SpanId{}, Sampled::yes},
     1,
     0},
    {"Parent=x;Parent=53995c3f42cd8ad8;Parent=1;Root=1-5759e988-bd862e3fe1be46a994272793",
     {kTraceId, kSpanId, Sampled::undecided},
     1,
     1},
    {"Root=;=;=x;x=;;Parent=;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=;Sampled=1",
     {kTraceId, SpanId{}, Sampled::yes},
     0,
     0},
    {" Root = 1-5759e988-bd862e3fe1be46a994272793 ;\tParent\t=\t53995c3f42cd8ad8 ; SAMPLED = 1 ",
     {kTraceId, kSpanId, Sampled::yes},
     0,
     0},
    {"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=2",
     {kTraceId, SpanId{}, Sampled::undecided},
     1,
     0},
};

TEST(XRayHeader, TakesTheFirstWellFormedValueAndCountsWhatItDrops) {
  for (const Leniency& leniency : kLeniencies) {
    TraceContext context;
    DroppedPairs dropped;
    EXPECT_EQ(read_xray_header(leniency.header, context, dropped), ParseStatus::ok)
        << leniency.header;
    EXPECT_EQ(context, leniency.expected) << leniency.header;
    EXPECT_EQ(dropped.malformed, leniency.malformed) << leniency.header;
    EXPECT_EQ(dropped.repeated, leniency.repeated) << leniency.header;
  }
}

TEST(XRayHeader, IsReadTheSameWhateverTheOrderOfItsPairs) {
  std::vector<std::string> pairs = {"Parent=53995c3f42cd8ad8",
                                    "Root=1-5759e988-bd862e3fe1be46a994272793", "Sampled=1",
                                    "Self=1-00000001-000000000000000000000001"};
  int orders = 0;
  do {
    const std::string header = pairs[0] + ";" + pairs[1] + ";" + pairs[2] + ";" + pairs[3];
    TraceContext context;
    ASSERT_EQ(read_xray_header(header, context), ParseStatus::ok) << header;
    ASSERT_EQ(context, (TraceContext{kTraceId, kSpanId, Sampled::yes})) << header;
    ++orders;
  } while (std::next_permutation(pairs.begin(), pairs.end()));
  EXPECT_EQ(orders, 24);
}

TEST(XRayHeader, CountsNothingOfAHeaderThatItRefuses) {
  TraceContext context;
  DroppedPairs dropped;

  EXPECT_EQ(read_xray_header("Root=x;Parent=y;Sampled=z", context, dropped),
            ParseStatus::malformed_root);
  EXPECT_EQ(dropped.total(), 0u);
}

TEST(XRayHeader, IsReadUpToExactlyItsLimit) {
  const std::string root = "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=";
  const std::string at_limit = root + std::string(1024 - root.size(), 'a');

  EXPECT_EQ(xray_status(at_limit), ParseStatus::ok);
  EXPECT_EQ(xray_status(at_limit + "a"), ParseStatus::too_long);
}

TEST(XRayHeader, TakesNoByteThatIsNoHexDigitAtAnyPlaceOfAnId) {
  const std::string canonical =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  const std::string_view hex_digits = "0123456789abcdefABCDEF";
  int accepted = 0;
  for (std::size_t place = 0; place < canonical.size(); ++place) {
    const bool in_id =
        (place >= 7 && place < 15) || (place >= 16 && place < 40) || (place >= 48 && place < 64);
    if (!in_id) continue;
    for (int byte = 0; byte < 256; ++byte) {
      std::string header = canonical;
      header[place] = static_cast<char>(byte);
      TraceContext context;
      const bool has_root = read_xray_header(header, context) == ParseStatus::ok;
      const bool is_ok = has_root && context.span_id.valid();
      const bool is_hex = hex_digits.find(static_cast<char>(byte)) != std::string_view::npos;
      ASSERT_EQ(is_ok, is_hex) << "byte " << byte << " at " << place;
      // A bad byte of the parent costs the parent only, unless it is one that no header may have.
      const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
      ASSERT_EQ(has_root, is_hex || (place >= 48 && !is_control))
          << "byte " << byte << " at " << place;
      accepted += is_ok ? 1 : 0;
    }
  }
  EXPECT_EQ(accepted, 48 * 22);
}

TEST(XRayHeader, ReadsTheSameWithAndWithoutTheShortCutForTheUsualForm) {
  const std::string canonical =
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  for (std::size_t place = 0; place < canonical.size(); ++place) {
    for (const char byte : {'0', '1', 'f', '?', ';', '=', 'R', '\n', 'G'}) {
      std::string header = canonical;
      header[place] = byte;
      TraceContext short_cut;
      TraceContext general;
      const ParseStatus first = read_xray_header(header, short_cut);
      const ParseStatus second = read_xray_header(header + " ", general);
      ASSERT_EQ(first, second) << header;
      ASSERT_EQ(short_cut, general) << header;
    }
  }
}

TEST(XRayHeader, IsWrittenInTheFormOfTheGuide) {
  EXPECT_EQ(write_xray_header({kTraceId, kSpanId, Sampled::yes}).view(),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  EXPECT_EQ(write_xray_header({kTraceId, kSpanId, Sampled::no}).view(),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0");
  EXPECT_EQ(write_xray_header({kTraceId, SpanId{}, Sampled::requested}).view(),
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=?");
  EXPECT_EQ(write_xray_header({kTraceId, SpanId{}, Sampled::undecided}).view(),
            "Root=1-5759e988-bd862e3fe1be46a994272793");
}

TEST(XRayHeader, IsNeverWrittenWithoutATrace) {
  EXPECT_EQ(write_xray_header({TraceId{}, kSpanId, Sampled::yes}).view(), "");
}

TEST(XRayHeader, IsStableOnceReadAndWritten) {
  for (const XRayVector& vector : kXRayVectors) {
    TraceContext once;
    ASSERT_EQ(read_xray_header(vector.header, once), ParseStatus::ok);
    const XRayHeader written = write_xray_header(once);
    TraceContext twice;
    ASSERT_EQ(read_xray_header(written.view(), twice), ParseStatus::ok) << written.view();
    EXPECT_EQ(twice, once);
    EXPECT_EQ(write_xray_header(twice).view(), written.view());
  }
}

TEST(XRayHeader, AsAResultCarriesTheValueOrTheReasonWithoutTheBytes) {
  const auto good = parse_xray_header("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(*good, (TraceContext{kTraceId, SpanId{}, Sampled::yes}));

  const auto bad = parse_xray_header("Root=<script>");
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(bad.error().message, "X-Amzn-Trace-Id header is refused: malformed_root");
}

TEST(TraceIdText, HasBothFormsAndKnowsItsEpochSecond) {
  EXPECT_EQ(kTraceId.xray_text().view(), "1-5759e988-bd862e3fe1be46a994272793");
  EXPECT_EQ(kTraceId.w3c_text().view(), "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(kTraceId.epoch_seconds(), 1465510280U);
  EXPECT_EQ(kSpanId.text().view(), "53995c3f42cd8ad8");
}

TEST(TraceIdText, IsReadBackFromItsOwnFormOnly) {
  EXPECT_EQ(TraceId::parse_xray("1-5759e988-bd862e3fe1be46a994272793"), kTraceId);
  EXPECT_EQ(TraceId::parse_w3c("5759e988bd862e3fe1be46a994272793"), kTraceId);
  EXPECT_EQ(SpanId::parse("53995c3f42cd8ad8"), kSpanId);
  EXPECT_EQ(TraceId::parse_xray("5759e988bd862e3fe1be46a994272793"), std::nullopt);
  EXPECT_EQ(TraceId::parse_w3c("1-5759e988-bd862e3fe1be46a994272793"), std::nullopt);
  EXPECT_EQ(TraceId::parse_w3c("00000000000000000000000000000000"), std::nullopt);
  EXPECT_EQ(SpanId::parse("0000000000000000"), std::nullopt);
  EXPECT_EQ(SpanId::parse("53995c3f42cd8ad"), std::nullopt);
}

TEST(ParseStatusNames, AreAllDifferent) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kParseStatusCount; ++i) {
    const std::string_view name = to_string(static_cast<ParseStatus>(i));
    EXPECT_NE(name, "unknown");
    for (const std::string_view other : names) EXPECT_NE(name, other);
    names.push_back(name);
  }
  EXPECT_EQ(to_string(static_cast<ParseStatus>(kParseStatusCount)), "unknown");
}

}  // namespace
}  // namespace aloft
