// SPDX-License-Identifier: Apache-2.0
// What the X-Ray SDKs hold to be right in their own tests, as tables: trace headers, patterns,
// reservoirs, and what is sent ahead of a segment. Where we differ on purpose the row says why.
//
// Source: the unit tests of the X-Ray SDKs for Go (9e7a607), Java (6bcfc41), Node (458fc17), Python
// (a975ccb) and .NET (9978874), read 2026-11: their inputs and outcomes, none of their code. Of
// Lambda's segments (facades) there is nothing here: there is no room for Lambda yet.
#include "bench_of_one.hpp"
#include "telemetry/reservoir.hpp"

#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/sampling_rule.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

const std::string kRoot = "1-5759e988-bd862e3fe1be46a994272793";
const std::string kParent = "53995c3f42cd8ad8";

/// What ours finds in a header; `differs` says what the SDK finds, and why we do not.
struct HeaderRow {
  const char* whose;
  std::string header;
  std::string root;
  std::string parent;
  Sampled sampled;
  std::string pairs;
  const char* differs = "";
};

constexpr Sampled kNone = Sampled::undecided;
constexpr const char* kNoRoot =
    "they keep a decision or a pair without a trace; a trace begins here, and obeys a Sampled";
constexpr const char* kFoo = "they take any text for a parent; the next service could not";

std::vector<HeaderRow> header_rows() {
  const std::string long_value(251, 'a');
  const std::string all = "Sampled=?;Root=" + kRoot + ";Parent=foo;Self=2;Foo=bar";
  const std::string spaced = "Sampled=?; Root=" + kRoot + "; Parent=foo; Self=2; Foo=bar";
  return {
      {"Go, Java", "Sampled=1", "", "", Sampled::yes, "", kNoRoot},
      {"Go, Java", all, kRoot, "", Sampled::requested, "Foo=bar", kFoo},
      {"Go, Java", spaced, kRoot, "", Sampled::requested, "Foo=bar", kFoo},
      {"Python, .NET", "Root=" + kRoot + ";Parent=" + kParent + ";Sampled=1", kRoot, kParent,
       Sampled::yes, ""},
      {"Python, .NET", "Root=" + kRoot + ";Sampled=?", kRoot, "", Sampled::requested, ""},
      {"Python", "Root=" + kRoot + ";Parent=" + kParent, kRoot, kParent, kNone, ""},
      {"Python", "Root=" + kRoot + ";k1=v1;k2=v2", kRoot, "", kNone, "k1=v1;k2=v2"},
      {"Python", "some invalid string", "", "", kNone, ""},
      {".NET, Node", "Root=" + kRoot + ";", kRoot, "", kNone, ""},
      {".NET", "Root=1-5759e988", "", "", kNone, ""},
      {".NET", "Root=" + kRoot + "; Parent=defdfd9912dc5a56; Sampled=1", kRoot, "defdfd9912dc5a56",
       Sampled::yes, ""},
      {".NET", "Root=" + kRoot + "; Parent=215748", kRoot, "", kNone, "",
       "they refuse the whole header; a bad parent costs the parent only"},
      {".NET", "Root=" + kRoot + "; Sampled=0", kRoot, "", Sampled::no, ""},
      {".NET", "asdfhdk=fidksldfj", "", "", kNone, ""},
      {".NET", "asdfhdkfidksldfj", "", "", kNone, ""},
      {".NET", ";", "", "", kNone, ""},
      {".NET", ";=", "", "", kNone, ""},
      {".NET, Node", "", "", "", kNone, ""},
      {"Node", "RoOt=" + kRoot + ";PaREnT=" + kParent + ";saMpLed=1", kRoot, kParent, Sampled::yes,
       ""},
      {"Node", "Root=" + kRoot + ";Parent", kRoot, "", kNone, ""},
      {"Node", "Root=" + kRoot + ";=" + kParent, kRoot, "", kNone, ""},
      {"Node", "Root=" + kRoot + ";Parent=", kRoot, "", kNone, ""},
      {"Node", "Root=" + kRoot + ";Foo=bar", kRoot, "", kNone, "Foo=bar"},
      {"Node", "Root=" + kRoot + ";Foo=bar;Baz=" + long_value, kRoot, "", kNone, "Foo=bar"},
      {"Node", "Baz=" + long_value + ";Root=" + kRoot + ";Foo=bar", kRoot, "", kNone,
       "Baz=" + long_value},
      {"Java", "Root=1-57ff426a-80c11c39b0c928905eb0828d1", "", "", kNone, ""},
      {"Java", "Root=2-57ff426a-80c11c39b0c928905eb0828d", "", "", kNone, ""},
      {"Java", "Root=2+57ff426a-80c11c39b0c928905eb0828d", "", "", kNone, ""},
      {"Java", "Root=2+57ff426a+80c11c39b0c928905eb0828d", "", "", kNone, ""},
      {"Java", "Root=2+57fg426a+80c11c39b0c928905eb0828d", "", "", kNone, ""},
      {"Java", "Root=2+57ff426a+80c11c39b0c928905gb0828d", "", "", kNone, ""},
      {"Node", "Root=FAKE-TRACE", "", "", kNone, ""},
      {"Node", "Root=1-XYZ-2c7ad569f5d6ff149137be86", "", "", kNone, ""},
      {"Node", "Root=1-00fbe041-2c7ad569f5d6ff149137be86", "1-00fbe041-2c7ad569f5d6ff149137be86",
       "", kNone, ""},
  };
}

TEST(RivalVectors, HeadersAreReadAsTheSdksReadThem) {
  for (const HeaderRow& row : header_rows()) {
    IncomingTrace incoming;
    incoming.take("X-Amzn-Trace-Id", row.header);
    incoming.finish();

    const TraceContext& found = incoming.parent();
    const std::string root =
        found.trace_id.valid() ? std::string(found.trace_id.xray_text().view()) : "";
    EXPECT_EQ(root, row.root) << row.whose << ": " << row.header;
    EXPECT_EQ(found.span_id.valid() ? std::string(found.span_id.text().view()) : "", row.parent)
        << row.whose << ": " << row.header;
    EXPECT_EQ(found.sampled, row.sampled) << row.whose << ": " << row.header;
    EXPECT_EQ(incoming.extras().pairs(), row.pairs) << row.whose << ": " << row.header;
  }
}

struct WrittenRow {
  const char* whose;
  TraceContext context;
  std::string header;
  const char* differs = "";
};

TEST(RivalVectors, HeadersAreWrittenAsTheSdksWriteThem) {
  constexpr TraceId kTrace{0x5759e988bd862e3f, 0xe1be46a994272793};
  constexpr SpanId kSpan{0x53995c3f42cd8ad8};
  const std::string both = "Root=" + kRoot + ";Parent=" + kParent;
  const WrittenRow rows[] = {
      {"Go, Java", {{}, {}, kNone}, ""},
      {"Go, Java", {{}, {}, Sampled::yes}, "", "they write a decision about no trace"},
      {"Go, Java", {{}, kSpan, Sampled::yes}, "", "they write a parent in no trace"},
      {"Go, Java, Python", {kTrace, kSpan, Sampled::yes}, both + ";Sampled=1"},
      {"Python", {kTrace, kSpan, kNone}, both},
      {"Python, Node", {kTrace, {}, Sampled::yes}, "Root=" + kRoot + ";Sampled=1"},
      {".NET",
       {kTrace, kSpan, Sampled::requested},
       both + ";Sampled=?",
       "they write a blank behind each semicolon, which some readers do not cut"},
      {".NET",
       {kTrace, kSpan, Sampled::no},
       both + ";Sampled=0",
       "they leave out the parent; with it, the callee's logs still find who called"},
  };
  for (const WrittenRow& row : rows) {
    EXPECT_EQ(write_xray_header(row.context).view(), row.header) << row.whose << row.differs;
  }
}

struct PatternRow {
  const char* pattern;
  const char* text;
  bool matches;
};

/// The first block is of all SDKs, the second of that for Node, the third of those that can also
/// tell cases apart, which rules of sampling never do.
constexpr PatternRow kPatternRows[] = {
    {"", "whatever", false},
    {"", "", true},
    {"foo", "foo", true},
    {"foo", "bar", false},
    {"fo?", "foo", true},
    {"f?o", "boo", false},
    {"?o?", "foo", true},
    {"f??", "boo", false},
    {"*oo", "foo", true},
    {"foo*", "foo", true},
    {"foo*", "fo0", false},
    {"fo*", "boo", false},
    {"*o?", "foo", true},
    {"f?*", "boo", false},
    {"*", "boo", true},
    {"6543210", "6543210", true},
    {"?at", "bat", true},
    {"?at", "cat", true},
    {"?o?se", "horse", true},
    {"?o?se", "mouse", true},
    {"*s", "dogs", true},
    {"*s", "horses", true},
    {"J*", "Jeep", true},
    {"????", "ford", true},
    {"????", "chevy", false},
    {"*", "cAr", true},
    {"*/foo", "/bar/foo", true},
    {"abcd", "abc", false},
    {"a", "a", true},
    {"*a", "a", true},
    {"*a", "ba", true},
    {"a*", "a", true},
    {"a*", "ab", true},
    {"a*a", "aa", true},
    {"a*a", "aba", true},
    {"a*a", "aaa", true},
    {"a*a*", "aa", true},
    {"a*a*", "aba", true},
    {"a*a*", "aaa", true},
    {"a*a*", "aaaaaaaaaaaaaaaaaaaaaaa", true},
    {"a*b*a*b*a*b*a*b*a*",
     "akljd9gsdfbkjhaabajkhbbyiaahkjbjhbuykjakjhabkjhbabjhkaabbabbaaakljdfsjklababkjbsdabab", true},
    {"a*na*ha", "anananahahanahana", false},
    {"**a", "a", true},
    {"***a", "a", true},
    {"**a*", "a", true},
    {"**a**", "a", true},
    {"a**b", "ab", true},
    {"a**b", "abb", true},
    {"*?", "a", true},
    {"*?", "aa", true},
    {"*??", "aa", true},
    {"*???", "aa", false},
    {"*?", "aaa", true},
    {"?", "a", true},
    {"??", "a", false},
    {"?*", "a", true},
    {"?*?", "a", false},
    {"?*?", "aa", true},
    {"*?*", "a", true},
    {"*?*a", "a", false},
    {"*?*a*", "ba", true},

    {"Foo", "foo", true},
    {"foo", "Foo", true},
    {"GET", "POST", false},
    {"*.amazon.com", "moop.amazon.com", true},
    {"hello.*.com", "hello.moop.com", true},
    {"hello.amazon.*", "hello.amazon.org", true},
    {"*.amazon.com", "moop.anazon.com", false},
    {"*.amazon.com", "moop.amazon.org", false},
    {"amazon.*.com", "anazon.moop.com", false},
    {"amazon.*.com", "amazon.noop.org", false},
    {"moop.amazon.*", "moop.anazon.com", false},
    {"moop.amazon.*", "noop.amazon.org", false},
    {"*aaa*", "1aaa1", true},
    {"*.*.com", "moop.amazon.com", true},
    {"*moop.*.com", "1moop.amazon.com", true},
    {"*moop.*.com", "111moop.amazon.com", true},
    {"*.*.com", "xray.amazon.org", false},
    {"*.*moop.com", "xray.amazon.com", false},
    {"moop*.*moop.com", "xraymoop.amazonmoop.com", false},
    {"moop.moop*.*", "moop.moppp.comcom", false},
    {"?b", "ab", true},
    {"b?", "ba", true},
    {"abc?", "abca", true},
    {"?abc", "aabc", true},
    {"ab?c", "abac", true},
    {"?ray.amazon.com", "xray.amazon.com", true},
    {"xray.amazon.?om", "xray.amazon.xom", true},
    {"xray.a?azon.com", "xray.anazon.com", true},
    {"?b", "aa", false},
    {"b?", "aa", false},
    {"abc?", "abaa", false},
    {"?abc", "abbc", false},
    {"ab?c", "abab", false},
    {"?.moop.com", "xray.amazon.com", false},
    {"????.amazon.com", "xray.amazon.com", true},
    {"hell???mazon.com", "hello.amazon.com", true},
    {"hel?o??mazo??com", "hello.amazon.com", true},
    {"?abc?def?", "1abc2def3", true},
    {"?abc?def?", "1def2ghi3", false},
    {"????.amazom.com", "x-ray.amazon.org", false},
    {"?a?b?c?.*.com", "1a2b3c4.myelasticbeanstalkenv.com", true},
    {"?a?b*b?c?.*.com", "1a2bjkdwfjkewb3c4.myelasticbeanstalkenv.com", true},
    {"1*?m", "1a2bjkdwfjkewb3c4.myelasticbeanstalkenv.com", true},
    {"?a?b?c?.*.com", "1a2a3c4.myelasticbeanstalkenv.com", false},
    {"?a?b*b?c?.?*.com", "1a2bjkdwfjkewb3c4.myelasticbeanstalkenv.org", false},

    {"Foo", "FOO", true},
    {"Fo*", "Foo0", true},
    {"Fo*", "FOO0", true},
    {"Fo?", "FOO", true},
};

TEST(RivalVectors, PatternsMatchAsTheSdksMatchThem) {
  for (const PatternRow& row : kPatternRows) {
    EXPECT_EQ(matches_wildcard(row.pattern, row.text), row.matches)
        << row.pattern << " " << row.text;
  }
  const std::string long_text = "a" + std::string(8192, 'c') + "b";  // once overflowed a stack
  EXPECT_TRUE(matches_wildcard("a*b", long_text));
}

/// Go, Java, Python: asked each 100 ms for 1.5 s.
TEST(RivalVectors, AReservoirGivesItsRequestsEachSecond) {
  const auto taken = [](std::uint32_t most) {
    detail::Reservoir reservoir;
    int count = 0;
    for (std::uint64_t ms = 0; ms < 1500; ms += 100) count += reservoir.take(ms / 1000, most);
    return count;
  };

  EXPECT_EQ(taken(1), 2);
  EXPECT_EQ(taken(10), 15);
}

/// Go: five of a quota or a reservoir of five, not a sixth, and one in the next second.
TEST(RivalVectors, WhatASecondDidNotUseIsNotKept) {
  detail::Reservoir reservoir;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(reservoir.take(1'500'000'000, 5));

  EXPECT_FALSE(reservoir.take(1'500'000'000, 5));
  EXPECT_TRUE(reservoir.take(1'500'000'001, 5));
}

/// Go, Java, Node, Python: one borrowed a second, none where the reservoir holds none; none while a
/// quota is live, that of its last second included.
TEST(RivalVectors, BorrowsOneASecondAndNothingBesideAQuota) {
  testing::ManualClock clock;
  const auto sampler = *RuleSampler::create({}, clock);
  sampler->use_central({{.name = "some", .reservoir = 10, .url_path = "/some"},
                        {.name = "none", .reservoir = 0, .url_path = "/none"},
                        {.name = "Default"}});
  const auto sampled = [&](std::string_view path, int times) {
    static constexpr TraceContext kNoParent{};
    int count = 0;
    for (int i = 0; i < times; ++i) {
      count += sampler->sample({.name = "n",
                                .parent = kNoParent,
                                .tenant = {},
                                .draw = ~std::uint64_t{0},
                                .request = {.url_path = path}});
    }
    return count;
  };

  EXPECT_EQ(sampled("/some", 2), 1);
  EXPECT_EQ(sampled("/none", 2), 0);
  clock.advance(seconds(1));
  EXPECT_EQ(sampled("/some", 2), 1);
  const SamplingTarget target{
      .rule = "some", .quota = 9, .quota_until = clock.now().wall + seconds(2)};
  sampler->apply(std::span(&target, 1));
  clock.advance(seconds(2));
  EXPECT_EQ(sampled("/some", 20), 9);
  clock.advance(seconds(1));
  EXPECT_EQ(sampled("/some", 20), 1);
  EXPECT_EQ(sampler->take("some"),
            (RuleStatistics{.rule = "some", .requests = 44, .sampled = 12, .borrowed = 3}));
}

/// Java, Python: of a segment that is open, children that have ended are sent ahead once there are
/// more than so many. Not here: what is sent ahead is chosen by bytes, when the root has ended
/// (XR-25), so nothing leaves an open root, and no count is an option (theirs refuse -1).
TEST(RivalStreaming, NothingLeavesAnOpenRoot) {
  Bench bench;
  Span root = bench.tracer.start("big");
  for (int i = 0; i < 150; ++i) root.child("child").end();

  bench.flush();

  EXPECT_TRUE(bench.memory.spans().empty());
  root.end();
  bench.flush();
  EXPECT_EQ(bench.memory.spans().size(), 151u);
}

/// Go: a root that ends before its children is sent with the last of them. Java and Node never send
/// it when one does not end; here it goes after 60 s.
TEST(RivalStreaming, ARootWaitsForItsChildren) {
  Bench bench;
  Span root = bench.tracer.start("big");
  Span child = root.child("child");
  root.end();
  bench.flush();
  EXPECT_TRUE(bench.memory.spans().empty());

  child.end();
  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 2u);
}

/// Go, Node, Python: closing again changes nothing and sends nothing. (Go's own counts go wrong.)
TEST(RivalStreaming, ASecondEndSendsNothing) {
  Bench bench;
  Span root = bench.tracer.start("big");
  root.end();
  root.end();

  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 1u);
}

}  // namespace
}  // namespace aloft
