// SPDX-License-Identifier: Apache-2.0
// ALOFT_SAMPLING from the variable to the decision.
#include <aloft/aws/telemetry.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/testing/memory_exporter.hpp>
#include <aloft/testing/memory_log_exporter.hpp>

#include "fixture.hpp"
#include "sampling_bed.hpp"

#include <atomic>
#include <future>

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kNothing =
    R"({"SamplingRule":{"RuleName":"Default","ReservoirSize":0,"FixedRate":0}})";

/// A service whose rules sample nothing. It is asked twice in a row when nothing is spread: who
/// asks for the second time has taken the first answer.
class RulesService {
 public:
  RulesService() : service_([this](const SeenRequest& request) { return answer(request); }) {}

  std::string url() const { return service_.url(); }
  std::string address() const { return service_.url().substr(7); }
  SeenRequest first() const { return service_.seen().at(0); }
  int asked() const { return asked_; }
  void wait_until_taken() { taken_.get_future().wait(); }

 private:
  std::string answer(const SeenRequest&) {
    if (++asked_ == 2) taken_.set_value();
    return reply(200, rules_reply(std::string(kNothing)).body);
  }

  std::atomic<int> asked_{0};
  std::promise<void> taken_;
  FakeService service_;  // last: its threads use all of the above
};

struct SamplingEnvironment : ::testing::Test {
  Result<Telemetry> make(Variables variables, TelemetryOptions options = {}) {
    options.service_name = "payments";
    return telemetry_from_environment(std::move(options), {}, Environment::of(std::move(variables)),
                                      {Clock::system(), random_, diagnostics_});
  }
  Result<Telemetry> make_in_memory(Variables variables) {
    return make(std::move(variables), {.exporter = memory_.exporter()});
  }
  std::string error_of(Variables variables) {
    const auto made = make_in_memory(std::move(variables));
    return made ? "no error" : made.error().to_string();
  }
  static int sampled(const Telemetry& telemetry) {
    int count = 0;
    for (int i = 0; i < 5; ++i) {
      count += telemetry.tracer().start("", {}, {.url_path = "/x"}).recording() ? 1 : 0;
    }
    return count;
  }

  NoSpread random_;  // its draws are 0: any rate but 0 takes all
  testing::MemoryDiagnostics diagnostics_;
  testing::MemoryExporter memory_;
  testing::MemoryLogExporter log_memory_;
};

TEST_F(SamplingEnvironment, TheDefaultIsEveryTrace) {
  EXPECT_EQ(sampled(*make_in_memory({})), 5);
  EXPECT_EQ(sampled(*make_in_memory({{"ALOFT_SAMPLING", "never"}})), 0);
}

TEST_F(SamplingEnvironment, RulesComeFromTheirFile) {
  const HomeFolder home;
  const std::string file =
      home.write("rules.json",
                 R"({"version":2,"default":{"fixed_target":0,"rate":1},"rules":[
          {"host":"*","http_method":"*","url_path":"/x","fixed_target":0,"rate":0}]})");

  EXPECT_EQ(sampled(*make_in_memory({{"ALOFT_SAMPLING_RULES", file}})), 0);
  EXPECT_EQ(sampled(*make_in_memory({{"ALOFT_SAMPLING_RULES", file}, {"ALOFT_SAMPLING", "0.5"}})),
            5);
}

TEST_F(SamplingEnvironment, AFileThatCannotBeUsedIsAnErrorOfTheStart) {
  const HomeFolder home;
  const std::string file = home.write("rules.json", R"({"version":2,"rules":[{}]})");

  EXPECT_EQ(error_of({{"ALOFT_SAMPLING_RULES", file}}),
            "invalid_argument: ALOFT_SAMPLING_RULES: /rules/0/host is missing or no string (\"*\" "
            "is for every request)");
  EXPECT_THAT(error_of({{"ALOFT_SAMPLING", "central"}, {"ALOFT_SAMPLING_RULES", file + "x"}}),
              HasSubstr("not_found: ALOFT_SAMPLING_RULES: "));
  EXPECT_THAT(error_of({{"ALOFT_SAMPLING", "sometimes"}}), HasSubstr("use always, never"));
  EXPECT_EQ(error_of({{"ALOFT_ENABLED", "0"}, {"ALOFT_SAMPLING", "sometimes"}}), "no error");
}

TEST_F(SamplingEnvironment, CentralRulesComeFromTheTcpSideOfTheDaemon) {
  RulesService daemon;
  const auto telemetry =
      make_in_memory({{"ALOFT_SAMPLING", "central"},
                      {"AWS_XRAY_DAEMON_ADDRESS", "udp:127.0.0.1:1 tcp:" + daemon.address()}});
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();

  daemon.wait_until_taken();

  EXPECT_EQ(sampled(*telemetry), 0);
  EXPECT_EQ(daemon.first().line, "POST /GetSamplingRules HTTP/1.1");
  EXPECT_EQ(daemon.first().field("authorization"), "");
}

TEST_F(SamplingEnvironment, CentralRulesComeSignedFromXRayOnItsWire) {
  RulesService xray;
  const auto telemetry = make({{"ALOFT_SAMPLING", "central"},
                               {"AWS_ENDPOINT_URL_XRAY", xray.url()},
                               {"HOME", "/nowhere"},
                               {"AWS_EC2_METADATA_DISABLED", "true"},
                               {"AWS_REGION", "eu-west-1"},
                               {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                               {"AWS_SECRET_ACCESS_KEY", "nobodys"}});
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();

  xray.wait_until_taken();

  EXPECT_EQ(sampled(*telemetry), 0);
  EXPECT_THAT(xray.first().field("authorization"), HasSubstr("eu-west-1/xray/aws4_request"));
}

TEST_F(SamplingEnvironment, LocalRulesDecideWhileNobodyAnswers) {
  const auto telemetry =
      make_in_memory({{"ALOFT_SAMPLING", "central"}, {"AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:1"}});

  ASSERT_TRUE(telemetry);
  EXPECT_EQ(sampled(*telemetry), 5);  // one by the reservoir, four by a rate of 5 %
}

TEST_F(SamplingEnvironment, CentralRulesNeedAThread) {
  const auto made =
      make({{"ALOFT_SAMPLING", "central"}},
           {.exporter = memory_.exporter(), .pipeline = {.threading = Threading::manual}});

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "central sampling needs a thread of its own");
}

TEST_F(SamplingEnvironment, IsNotLookedAtWhenTracesAreSwitchedOffAndLogsAreNot) {
  // Each of these would be an error of the start, a thread, or a call.
  const RulesService service;
  auto telemetry = make({{"AWS_XRAY_SDK_ENABLED", "false"},
                         {"ALOFT_SAMPLING", "central"},
                         {"ALOFT_TRACES_EXPORTER", "xray"},
                         {"ALOFT_TRACE_HEADERS", "w4c"},
                         {"AWS_PROFILE", "that-there-is-none-of"},
                         {"AWS_XRAY_DAEMON_ADDRESS", service.address()}},
                        {.logs = logging({.exporter = log_memory_.exporter()})});

  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->logger().info("line");
  telemetry->flush(std::chrono::seconds(5));
  EXPECT_EQ(log_memory_.lines().size(), 1u);
  EXPECT_FALSE(telemetry->tracer().enabled());
  EXPECT_EQ(service.asked(), 0);
}

TEST_F(SamplingEnvironment, LeavesLogsOnWhenNoWireIsWantedForTraces) {
  auto telemetry = make({{"ALOFT_TRACES_EXPORTER", "none"}},
                        {.logs = logging({.exporter = log_memory_.exporter()})});

  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->logger().info("line");
  telemetry->flush(std::chrono::seconds(5));
  EXPECT_EQ(log_memory_.lines().size(), 1u);
}

}  // namespace
}  // namespace aloft::aws
