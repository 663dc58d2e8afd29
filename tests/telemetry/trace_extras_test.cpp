// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/trace_extras.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {
namespace {

const std::string kRoot = "Root=1-5759e988-bd862e3fe1be46a994272793";

struct Read {
  ParseStatus status;
  TraceContext context;
  TraceExtras extras;
  DroppedPairs dropped;
};

Read read(std::string_view header) {
  Read read;
  read.status = read_xray_header(header, read.context, read.dropped, read.extras);
  return read;
}

std::string pairs_of(std::string_view header) { return std::string(read(header).extras.pairs()); }

struct State {
  TraceExtras extras;
  DroppedPairs dropped;
  std::string_view after(std::string_view line) {
    extras.add_tracestate(line, dropped);
    return extras.tracestate();
  }
};

TEST(TraceExtras, KeepLineageAndForeignPairsInTheirOrder) {
  EXPECT_EQ(pairs_of(kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1"),
            "Lineage=25:a87bd80c:1");
  EXPECT_EQ(
      pairs_of("CalledFrom=app;" + kRoot + ";Lineage=a87bd80c:0|68fd508a:5;Sampled=1;Z=1;A=2"),
      "CalledFrom=app;Lineage=a87bd80c:0|68fd508a:5;Z=1;A=2");
  EXPECT_EQ(pairs_of(kRoot + " ; Key = a=b c ;flag;=x;Empty=; Key=again"), "Key=a=b c;Key=again");
  EXPECT_EQ(pairs_of(kRoot), "");
}

TEST(TraceExtras, NeverKeepSelf) {
  const Read found = read("Self=1-67891234-12456789abcdef012345678;" + kRoot +
                          ";sELF=1-67891234-12456789abcdef012345678;Selfie=1");

  EXPECT_EQ(found.extras.pairs(), "Selfie=1");
  EXPECT_EQ(found.dropped.total(), 0u);
}

TEST(TraceExtras, DropWholePairsAboveTheirLimitAndCountThem) {
  const std::string half = "A=" + std::string(126, 'x');  // 128 bytes

  const Read full = read(kRoot + ";" + half + ";B=" + std::string(125, 'y'));
  const Read over = read(kRoot + ";" + half + ";B=" + std::string(126, 'y') + ";C=z");

  EXPECT_EQ(full.extras.pairs().size(), 256u);
  EXPECT_EQ(full.dropped.total(), 0u);
  EXPECT_EQ(over.extras.pairs(), half + ";C=z");
  EXPECT_EQ(over.dropped.over_limit, 1u);
}

TEST(TraceExtras, DropPairsWithBytesThatAreNoPrintableAscii) {
  const Read found = read(kRoot + ";A=\xC3\xA9;B=a\tb;\xFF=c;D=d");

  EXPECT_EQ(found.status, ParseStatus::ok);
  EXPECT_EQ(found.extras.pairs(), "D=d");
  EXPECT_EQ(found.dropped.malformed, 3u);
}

TEST(TraceExtras, AreEmptyWhenTheHeaderIsRefused) {
  TraceExtras extras;
  TraceContext context;
  DroppedPairs dropped;
  extras.add_pair("Old", "1", dropped);

  EXPECT_EQ(read_xray_header("Root=x;Lineage=1:a87bd80c:0", context, dropped, extras),
            ParseStatus::malformed_root);
  EXPECT_TRUE(extras.empty());
  EXPECT_EQ(read(kRoot + ";Lineage=1\r\nSet-Cookie: a=b").status, ParseStatus::control_character);
}

TEST(TraceExtras, CannotBeMadeToLookLikeMorePairs) {
  TraceExtras extras;
  DroppedPairs dropped;

  extras.add_pair("a;Sampled", "0", dropped);
  extras.add_pair("a", "b;Sampled=0", dropped);
  extras.add_pair("a", "b\r\nX: y", dropped);
  extras.add_pair("", "b", dropped);
  for (const char* own : {"Root", "Parent", "sampled", "Self"}) extras.add_pair(own, "0", dropped);

  EXPECT_TRUE(extras.empty());
  EXPECT_EQ(dropped.malformed, 8u);
}

TEST(TraceExtras, AreWrittenBehindTheContextAndComeBackTheSame) {
  const Read found = read(kRoot + ";Lineage=25:a87bd80c:1;CalledFrom=app;Sampled=0");

  const XRayHeaderWithExtras written = write_xray_header(found.context, found.extras);

  EXPECT_EQ(written.view(), kRoot + ";Sampled=0;Lineage=25:a87bd80c:1;CalledFrom=app");
  EXPECT_EQ(read(written.view()).extras.pairs(), found.extras.pairs());
  EXPECT_EQ(write_xray_header({}, found.extras).view(), "");
}

TEST(TraceExtras, ThatFillTheirLimitAreWrittenWhole) {
  const std::string pair = "A=" + std::string(254, 'x');
  const Read found = read(kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1;" + pair);

  EXPECT_EQ(write_xray_header(found.context, found.extras).view(),
            kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1;" + pair);
}

TEST(TraceExtras, ReadTheSameContextAsWithoutThem) {
  for (const std::string tail : {"", ";Sampled=0", ";Root=x;Parent=1;Sampled=?", ";", ";A=1; "}) {
    const std::string header =
        std::string(kRoot).append(";Parent=53995c3f42cd8ad8;Sampled=1").append(tail);
    TraceContext alone;
    DroppedPairs dropped;
    ASSERT_EQ(read_xray_header(header, alone, dropped), ParseStatus::ok);
    const Read found = read(header);
    EXPECT_EQ(found.context, alone) << header;
    EXPECT_EQ(found.dropped.repeated, dropped.repeated) << header;
  }
}

TEST(TraceExtras, AreCopiedWithWhatTheyHold) {
  Read found = read(kRoot + ";A=1");
  found.extras.add_tracestate("rojo=1", found.dropped);

  const TraceExtras copy = found.extras;

  EXPECT_EQ(copy.pairs(), "A=1");
  EXPECT_EQ(copy.tracestate(), "rojo=1");
}

// The list of W3C Trace Context, "tracestate header"; read 2026-11.
TEST(Tracestate, IsKeptAsItCame) {
  EXPECT_EQ(State().after("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(State().after("fw529a3039@dt=FfZr/;x y, 0vendor*/_-=!~ "),
            "fw529a3039@dt=FfZr/;x y,0vendor*/_-=!~");
}

TEST(Tracestate, OfSeveralLinesIsOneListWithoutItsBlanks) {
  State state;
  state.after(" rojo=1 ,, congo=2\t");

  EXPECT_EQ(state.after("other= 3"), "rojo=1,congo=2,other= 3");
  EXPECT_EQ(state.dropped.total(), 0u);
}

TEST(Tracestate, WithOneMalformedMemberIsDroppedWholeAndOnce) {
  for (const std::string line :
       {"rojo", "=1", "rojo=", "Rojo=1", "_a=1", "rojo=a=b", "rojo=\xC3\xA9", "ro jo=1",
        "rojo=1,congo", "rojo=1,congo=2,rojo=3"}) {
    State state;
    EXPECT_EQ(state.after(line), "") << line;
    EXPECT_EQ(state.after("later=1"), "") << line;
    EXPECT_EQ(state.dropped.malformed, 1u) << line;
  }
  EXPECT_EQ(State().after(std::string(257, 'k') + "=1"), "");
  EXPECT_EQ(State().after("k=" + std::string(257, 'v')), "");
}

TEST(Tracestate, OfMoreThan32MembersLosesTheLast) {
  std::string list;
  for (int i = 0; i < 34; ++i) list += "k" + std::to_string(i) + "=1,";
  State state;

  const std::string_view kept = state.after(list);

  EXPECT_TRUE(kept.ends_with(",k31=1"));
  EXPECT_EQ(state.dropped.over_limit, 2u);
}

TEST(Tracestate, OfMoreThan512BytesLosesLongMembersFirst) {
  const std::string long_one = "long=" + std::string(200, 'x');
  const std::string exact = "a=" + std::string(126, 'x');  // 128 bytes
  State state;

  state.after("rojo=1," + long_one + "," + exact);
  state.after("b=" + std::string(126, 'x'));

  EXPECT_EQ(state.after("c=" + std::string(126, 'x')),
            "rojo=1," + exact + ",b=" + std::string(126, 'x') + ",c=" + std::string(126, 'x'));
  EXPECT_EQ(state.dropped.over_limit, 1u);
}

TEST(Tracestate, LosesFromTheEndWhatItHasNoRoomFor) {
  State state;
  for (const char* key : {"a=", "b=", "c="}) state.after(key + std::string(126, 'x'));

  state.after("d=" + std::string(126, 'x'));  // 3 * 129 + 128 = 515
  const std::string_view kept = state.after("e=1");

  EXPECT_EQ(kept.size(), 3 * 129u - 1);
  EXPECT_EQ(state.dropped.over_limit, 2u);
}

TEST(Tracestate, MayFillItsLimitWithOneMember) {
  const std::string member = std::string(255, 'k') + "=" + std::string(256, 'v');
  State state;

  EXPECT_EQ(state.after(member), member);  // 512 bytes
  EXPECT_EQ(state.after("z=1"), "z=1");
  EXPECT_EQ(state.dropped.over_limit, 1u);
}

}  // namespace
}  // namespace aloft
