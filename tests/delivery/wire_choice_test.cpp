// SPDX-License-Identifier: Apache-2.0
// Which wire spans take, what is said about it, and that they arrive by it.
#include <aloft/aws/telemetry.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>
#include <aloft/http_server/server.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include "../telemetry/udp_daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft::aws {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::FakeAws;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MemoryDiagnostics;
using Variables = std::vector<std::pair<std::string, std::string>>;

std::string chosen(Variables variables, const std::string& origin = {}) {
  const Result<TracesChoice> choice =
      choose_traces_wire(Environment::of(std::move(variables)), [&] { return origin; });
  return choice ? std::string(to_string(choice->wire)) + ": " + choice->because
                : choice.error().to_string();
}

TEST(TracesWire, IsWhatItsVariableSays) {
  const Variables all = {{"AWS_XRAY_DAEMON_ADDRESS", "a:1"}, {"AWS_LAMBDA_FUNCTION_NAME", "f"}};
  for (const char* name : {"xray-daemon", "xray", "otlp", "xray-otlp", "stdout", "none"}) {
    Variables variables = all;
    variables.emplace_back("ALOFT_TRACES_EXPORTER", name);
    EXPECT_EQ(chosen(variables), std::string(name) + ": ALOFT_TRACES_EXPORTER says so");
  }
  EXPECT_THAT(chosen({{"ALOFT_TRACES_EXPORTER", "XRAY"}}), HasSubstr("a word that is not known"));
}

TEST(TracesWire, IsTheFirstThatIsSetUp) {
  Variables variables = {{"ALOFT_TRACES_EXPORTER", "auto"}};
  EXPECT_EQ(chosen(variables), "xray-daemon: no other wire is set up, and this is not AWS");
  EXPECT_EQ(chosen(variables, "AWS::ECS::Container"), "xray: this is AWS::ECS::Container");
  variables.emplace_back("AWS_LAMBDA_FUNCTION_NAME", "charge");
  EXPECT_EQ(chosen(variables), "xray-daemon: AWS_LAMBDA_FUNCTION_NAME is set");
  variables.emplace_back("AWS_ENDPOINT_URL_XRAY", "http://127.0.0.1:1");
  EXPECT_EQ(chosen(variables), "xray: AWS_ENDPOINT_URL_XRAY is set");
  variables.emplace_back("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:2");
  EXPECT_EQ(chosen(variables), "otlp: OTEL_EXPORTER_OTLP_ENDPOINT is set");
  variables.emplace_back("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:3");
  EXPECT_EQ(chosen(variables), "xray-daemon: AWS_XRAY_DAEMON_ADDRESS is set");
}

TEST(TracesWire, IsNeverX_RayForCredentialsAlone) {
  EXPECT_EQ(chosen({{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}),
            "xray-daemon: no other wire is set up, and this is not AWS");
}

/// The system's, two hours late.
class LateClock final : public Clock {
 public:
  TimePoint now() const noexcept override {
    TimePoint now = Clock::system().now();
    now.wall -= 2h;
    return now;
  }
  SteadyTime steady_now() const noexcept override { return Clock::system().steady_now(); }
  void wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& wakeup,
                  SteadyTime until) override {
    Clock::system().wait_until(lock, wakeup, until);
  }
};

/// Seconds since 1970 of "20261126T213732Z"; 0 when it is none.
std::int64_t parse_basic(std::string_view text) {
  std::tm parts{};
  if (::strptime(std::string(text).c_str(), "%Y%m%dT%H%M%SZ", &parts) == nullptr) return 0;
  return ::timegm(&parts);
}

#if defined(__SANITIZE_THREAD__)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif
constexpr const char* kNoForkedThreads =
    "it cannot follow threads that are started in the child of a process with threads";

class TelemetryFromEnvironment : public ::testing::Test {
 protected:
  Variables signed_in(const std::string& endpoint) const {
    return {{"HOME", "/nowhere"},
            {"AWS_EC2_METADATA_DISABLED", "true"},
            {"AWS_REGION", "eu-west-1"},
            {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
            {"AWS_SECRET_ACCESS_KEY", "nobodys"},
            {"AWS_ENDPOINT_URL_XRAY", endpoint}};
  }
  Result<Telemetry> make(Variables variables) {
    return telemetry_from_environment({.service_name = "payments"}, {},
                                      Environment::of(std::move(variables)),
                                      {Clock::system(), Random::system(), said_});
  }

  MemoryDiagnostics said_;
};

TEST_F(TelemetryFromEnvironment, DeliversToXRayAndSaysWhyInOneLine) {
  Result<FakeAws> aws = FakeAws::create();
  ASSERT_TRUE(aws);

  Result<Telemetry> telemetry = make(signed_in(aws->url()));
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->tracer().start("work").child("step").end();
  const FlushReport report = telemetry->flush(20s);

  EXPECT_THAT(said_.announcements(),
              ElementsAre("traces: sent by xray, because AWS_ENDPOINT_URL_XRAY is set; "
                          "ALOFT_TRACES_EXPORTER chooses another"));
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.accounting.acknowledged, 2u);
  EXPECT_EQ(aws->ledger().spans.size(), 2u);
}

TEST_F(TelemetryFromEnvironment, KeepsOnDiskWhatNobodyTakesAndDeliversItAfterTheRestart) {
  char name[] = "/tmp/aloft-kept-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  Result<FakeAws> aws = FakeAws::create();
  ASSERT_TRUE(aws);
  Variables variables = signed_in("http://127.0.0.1:1");
  variables.emplace_back("ALOFT_KEEP_ON_DISK", folder + "/kept");
  {
    Result<Telemetry> telemetry = make(variables);
    ASSERT_TRUE(telemetry) << telemetry.error().to_string();
    telemetry->tracer().start("work").end();
    const FlushReport report = telemetry->flush(20s);
    EXPECT_EQ(report.accounting.durable, 1u);
  }

  variables = signed_in(aws->url());
  variables.emplace_back("ALOFT_KEEP_ON_DISK", folder + "/kept");
  Result<Telemetry> again = make(variables);
  ASSERT_TRUE(again) << again.error().to_string();
  // A flush does not wait for what is safe on disk: it may come later.
  const Deadline soon = Deadline::after(Clock::system(), 20s);
  while (aws->ledger().spans.empty() && !soon.passed(Clock::system().steady_now())) {
    again->flush(20s);
    std::this_thread::yield();
  }

  EXPECT_EQ(aws->ledger().spans.size(), 1u);
  std::filesystem::remove_all(folder);
}

TEST_F(TelemetryFromEnvironment, SendsALongFlushBackWhenItIsShutDown) {
  Result<Telemetry> telemetry = make(signed_in("http://127.0.0.1:1"));
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->tracer().start("work").end();
  std::atomic<bool> flushes{false};
  FlushReport report{.complete = true, .accounting = {}};
  std::thread flusher([&] {
    flushes = true;
    report = telemetry->flush(std::chrono::hours(1));
  });
  while (!flushes) std::this_thread::yield();

  const Accounting books = telemetry->shutdown(300ms);
  flusher.join();

  EXPECT_EQ(books.balance(), 0);
  EXPECT_EQ(books.in_flight, 0u);
  EXPECT_EQ(books.acknowledged, 0u);
}

TEST_F(TelemetryFromEnvironment, TakesTheRegionFromTheInstanceWhenNothingSaysIt) {
  http::Handler metadata = [](http::Context&, const http::Request& request) {
    if (request.path() == "/latest/api/token") return http::Response::text(200, "token");
    return http::Response::json(200, R"({"instanceId":"i-1","region":"eu-west-1"})");
  };
  auto service = http_server::Server::create({.port = 0}, std::move(metadata));
  ASSERT_TRUE(service);
  ASSERT_TRUE(service->start());
  Result<FakeAws> aws = FakeAws::create();  // takes what is signed for eu-west-1
  ASSERT_TRUE(aws);
  Variables variables = signed_in(aws->url());
  std::erase_if(variables, [](const auto& one) {
    return one.first == "AWS_REGION" || one.first == "AWS_EC2_METADATA_DISABLED";
  });
  variables.emplace_back("AWS_EC2_METADATA_SERVICE_ENDPOINT",
                         "http://127.0.0.1:" + std::to_string(service->port()));

  Result<Telemetry> telemetry = make(variables);
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->tracer().start("work").end();

  EXPECT_EQ(telemetry->flush(20s).accounting.acknowledged, 1u);
}

TEST_F(TelemetryFromEnvironment, IsNotStoppedByFilesThatItsWireDoesNotNeed) {
  char name[] = "/tmp/aloft-broken-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  std::ofstream(folder + "/config") << "[broken\n";
  Variables variables = {{"AWS_CONFIG_FILE", folder + "/config"}};

  variables.emplace_back("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:1");
  EXPECT_TRUE(make(variables));
  variables.back() = {"ALOFT_TRACES_EXPORTER", "xray"};
  EXPECT_EQ(make(variables).error().code, ErrorCode::invalid_argument);
  variables.pop_back();  // where we run has to be asked
  EXPECT_EQ(make(variables).error().code, ErrorCode::invalid_argument);
  std::filesystem::remove_all(folder);
}

TEST_F(TelemetryFromEnvironment, DeliversInAForkedChildToo) {
  if (kThreadSanitizer) GTEST_SKIP() << kNoForkedThreads;
  Result<FakeAws> aws = FakeAws::create();
  ASSERT_TRUE(aws);
  Result<Telemetry> telemetry = make(signed_in(aws->url()));
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->tracer().start("of the parent").end();
  ASSERT_TRUE(telemetry->flush(20s).complete);  // client and credentials have threads by now

  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    telemetry->tracer().start("of the child").end();
    const FlushReport report = telemetry->flush(20s);
    ::_exit(report.complete && report.accounting.dropped.total() == 0 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(aws->ledger().spans.size(), 2u);
}

TEST_F(TelemetryFromEnvironment, SignsOtlpAgainWithTheRightTimeAndInAForkedChildToo) {
  if (kThreadSanitizer) GTEST_SKIP() << kNoForkedThreads;
  std::atomic<int> taken{0};
  http::Handler xray = [&](http::Context&, const http::Request& request) {
    const auto signed_at = parse_basic(request.headers.get("x-amz-date").value_or(""));
    const std::int64_t off = std::time(nullptr) - signed_at;
    if (off < -300 || off > 300) return http::Response::empty(403);
    ++taken;
    return http::Response::empty(200);
  };
  auto service = http_server::Server::create({.port = 0}, std::move(xray));
  ASSERT_TRUE(service);
  ASSERT_TRUE(service->start());
  Variables variables = signed_in("http://127.0.0.1:" + std::to_string(service->port()));
  variables.emplace_back("ALOFT_TRACES_EXPORTER", "xray-otlp");
  AwsTelemetryOptions more;
  more.delivery.probe_interval = 1s;
  LateClock clock;
  Result<Telemetry> telemetry =
      telemetry_from_environment({.service_name = "payments"}, more, Environment::of(variables),
                                 {clock, Random::system(), said_});
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->tracer().start("of the parent").end();
  EXPECT_TRUE(telemetry->flush(20s).complete);
  EXPECT_EQ(taken, 1);

  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    telemetry->tracer().start("of the child").end();
    ::_exit(telemetry->flush(20s).complete ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(taken, 2);
}
TEST_F(TelemetryFromEnvironment, SendsManyDocumentsAtOnceOnlyWhenAsked) {
  for (const char* word : {"0", "1"}) {
    const Daemon daemon;
    Result<Telemetry> telemetry = make({{"HOME", "/nowhere"},
                                        {"AWS_XRAY_DAEMON_ADDRESS", daemon.address()},
                                        {"ALOFT_XRAY_OFFLOAD", word}});
    ASSERT_TRUE(telemetry) << telemetry.error().to_string();
    for (int i = 0; i < 40; ++i) telemetry->tracer().start(i % 2 == 0 ? "even" : "odd").end();
    EXPECT_EQ(telemetry->flush(20s).accounting.sent, 40u);

    const std::vector<std::string> datagrams = daemon.datagrams();
    const auto padded =
        std::count_if(datagrams.begin(), datagrams.end(),
                      [](const std::string& datagram) { return datagram.back() == ' '; });
    EXPECT_EQ(datagrams.size(), 40u);
    EXPECT_EQ(padded > 0, std::string_view(word) == "1");
  }
}

TEST_F(TelemetryFromEnvironment, JudgesNothingWhenSwitchedOff) {
  const Result<Telemetry> telemetry =
      make({{"ALOFT_ENABLED", "0"}, {"ALOFT_TRACES_EXPORTER", "fax"}, {"AWS_PROFILE", "nobodys"}});

  ASSERT_TRUE(telemetry);
  EXPECT_FALSE(telemetry->enabled());
  EXPECT_THAT(said_.announcements(), IsEmpty());
}

TEST_F(TelemetryFromEnvironment, SaysWhatIsWrong) {
  EXPECT_EQ(make({{"AWS_PROFILE", "nobodys"}, {"HOME", "/nowhere"}}).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(make({{"ALOFT_TRACES_EXPORTER", "xray"}, {"HOME", "/nowhere"}}).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(make({{"OTEL_EXPORTER_OTLP_ENDPOINT", "fax://x"}, {"HOME", "/nowhere"}}).error().code,
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aloft::aws
