// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/delivery/log_exporter.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "telemetry/delivery/hand_wire.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using delivery::sequence_of;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class DeliveryLogExporter : public EngineTest {
 protected:
  /// A Telemetry by hand whose lines go to `requests`.
  Telemetry telemetry(delivery::LogEncoder encoder) {
    auto made = delivery::LogExporter::create(options, std::make_unique<HandWire>(requests),
                                              std::move(encoder), platform());
    exporter = made->get();
    TelemetryOptions with;
    with.service_name = "payments";
    with.traces = false;
    with.logs = logging({.exporter = std::move(*made)});
    with.pipeline.threading = Threading::manual;
    return *Telemetry::create(std::move(with), platform());
  }
  Telemetry telemetry() {
    return telemetry(delivery::log_line_encoder(delivery::kDefaultLogRecordBytes, random));
  }

  delivery::LogExporter* exporter = nullptr;
};

TEST_F(DeliveryLogExporter, MakesARecordOfEachLineWithAnIdOfItsOwn) {
  requests.at_once = {Answer::accepted()};
  Telemetry made = telemetry();
  made.logger("charges").info("ready", {"port", 8080});
  made.logger("charges").info("steady");

  const FlushReport report = made.flush(seconds(1));

  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.logs.accepted, 2u);
  EXPECT_EQ(report.logs.acknowledged, 2u);
  EXPECT_EQ(report.logs.balance(), 0);
  ASSERT_EQ(requests.sent.size(), 1u);
  ASSERT_EQ(requests.sent[0].size(), 2u);
  const std::string& first = requests.sent[0][0];
  EXPECT_THAT(first, MatchesRegex("\\{\"id\":\"[0-9a-f]{16}-1\",\"timestamp\":.*"));
  EXPECT_THAT(first,
              HasSubstr(R"("service":"payments","logger":"charges","fields":{"port":8080})"));
  EXPECT_EQ(first.back(), '}');
  EXPECT_EQ(requests.sent[0][1].substr(0, 24), first.substr(0, 24)) << "of one process";
  EXPECT_EQ(sequence_of(requests.sent[0][1]), 2u);
}

TEST_F(DeliveryLogExporter, TakesTenantAndTimeFromTheLine) {
  std::vector<delivery::Record> seen;
  const delivery::LogEncoder encoder =
      delivery::log_line_encoder(delivery::kDefaultLogRecordBytes, random);
  Telemetry made = telemetry(
      [&](const LogBatch& batch, std::vector<delivery::Record>& records, ExportReport& report) {
        encoder(batch, records, report);
        seen = records;
      });
  Identity identity;
  identity.tenant = *TenantId::parse("acme");
  made.logger().with(identity).info("charged");
  made.logger().info("ready");
  made.poll();

  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].tenant, "acme");
  EXPECT_EQ(seen[0].count, 1u);
  EXPECT_EQ(seen[0].time, clock.now().wall);
  EXPECT_EQ(seen[1].tenant, "");
}

TEST_F(DeliveryLogExporter, SaysOfAFlushWhetherEveryLineIsSettled) {
  Telemetry made = telemetry();
  made.logger().info("waits");

  made.poll();
  EXPECT_EQ(made.log_accounting().in_flight, 1u);
  EXPECT_FALSE(exporter->flush(Deadline{clock.steady_now()}));
  requests.answer({.failure = Failure::final});
  exporter->engine().poll();

  EXPECT_TRUE(exporter->flush(Deadline{clock.steady_now()}));
  EXPECT_EQ(made.log_accounting().rejected[Reason::invalid], 1u);
  EXPECT_EQ(made.log_accounting().balance(), 0);
}

TEST_F(DeliveryLogExporter, IsNotHealthyWhenEveryBatchIsLost) {
  requests.at_once = {{.failure = Failure::final, .message = "no"}};
  Telemetry made = telemetry();
  for (int i = 0; i < 1'000; ++i) made.logger().info("lost");

  made.flush(seconds(1));

  const delivery::EngineHealth health = exporter->engine().health();
  EXPECT_EQ(health.state, delivery::EngineHealth::State::failed);
  EXPECT_EQ(health.lost, 1'000u);
}

TEST_F(DeliveryLogExporter, ShortensALineToWhatARecordHolds) {
  requests.at_once = {Answer::accepted()};
  Telemetry made = telemetry(delivery::log_line_encoder(kMinLogLineBytes, random));
  const std::string text(3'000, '\x01');
  made.logger().info("long", {"a", text}, {"b", text});

  made.flush(seconds(1));

  ASSERT_EQ(requests.sent.size(), 1u);
  EXPECT_LT(requests.sent[0][0].size(), kMinLogLineBytes);
  EXPECT_THAT(requests.sent[0][0], HasSubstr("\"truncated\":true"));
  EXPECT_EQ(sequence_of(requests.sent[0][0]), 1u);
}

TEST_F(DeliveryLogExporter, GivesTheChildOfAForkIdsOfItsOwn) {
  requests.at_once = {Answer::accepted()};
  Telemetry made =
      telemetry(delivery::log_line_encoder(delivery::kDefaultLogRecordBytes, Random::system()));
  made.logger().info("of the parent");
  made.flush(seconds(1));
  ASSERT_EQ(requests.sent.size(), 1u);

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    made.logger().info("of the child");
    made.flush(seconds(1));
    const bool sent = requests.sent.size() == 2;
    _exit(sent && requests.sent[1][0].substr(7, 16) != requests.sent[0][0].substr(7, 16) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(DeliveryLogExporter, EndsInTimeAndCountsWhatIsLeft) {
  Telemetry made = telemetry();
  made.logger().info("never answered");
  made.poll();
  Accounting lines;

  made.shutdown(milliseconds(0), &lines);
  made.logger().info("too late");

  EXPECT_EQ(lines.accepted, 1u);
  EXPECT_EQ(lines.unknown + lines.dropped[Reason::owner_gone], 1u);
  EXPECT_EQ(lines.balance(), 0);
}

TEST(LogSequence, IsReadFromRecordsOfOursAlone) {
  EXPECT_EQ(sequence_of(R"({"id":"0123456789abcdef-42","timestamp":1})"), 42u);
  EXPECT_EQ(sequence_of(R"({"id":"0123456789abcdef-18446744073709551615"})"), UINT64_MAX);
  for (const char* text :
       {"", "{", R"({"id":")", R"({"id":"0123456789abcdef-)", R"({"id":"0123456789abcdef-"})",
        R"({"id":"0123456789abcdef-18446744073709551616"})", R"({"id":"0123456789abcdef_42"})",
        R"({"id":"0123456789abcdef-4x"})", R"({"timestamp":"0123456789abcdef-42"})"}) {
    EXPECT_EQ(sequence_of(text), 0u) << text;
  }
}

}  // namespace
}  // namespace aloft
