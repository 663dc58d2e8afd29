// SPDX-License-Identifier: Apache-2.0
// Where lines go, by what the environment says.
#include <aloft/aws/telemetry.hpp>
#include <aloft/telemetry/logging.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;

TEST(LogsWire, IsStandardOutputUnlessItIsNamed) {
  const auto chosen = [](const char* word) {
    return choose_logs_wire(Environment::of({{"ALOFT_LOGS_EXPORTER", word}}));
  };
  EXPECT_EQ(*choose_logs_wire(Environment::of({{"AWS_REGION", "eu-west-1"}})),
            LogsWire::standard_output);
  EXPECT_EQ(*chosen("stdout"), LogsWire::standard_output);
  EXPECT_EQ(*chosen("pretty"), LogsWire::pretty);
  EXPECT_EQ(*chosen("file"), LogsWire::file);
  EXPECT_EQ(*chosen("cloudwatch"), LogsWire::cloudwatch);
  EXPECT_EQ(*chosen("none"), LogsWire::none);
  EXPECT_EQ(chosen("CloudWatch").error().code, ErrorCode::invalid_argument);
}

TEST(LogsWire, TakesGroupStreamAndRetentionFromTheEnvironment) {
  const auto options =
      with_log_environment({.group = "in code", .retention_days = 3},
                           Environment::of({{"ALOFT_LOG_GROUP", "g"},
                                            {"ALOFT_LOG_STREAM", "s"},
                                            {"ALOFT_LOG_RETENTION_DAYS", "30"},
                                            {"ALOFT_LOG_KMS_KEY", "arn:key"},
                                            {"ALOFT_LOG_CLASS", "INFREQUENT_ACCESS"}}),
                           "payments");
  const auto unset = with_log_environment({}, Environment::of({}), "pay ments");

  ASSERT_TRUE(options) << options.error().to_string();
  EXPECT_EQ(options->group, "g");
  EXPECT_EQ(options->stream, "s");
  EXPECT_EQ(options->retention_days, 30);
  EXPECT_EQ(options->kms_key_id, "arn:key");
  EXPECT_EQ(options->group_class, LogGroupClass::infrequent_access);
  ASSERT_TRUE(unset);
  EXPECT_EQ(unset->group, "/aloft/pay-ments");
  EXPECT_EQ(unset->retention_days, 0);
}

TEST(LogsWire, NamesTheVariableThatIsWrong) {
  const auto error = [](const char* variable, const char* value) {
    const auto options = with_log_environment({}, Environment::of({{variable, value}}), "p");
    return options ? std::string() : options.error().to_string();
  };
  EXPECT_THAT(error("ALOFT_LOG_GROUP", "a b"), HasSubstr("ALOFT_LOG_GROUP"));
  EXPECT_THAT(error("ALOFT_LOG_STREAM", "a:b"), HasSubstr("ALOFT_LOG_STREAM"));
  for (const char* days : {"2", "-1", "99999999999999999999", "a month", "1000000"}) {
    EXPECT_THAT(error("ALOFT_LOG_RETENTION_DAYS", days), HasSubstr("ALOFT_LOG_RETENTION_DAYS"));
  }
  EXPECT_THAT(error("ALOFT_LOG_CLASS", "DELIVERY"), HasSubstr("ALOFT_LOG_CLASS"));
}

TEST(LogsWire, NeedsWhatSignsCallsOfAws) {
  const auto made = [](const char* word) {
    TelemetryOptions mine;
    mine.traces = false;
    mine.logs = logging();
    return Telemetry::from_environment(std::move(mine),
                                       Environment::of({{"ALOFT_LOGS_EXPORTER", word}}));
  };

  EXPECT_EQ(made("cloudwatch").error().code, ErrorCode::unsupported);
  EXPECT_EQ(made("fax").error().code, ErrorCode::invalid_argument);
  ASSERT_TRUE(made("none"));
  EXPECT_FALSE(made("none")->enabled()) << "without traces there is nothing left";
}

}  // namespace
}  // namespace aloft::aws
