// SPDX-License-Identifier: Apache-2.0
// What was taken out where, and card numbers in pieces over fields.
#include "telemetry/logs/log_bench.hpp"

#include <aloft/telemetry/redaction_ledger.hpp>

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

using testing::LogCopy;

TEST(LogRedactions, AreCountedByPlaceAndClass) {
  LogBench bench;
  const std::string text = "from ann@example.com";
  const Logger log = bench.log.with(identity("", "", "4155550132"));

  const Error failed{ErrorCode::internal, "no card 4242424242424242", ""};
  log.info(LogText::of(text), {"card", "4242 4242 4242 4242"}, {"pin", 8042});
  log.error("failed", {"error", failed});
  bench.lines();

  const auto found = [&](RedactionPlace place) { return bench.telemetry.redactions(place); };
  EXPECT_EQ(found(RedactionPlace::log_message), (RedactionCounts{.email = 1}));
  EXPECT_EQ(found(RedactionPlace::log_field), (RedactionCounts{.card = 1, .credential = 1}));
  EXPECT_EQ(found(RedactionPlace::log_context).total(), 1u);
  EXPECT_EQ(found(RedactionPlace::log_exception), (RedactionCounts{.card = 1}));
  EXPECT_EQ(found(RedactionPlace::span), RedactionCounts{});
  EXPECT_EQ(bench.telemetry.log_counters().redacted, 4u);  // the user is a counter of its own
}

TEST(LogRedactions, OfSpansHaveTheirPlace) {
  Bench bench;

  bench.tracer.start("pay").annotate("note", "card 4242424242424242");
  static_cast<void>(bench.flush());

  EXPECT_EQ(bench.telemetry.redactions(RedactionPlace::span), (RedactionCounts{.card = 1}));
  EXPECT_EQ(bench.telemetry.redactions(RedactionPlace::log_field), RedactionCounts{});
}

TEST(LogRedactions, AreNoneOfATelemetryThatIsNoMore) {
  LogBench bench;
  bench.telemetry.shutdown(std::chrono::seconds(1));

  EXPECT_EQ(bench.telemetry.redactions(RedactionPlace::log_field), RedactionCounts{});
}

TEST(LogRedactions, FindACardNumberInPiecesOverFields) {
  LogBench bench;

  bench.log.info("numbered", {"n", 3}, {"pan1", "4012"}, {"pan2", "8888"}, {"pan3", "8888"},
                 {"pan4", "1881"}, {"ok", true});
  bench.log.info("numbers", {"part_1", 4012}, {"part_2", 8888}, {"part_3", 8888}, {"part_4", 1881});
  bench.log.info("texts", {"head", "4012"}, {"middle", "8888"}, {"more", "8888"}, {"tail", "1881"});

  const LogCopy numbered = bench.line("numbered");
  EXPECT_EQ(numbered.field("pan1"), "[redacted:pan]");
  EXPECT_EQ(numbered.field("pan4"), "[redacted:pan]");
  EXPECT_EQ(numbered.field("n"), "3");
  EXPECT_EQ(bench.line("numbers").field("part_1"), "[redacted:pan]");
  EXPECT_EQ(bench.line("texts").field("tail"), "[redacted:pan]");
  EXPECT_EQ(bench.telemetry.redactions(RedactionPlace::log_field).card, 3u);
}

TEST(LogRedactions, LeaveNumbersBesideEachOtherAlone) {
  LogBench bench;

  bench.log.info("counts", {"read", 4012}, {"written", 8888}, {"hits", 8888}, {"misses", 1881});
  bench.log.info("wrong", {"p1", "4012"}, {"p2", "8888"}, {"p3", "8888"}, {"p4", "1882"});
  bench.log.info("apart", {"p1", "4012"}, {"p2", "8888"}, {"x", "y"}, {"p3", "8888"},
                 {"p4", "1881"});
  bench.log.info("ids", {"p1", safe_id{"4012"}}, {"p2", "8888"}, {"p3", "8888"}, {"p4", "1881"});
  bench.lines();

  EXPECT_EQ(bench.line("counts").field("misses"), "1881");
  EXPECT_EQ(bench.line("wrong").field("p4"), "1882");
  EXPECT_EQ(bench.line("apart").field("p4"), "1881");
  EXPECT_EQ(bench.line("ids").field("p1"), "4012");
  EXPECT_EQ(bench.telemetry.log_counters().redacted, 0u);
}

}  // namespace
}  // namespace aloft
