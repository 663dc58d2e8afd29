// SPDX-License-Identifier: Apache-2.0
// What of a line is taken out, and what is cut.
#include "telemetry/logs/log_bench.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace aloft {
namespace {

using testing::LogCopy;

TEST(Logger, TakesAMessageThatIsOnlyKnownWhenTheProgramRuns) {
  LogBench bench;
  const std::string text = "card 4242424242424242 refused";

  bench.log.info(LogText::of(text));

  EXPECT_EQ(bench.lines().at(0).message, "card [redacted:pan] refused");
}

TEST(Logger, RedactsWhatFieldsSayByShapeAndByKey) {
  LogBench bench;

  bench.log.info("line", {"note", "card 4242 4242 4242 4242"},
                 {"number", std::int64_t{4'242'424'242'424'242}}, {"password", "hunter2"},
                 {"pin", 1234}, {"shipping_method", "air"});

  const LogCopy line = bench.line("line");
  EXPECT_EQ(line.field("note"), "card [redacted:pan]");
  EXPECT_EQ(line.field("number"), "[redacted:pan]");
  EXPECT_EQ(line.field("password"), "[redacted:credential]");
  EXPECT_EQ(line.field("pin"), "[redacted:pin]");
  EXPECT_EQ(line.field("shipping_method"), "air");
  EXPECT_EQ(bench.telemetry.log_counters().redacted, 4u);
}

TEST(Logger, ShowsOfTypedValuesTheirClassAlone) {
  LogBench bench;

  bench.log.info("line", {"card", pan{"4242 4242 4242 4242"}}, {"mail", email{"a@example.com"}},
                 {"key", secret{"s3cr3t"}}, {"name", pii{"Jan Novak"}},
                 {"whom", hashed{email{"a@example.com"}}}, {"order", safe_id{"4532015112830366"}});

  const LogCopy line = bench.line("line");
  EXPECT_EQ(line.field("card"), "[redacted:pan]");
  EXPECT_EQ(line.field("mail"), "[redacted:email]");
  EXPECT_EQ(line.field("key"), "[redacted:credential]");
  EXPECT_EQ(line.field("name"), "[redacted:personal]");
  EXPECT_EQ(line.field("whom"), "[redacted:email]");  // there is no key to hash with
  EXPECT_EQ(line.field("order"), "4532015112830366");
}

TEST(Logger, FindsPersonalDataInFieldsAndTakesOtherPoliciesOfTenants) {
  LogBench bench(
      {.redaction = *RedactionPolicies::create({}, {{"open", {.email = RedactionAction::keep}}})});
  const Logger closed = bench.log.with(identity("", "closed", ""));
  const Logger open = bench.log.with(identity("", "open", ""));
  const std::string_view mail = "a@example.com";  // short enough to be remembered

  open.info("open", {"note", mail});
  closed.info("closed", {"note", mail});
  open.info("open again", {"note", mail});

  EXPECT_EQ(bench.line("open").field("note"), "a@example.com");
  EXPECT_EQ(bench.line("closed").field("note"), "[redacted:email]");
  EXPECT_EQ(bench.line("open again").field("note"), "a@example.com");
}

TEST(Logger, CutsALongValueAndCountsIt) {
  LogBench bench;
  const std::string text(20'000, 'x');

  bench.log.info("line", {"text", text});

  EXPECT_EQ(bench.line("line").field("text").size(), 12'288u);
  EXPECT_EQ(bench.telemetry.log_counters().values_cut, 1u);
}

TEST(Logger, LeavesOutFieldsThatALineHasNoRoomFor) {
  LogBench bench;
  const std::string text(12'000, 'x');

  bench.log.info("line", {"a", text}, {"b", text}, {"c", text}, {"d", text}, {"e", text});

  const LogCopy line = bench.line("line");
  EXPECT_EQ(line.fields.size(), 4u);
  EXPECT_EQ(bench.telemetry.log_counters().fields_dropped, 1u);
}

struct Login {};
void describe(LogObject& object, const Login&) {
  object.add("value", "hunter2");
  object.add("note", "x");
}

TEST(Logger, TakesAllOfAValueUnderATellingKey) {
  LogBench bench;

  bench.log.info("line", {"password", "correct horse battery"}, {"token", "x\"y z"},
                 {"api_key", "a;b c"}, {"client_secret", Login{}}, {"after", 1});

  const LogCopy line = bench.line("line");
  EXPECT_EQ(line.field("password"), "[redacted:credential]");
  EXPECT_EQ(line.field("token"), "[redacted:credential]");
  EXPECT_EQ(line.field("api_key"), "[redacted:credential]");
  EXPECT_EQ(line.field("client_secret.value"), "");
  EXPECT_EQ(line.field("after"), "1");
}

TEST(Logger, CleansKeysNamesAndFilesThatWereMadeWhileTheProgramRuns) {
  LogBench bench;
  const std::string number = "4242424242424242";

  bench.log.log(LogLevel::warn, LogText::of("line", number), {{LogKey::of(number), 1}});
  bench.log.log(LogLevel::warn, LogText::of("again", number), {{LogKey::of(number), 1}});
  bench.telemetry.logger(number).info("named");

  for (const LogCopy& line : bench.lines()) {
    EXPECT_EQ(line.field(number), "");
    EXPECT_NE(line.file, number);
    EXPECT_NE(line.logger, number);
  }
  EXPECT_EQ(bench.line("again").field("redacted_key"), "1");
}

TEST(Logger, FindsACardNumberThatBecameNegativeOrANumber) {
  LogBench bench;

  bench.log.info("line", {"a", std::int64_t{-4'242'424'242'424'242}}, {"b", 4242424242424242.0},
                 {"c", 1e300});

  EXPECT_NE(bench.line("line").field("a"), "-4242424242424242");
  EXPECT_EQ(bench.line("line").field("b"), "[redacted:pan]");
  EXPECT_EQ(bench.line("line").field("c"), std::to_string(1e300));
}

}  // namespace
}  // namespace aloft
