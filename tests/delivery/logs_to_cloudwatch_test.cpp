// SPDX-License-Identifier: Apache-2.0
// Log lines the whole way: logger, engine, signer, client, and the strict fake of CloudWatch Logs,
// whose ledger the books must agree with, whatever goes wrong in between.
#include <aloft/aws/telemetry.hpp>
#include <aloft/telemetry/delivery/log_exporter.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/memory_log_exporter.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft::aws {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::FakeAws;
using testing::FakeAwsLedger;
using testing::Fault;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MemoryDiagnostics;
using ::testing::SizeIs;
using Variables = std::vector<std::pair<std::string, std::string>>;

#if defined(__SANITIZE_THREAD__)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif

class LogsToCloudWatch : public ::testing::Test {
 protected:
  LogsToCloudWatch() {
    char name[] = "/tmp/aloft-logs-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~LogsToCloudWatch() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void start(testing::FakeAwsOptions options = {}) {
    Result<FakeAws> made = FakeAws::create(std::move(options));
    ASSERT_TRUE(made);
    fake_.emplace(std::move(*made));
  }
  std::string url() const { return fake_ ? fake_->url() : "http://127.0.0.1:1"; }
  Variables variables() const {
    return {{"HOME", "/nowhere"},
            {"AWS_EC2_METADATA_DISABLED", "true"},
            {"AWS_REGION", "eu-west-1"},
            {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
            {"AWS_SECRET_ACCESS_KEY", "nobodys"},
            {"ALOFT_LOGS_EXPORTER", "cloudwatch"},
            {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url()}};
  }
  Result<Telemetry> make(Variables variables, LogOptions logs = {}) {
    TelemetryOptions options;
    options.service_name = "payments";
    options.traces = with_traces_;
    options.logs = logging(std::move(logs));
    AwsTelemetryOptions more;
    more.log_delivery.probe_interval = 1s;
    return telemetry_from_environment(std::move(options), std::move(more),
                                      Environment::of(std::move(variables)),
                                      {Clock::system(), Random::system(), said_});
  }
  Variables kept() const {
    Variables with = variables();
    with.emplace_back("ALOFT_KEEP_ON_DISK", folder_ + "/kept");
    return with;
  }
  /// Until the fake has as many lines as that, each counted once.
  void wait_for_lines(Telemetry& telemetry, std::size_t count) {
    const Deadline soon = Deadline::after(Clock::system(), 20s);
    while (fake_->ledger().lines.size() < count && !soon.passed(Clock::system().steady_now())) {
      telemetry.flush(20s);
      std::this_thread::yield();
    }
  }

  std::string folder_;
  bool with_traces_ = false;
  MemoryDiagnostics said_;
  std::optional<FakeAws> fake_;
};

/// How often each id came; lines without one under "".
std::map<std::string, int> ids_of(const FakeAwsLedger& ledger) {
  std::map<std::string, int> ids;
  for (const testing::FakeLogEvent& event : ledger.log_events) {
    const bool has_id = event.message.substr(0, 7) == "{\"id\":\"";
    ++ids[has_id ? event.message.substr(7, event.message.find('"', 7) - 7) : std::string()];
  }
  return ids;
}

TEST_F(LogsToCloudWatch, ArriveInTheGroupOfTheService) {
  start();
  Result<Telemetry> telemetry = make(variables());
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->logger("charges").info("ready", {"port", 8080});

  const FlushReport report = telemetry->flush(20s);

  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.logs.acknowledged, 1u);
  const FakeAwsLedger ledger = fake_->ledger();
  ASSERT_THAT(ledger.log_events, SizeIs(1));
  EXPECT_EQ(ledger.log_events[0].group, "/aloft/payments");
  EXPECT_THAT(ledger.log_events[0].message, HasSubstr("\"message\":\"ready\""));
  EXPECT_THAT(said_.announcements(),
              ElementsAre(HasSubstr("logs: sent to CloudWatch Logs, group /aloft/payments"),
                          HasSubstr("keeps lines for ever")));
}

TEST_F(LogsToCloudWatch, GoWhereTheCodeSaysWhenItSaysSo) {
  testing::MemoryLogExporter memory;
  Result<Telemetry> telemetry = make(variables(), {.exporter = memory.exporter()});
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();

  telemetry->logger().info("ready");
  telemetry->flush(20s);

  EXPECT_THAT(memory.lines(), SizeIs(1));
}

TEST_F(LogsToCloudWatch, AreNoneWhenTheEnvironmentSaysSo) {
  with_traces_ = true;
  Variables with = variables();
  with[5].second = "none";
  with.emplace_back("ALOFT_TRACES_EXPORTER", "xray-daemon");
  Result<Telemetry> telemetry = make(with);
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();

  telemetry->logger().info("ready");

  EXPECT_EQ(telemetry->flush(20s).logs.accepted, 0u);
}

TEST_F(LogsToCloudWatch, BalanceWithTheLedgerWhateverGoesWrong) {
  start({.poison = "poisoned"});
  // The first of each, then some by chance.
  fake_->next({Fault::missing, Fault::none, Fault::throttle, Fault::unavailable, Fault::reset_after,
               Fault::half_answer, Fault::slow, Fault::server_error});
  fake_->plan({.rates = {{Fault::throttle, 0.02},
                         {Fault::reset_before, 0.02},
                         {Fault::reset_after, 0.04},
                         {Fault::missing, 0.02},
                         {Fault::slow, 0.05}},
               .slow_for = 20ms,
               .seed = 11});
  Result<Telemetry> telemetry = make(variables());
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  constexpr int kThreads = 4;
  constexpr int kLines = 300;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const Logger log = telemetry->logger("thread").with({"thread", t});
      for (int i = 0; i < kLines; ++i) {
        if (t == 0 && i == 250) log.warn("poisoned");
        log.info("line", {"number", i});
        if (i % 100 == 99) telemetry->flush(5ms);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  const FlushReport report = telemetry->flush(100s);

  const FakeAwsLedger ledger = fake_->ledger();
  const Accounting& books = report.logs;
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(books.balance(), 0);
  EXPECT_EQ(books.accepted, std::uint64_t{kThreads * kLines + 1});
  EXPECT_EQ(books.rejected[Reason::invalid], 1u) << "the poison alone";
  EXPECT_EQ(books.acknowledged, std::uint64_t{kThreads * kLines});
  EXPECT_EQ(ledger.lines.size(), books.acknowledged) << "each line is there";
  const std::map<std::string, int> ids = ids_of(ledger);
  EXPECT_EQ(ids.size(), ledger.lines.size()) << "each line has an id of its own";
  EXPECT_EQ(ids.count(""), 0u);
  EXPECT_EQ(ledger.refused_events.size(), 0u);
  EXPECT_GT(ledger.faults.size(), 3u);
}

TEST_F(LogsToCloudWatch, AreNotLostWhileAPutIsSlow) {
  start();
  fake_->plan({.rates = {{Fault::slow, 1.0}}, .slow_for = 300ms});
  Result<Telemetry> telemetry = make(variables());
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 1'000; ++i) telemetry->logger().info("line", {"number", i});
    telemetry->flush(20ms);
  }

  const FlushReport report = telemetry->flush(60s);

  EXPECT_EQ(report.logs.acknowledged, 10'000u);
  EXPECT_EQ(report.logs.dropped.total(), 0u);
}

TEST_F(LogsToCloudWatch, ComeBackFromTheDiskAfterAKill) {
  if (kThreadSanitizer) GTEST_SKIP() << "it cannot follow threads of a fork's child";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Result<Telemetry> telemetry = make(kept());  // nobody listens
    if (!telemetry) ::_exit(1);
    for (int i = 0; i < 100; ++i) telemetry->logger().info("kept", {"number", i});
    if (telemetry->flush(20s).logs.durable != 100) ::_exit(2);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);

  start();
  Result<Telemetry> telemetry = make(kept());
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  wait_for_lines(*telemetry, 100);

  EXPECT_THAT(fake_->ledger().lines, SizeIs(100));
  EXPECT_THAT(ids_of(fake_->ledger()), SizeIs(100));
  EXPECT_EQ(fake_->ledger().duplicates(), 0u);
}

TEST_F(LogsToCloudWatch, ShareTheFolderWithTracesAndNotTheLog) {
  with_traces_ = true;
  Variables with = kept();
  with.emplace_back("AWS_ENDPOINT_URL_XRAY", "http://127.0.0.1:1");
  {
    Result<Telemetry> telemetry = make(with);
    ASSERT_TRUE(telemetry) << telemetry.error().to_string();
    telemetry->tracer().start("work").end();
    telemetry->logger().info("line");
    const FlushReport report = telemetry->flush(20s);
    EXPECT_EQ(report.accounting.durable, 1u);
    EXPECT_EQ(report.logs.durable, 1u);
  }

  start();
  with = kept();
  with.emplace_back("AWS_ENDPOINT_URL_XRAY", fake_->url());
  Result<Telemetry> telemetry = make(with);
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  wait_for_lines(*telemetry, 1);
  const Deadline soon = Deadline::after(Clock::system(), 20s);
  while (fake_->ledger().spans.empty() && !soon.passed(Clock::system().steady_now())) {
    telemetry->flush(20s);
  }

  EXPECT_THAT(fake_->ledger().lines, SizeIs(1));
  EXPECT_THAT(fake_->ledger().spans, SizeIs(1));
  EXPECT_THAT(fake_->ledger().refused_documents, IsEmpty()) << "no line went to X-Ray";
}

TEST_F(LogsToCloudWatch, AreDeliveredInAForkedChildToo) {
  if (kThreadSanitizer) GTEST_SKIP() << "it cannot follow threads of a fork's child";
  start();
  Result<Telemetry> telemetry = make(variables());
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();
  telemetry->logger().info("of the parent");
  ASSERT_TRUE(telemetry->flush(20s).complete);

  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    telemetry->logger().info("of the child");
    const FlushReport report = telemetry->flush(20s);
    ::_exit(report.complete && report.logs.dropped.total() == 0 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  const FakeAwsLedger ledger = fake_->ledger();
  ASSERT_THAT(ledger.log_events, SizeIs(2));
  EXPECT_NE(ledger.log_events[0].stream, ledger.log_events[1].stream);
  EXPECT_NE(ledger.log_events[0].message.substr(7, 16), ledger.log_events[1].message.substr(7, 16));
}

TEST_F(LogsToCloudWatch, HoldAnEndUpNoLongerThanItMayTake) {
  start();
  fake_->plan({.rates = {{Fault::slow, 1.0}}, .slow_for = 30s});
  const SteadyTime begin = Clock::system().steady_now();
  Accounting lines;
  {
    Result<Telemetry> telemetry = make(variables());
    ASSERT_TRUE(telemetry) << telemetry.error().to_string();
    for (int i = 0; i < 10; ++i) telemetry->logger().info("never answered");
    telemetry->flush(300ms);
    telemetry->shutdown(500ms, &lines);
  }

  EXPECT_LT(Clock::system().steady_now() - begin, 10s);
  EXPECT_EQ(lines.accepted, 10u);
  EXPECT_EQ(lines.balance(), 0);
  EXPECT_EQ(lines.in_flight, 0u);
}

TEST_F(LogsToCloudWatch, GoToAFileWhenTheEnvironmentSaysSo) {
  Variables with = variables();
  with[5].second = "file";
  EXPECT_EQ(make(with).error().code, ErrorCode::invalid_argument) << "no file is named";
  with.emplace_back("ALOFT_LOG_FILE", folder_ + "/lines.log");
  Result<Telemetry> telemetry = make(with);
  ASSERT_TRUE(telemetry) << telemetry.error().to_string();

  telemetry->logger().info("ready");

  EXPECT_EQ(telemetry->flush(20s).logs.sent, 1u);
  EXPECT_GT(std::filesystem::file_size(folder_ + "/lines.log"), 50u);
}

TEST_F(LogsToCloudWatch, GoToStandardOutputWhenTheFileCannotBeHad) {
  Variables with = variables();
  with[5].second = "file";
  with.emplace_back("ALOFT_LOG_FILE", folder_ + "/no such folder/lines.log");

  const Result<Telemetry> telemetry = make(with);

  ASSERT_TRUE(telemetry) << "traces do not pay for it: " << telemetry.error().to_string();
  ASSERT_THAT(said_.reports(), SizeIs(1));
  EXPECT_THAT(said_.reports()[0].message, HasSubstr("lines go to standard output instead"));
}

TEST_F(LogsToCloudWatch, SayWhatIsWrongBeforeAnythingRuns) {
  Variables with = variables();
  with.emplace_back("ALOFT_LOG_GROUP", "a b");
  EXPECT_EQ(make(with).error().code, ErrorCode::invalid_argument);
  with = variables();
  with[5].second = "fax";
  EXPECT_EQ(make(with).error().code, ErrorCode::invalid_argument);
  with.emplace_back("ALOFT_ENABLED", "0");
  EXPECT_TRUE(make(with)) << "switched off, nothing else is judged";
}

}  // namespace
}  // namespace aloft::aws
