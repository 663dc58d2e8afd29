// SPDX-License-Identifier: Apache-2.0
// What Envoy's tracer for X-Ray holds to be right in its own tests: patterns, and what it decides
// by a header. Its manifests are in tests/aws, beside those of the SDKs.
//
// Source: Envoy, the unit tests of extensions/tracers/xray (util b16f0fb, tracer ab02e20), read
// 2026-11: their inputs and outcomes, none of their code. Those of its segments' members and of
// where its daemon listens are about its own configuration.
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/sampling_rule.hpp>

#include <gtest/gtest.h>

namespace aloft {
namespace {

struct PatternRow {
  const char* pattern;
  const char* text;
  bool matches;
};

constexpr PatternRow kPatternRows[] = {
    {"", "", true},
    {"", "42", false},
    {"*", "", true},
    {"?", "", false},
    {"foo", "foo", true},
    {"foo", "FOO", true},
    {"foo", "Foo", true},
    {"6543210", "6543210", true},
    {"foo", "foob", false},
    {"foo", "xfoo", false},
    {"foo", "bar", false},
    {"f?o", "boo", false},
    {"fo?", "foo", true},
    {"f??", "boo", false},
    {"he??o", "Hello", true},
    {"?o?", "foo", true},
    {"f?o*ba*", "foobazbar", true},
    {"*oo", "foo", true},
    {"*o?", "foo", true},
    {"mis*spell", "mistily spell", true},
    {"mis*spell", "misspell", true},
    {"foo*", "fo0", false},
    {"fo*obar", "foobaz", false},
    {"mis*spellx", "mispellx", false},
    {"f?*", "boo", false},
    {"*", "foo", true},
    {"*", "anything", true},
    {"*", "12354", true},
    {"*", "UPPERCASE", true},
    {"*", "miXEDcaSe", true},
    {"*******", "Envoy", true},
    {"??*", "a", false},
    {"??*", "aa", true},
    {"??*", "aaa", true},
};

TEST(EnvoyVectors, PatternsMatchAsEnvoyMatchesThem) {
  for (const PatternRow& row : kPatternRows) {
    EXPECT_EQ(matches_wildcard(row.pattern, row.text), row.matches)
        << row.pattern << " " << row.text;
  }
}

struct HeaderRow {
  const char* header;
  Sampled decision;
};

/// Envoy takes any text for a root and a parent and goes on with it; those of its tests are too
/// short for X-Ray's format. Here a trace begins, by the same decision.
constexpr HeaderRow kHeaderRows[] = {
    {"Root=1-272793;Parent=5398ad8;Sampled=0", Sampled::no},
    {"Root=1-272793;Parent=5398ad8;Sampled=1", Sampled::yes},
    {"Root=1-272793;Parent=5398ad8", Sampled::undecided},
    {"Root=1-272793;Parent=5398ad8;", Sampled::undecided},
    {"Root=1-272793;Parent=5398ad8;Sampled=", Sampled::undecided},
};

TEST(EnvoyVectors, ADecisionIsObeyedAsEnvoyObeysIt) {
  for (const HeaderRow& row : kHeaderRows) {
    IncomingTrace incoming;
    incoming.take("x-amzn-trace-id", row.header);
    incoming.finish();

    EXPECT_EQ(incoming.parent(), (TraceContext{{}, {}, row.decision})) << row.header;
  }
}

}  // namespace
}  // namespace aloft
