// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/send-logs-to-cloudwatch.md.
#include <aloft/aws/telemetry.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace aloft {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Environment environment_of(const testing::FakeAws& fake) {
  return Environment::of({{"ALOFT_LOGS_EXPORTER", "cloudwatch"},
                          {"ALOFT_LOG_RETENTION_DAYS", "30"},
                          {"ALOFT_TRACES_EXPORTER", "none"},
                          {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", fake.url()},
                          {"AWS_REGION", "eu-west-1"},
                          {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                          {"AWS_SECRET_ACCESS_KEY", "nobodys"},
                          {"HOME", "/nowhere"}});
}

TEST(CloudWatchGuide, SendsALine) {
  auto fake = testing::FakeAws::create();
  ASSERT_TRUE(fake);
  const Environment environment = environment_of(*fake);
  const std::string id = "ch_17";
  TelemetryOptions options;
  options.service_name = "payments";
  options.logs = logging();
  auto telemetry = aws::telemetry_from_environment(std::move(options), {}, environment);
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  const Logger log = telemetry->logger("charges");
  log.info("charge accepted", {"charge_id", id}, {"amount_minor", 4200});

  EXPECT_TRUE(telemetry->flush(20s).complete);
  const testing::FakeAwsLedger ledger = fake->ledger();
  ASSERT_EQ(ledger.log_events.size(), 1u);
  EXPECT_THAT(ledger.log_events[0].message, HasSubstr("\"charge_id\":\"ch_17\""));
  EXPECT_EQ(ledger.log_groups.at("/aloft/payments").retention_days, 30);
}

TEST(CloudWatchGuide, SendsWhereTheCodeSays) {
  auto fake = testing::FakeAws::create();
  ASSERT_TRUE(fake);
  TelemetryOptions options;
  options.service_name = "payments";
  options.logs = logging();
  aws::AwsTelemetryOptions more;
  more.logs = {.group = "/prod/payments", .retention_days = 30, .tags = {{"team", "payments"}}};
  more.log_delivery.queue_limit_bytes = 16u << 20;
  auto telemetry =
      aws::telemetry_from_environment(std::move(options), std::move(more), environment_of(*fake));
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->logger().info("ready");

  EXPECT_TRUE(telemetry->flush(20s).complete);
  EXPECT_EQ(fake->ledger().log_groups.at("/prod/payments").tags.at("team"), "payments");
}

}  // namespace
}  // namespace aloft
