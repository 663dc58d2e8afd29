// SPDX-License-Identifier: Apache-2.0
#include "telemetry/bench_of_one.hpp"
#include "telemetry/in_child.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace aloft {
namespace {

std::size_t entries(const char* folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

/// Holds every batch until it is let go.
class Stuck final : public Exporter {
 public:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    bool reached = false;
  };
  explicit Stuck(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    std::unique_lock lock(gate_->mutex);
    gate_->reached = true;
    gate_->changed.notify_all();
    gate_->changed.wait(lock, [this] { return gate_->open; });
    report.acknowledged(batch.span_count());
  }

 private:
  std::shared_ptr<Gate> gate_;
};

void open(Stuck::Gate& gate) {
  const std::lock_guard lock(gate.mutex);
  gate.open = true;
  gate.changed.notify_all();
}

TEST(Telemetry, FlushSendsEverythingThatHasEnded) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::create({.service_name = "test", .exporter = memory.exporter()});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("one").end();
  Span open_one = telemetry->tracer().start("open");

  const FlushReport report = telemetry->flush(seconds(10));

  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.accounting.acknowledged, 1u);
  EXPECT_EQ(report.accounting.in_flight, 1u);
  EXPECT_EQ(memory.spans().size(), 1u);
}

TEST(Telemetry, FlushTellsWhatWasNotSentByTheDeadline) {
  const auto gate = std::make_shared<Stuck::Gate>();
  auto telemetry =
      Telemetry::create({.service_name = "test", .exporter = std::make_unique<Stuck>(gate)});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("one").end();

  const FlushReport late = telemetry->flush(milliseconds(20));
  open(*gate);
  const FlushReport done = telemetry->flush(seconds(10));

  EXPECT_FALSE(late.complete);
  EXPECT_EQ(late.accounting.in_flight, 1u);
  EXPECT_EQ(late.accounting.acknowledged, 0u);
  EXPECT_TRUE(done.complete);
  EXPECT_EQ(done.accounting.acknowledged, 1u);
}

TEST(Telemetry, ExitNeverWaitsForAnExporterThatHangs) {
  const auto gate = std::make_shared<Stuck::Gate>();
  auto telemetry =
      Telemetry::create({.service_name = "test", .exporter = std::make_unique<Stuck>(gate)});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("one").end();
  EXPECT_FALSE(telemetry->flush(milliseconds(20)).complete);

  const Accounting books = telemetry->shutdown(milliseconds(20));

  EXPECT_EQ(books.accepted, 1u);
  EXPECT_EQ(books.dropped[Reason::owner_gone], 1u);
  EXPECT_EQ(books.balance(), 0);
  open(*gate);  // the thread it left behind ends by itself
}

TEST(Telemetry, ShutdownSendsTheRestAndClosesTheBooks) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::create({.service_name = "test", .exporter = memory.exporter()});
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("ended").end();
  Span open_one = telemetry->tracer().start("open");

  const Accounting books = telemetry->shutdown(seconds(10));

  EXPECT_EQ(books.accepted, 2u);
  EXPECT_EQ(books.acknowledged, 1u);
  EXPECT_EQ(books.dropped[Reason::owner_gone], 1u);
  EXPECT_EQ(books.balance(), 0);
  EXPECT_FALSE(telemetry->enabled());
  EXPECT_EQ(telemetry->shutdown(seconds(1)).accepted, 0u);
}

TEST(Telemetry, ShutdownSendsWhatHasEndedEvenWhereAChildIsOpen) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::create({.service_name = "test", .exporter = memory.exporter()});
  ASSERT_TRUE(telemetry);
  Span root = telemetry->tracer().start("root");
  Span background = root.child("background");
  root.child("done").end();
  root.end();

  const Accounting books = telemetry->shutdown(seconds(10));
  background.end();

  EXPECT_EQ(books.acknowledged, 2u);
  EXPECT_EQ(books.dropped[Reason::owner_gone], 1u);
  EXPECT_EQ(memory.spans().size(), 2u);
}

TEST(Telemetry, ManyOfThemComeAndGoWhileSpansOfFormerOnesAreUsed) {
  std::atomic<bool> stop{false};
  std::optional<Telemetry> current(*Telemetry::create({.service_name = "first"}));
  Span former = current->tracer().start("former");
  std::thread user([&] {
    while (!stop.load()) former.child("late").end();
  });
  for (int i = 0; i < 200; ++i) {
    current.reset();
    current.emplace(*Telemetry::create({.service_name = "next"}));
  }
  stop.store(true);
  user.join();

  EXPECT_EQ(current->shutdown(seconds(10)).balance(), 0);
}

TEST(Telemetry, FlushWithoutADeadlineWaitsForEver) {
  EXPECT_EQ(Deadline::after(Clock::system(), Nanoseconds::max()), Deadline::never());
}

TEST(Telemetry, SendsWithinTheFlushIntervalWithoutBeingAsked) {
  class Signal final : public Exporter {
   public:
    explicit Signal(std::shared_ptr<Stuck::Gate> gate) : gate_(std::move(gate)) {}
    void export_batch(const Batch& batch, ExportReport& report) noexcept override {
      report.sent(batch.span_count());
      const std::lock_guard lock(gate_->mutex);
      gate_->reached = true;
      gate_->changed.notify_all();
    }

   private:
    std::shared_ptr<Stuck::Gate> gate_;
  };
  const auto gate = std::make_shared<Stuck::Gate>();
  auto telemetry =
      Telemetry::create({.service_name = "test", .exporter = std::make_unique<Signal>(gate)});
  ASSERT_TRUE(telemetry);

  telemetry->tracer().start("one").end();

  std::unique_lock lock(gate->mutex);
  EXPECT_TRUE(gate->changed.wait_for(lock, seconds(10), [&] { return gate->reached; }));
}

TEST(Telemetry, SwitchedOffOwnsNoThreadAndNoSocket) {
  const std::size_t threads = entries("/proc/self/task");
  const std::size_t files = entries("/proc/self/fd");

  auto telemetry = Telemetry::from_environment({.service_name = "test"},
                                               Environment::of({{"ALOFT_ENABLED", "0"}}));
  ASSERT_TRUE(telemetry);
  telemetry->tracer().start("root").end();

  EXPECT_FALSE(telemetry->enabled());
  EXPECT_EQ(entries("/proc/self/task"), threads);
  EXPECT_EQ(entries("/proc/self/fd"), files);
  EXPECT_TRUE(telemetry->flush(seconds(1)).complete);
  EXPECT_EQ(telemetry->accounting().accepted, 0u);
}

TEST(Telemetry, ObeysTheKillSwitchOfTheXRaySdks) {
  auto telemetry = Telemetry::from_environment(
      {.service_name = "test"}, Environment::of({{"AWS_XRAY_SDK_ENABLED", "FALSE"}}));
  ASSERT_TRUE(telemetry);

  EXPECT_FALSE(telemetry->enabled());
}

TEST(Telemetry, TakesItsTraceHeadersFromTheEnvironment) {
  const auto headers = [](std::vector<std::pair<std::string, std::string>> variables) {
    return with_environment({.trace_headers = {HeaderFormats::xray, HeaderFormats::w3c}},
                            Environment::of(std::move(variables)))
        .trace_headers;
  };

  EXPECT_EQ(headers({}), (TraceHeaders{HeaderFormats::xray, HeaderFormats::w3c}));
  EXPECT_EQ(headers({{"ALOFT_TRACE_HEADERS", "w3c,xray"}}),
            (TraceHeaders{HeaderFormats::w3c_then_xray, HeaderFormats::w3c_then_xray}));
  EXPECT_EQ(headers({{"ALOFT_TRACE_HEADERS", "xray"}, {"OTEL_PROPAGATORS", "tracecontext"}}),
            (TraceHeaders{HeaderFormats::xray, HeaderFormats::xray}));
  EXPECT_EQ(headers({{"OTEL_PROPAGATORS", "tracecontext,baggage"}}),
            (TraceHeaders{HeaderFormats::w3c, HeaderFormats::w3c}));
  EXPECT_EQ(headers({{"ALOFT_TRACE_HEADERS_WRITTEN", "none"}}),
            (TraceHeaders{HeaderFormats::xray, HeaderFormats::none}));
  EXPECT_EQ(headers({{"OTEL_PROPAGATORS", "b3,jaeger"}}),
            (TraceHeaders{HeaderFormats::xray, HeaderFormats::w3c}));
}

TEST(Telemetry, TakesNoTypingErrorForAnAnswer) {
  const auto error_of = [](const char* name, const char* value) {
    const auto made = Telemetry::from_environment({}, Environment::of({{name, value}}));
    return made ? "" : made.error().to_string();
  };
  constexpr const char* kRemedy =
      " has a word that names no trace header (use xray, w3c, both with a comma between them, or "
      "none)";

  for (const char* wrong : {"x-ray", "xray,w3", "xray,,w3c", ",", "xray w3c", "b3"}) {
    EXPECT_EQ(error_of("ALOFT_TRACE_HEADERS", wrong),
              std::string("invalid_argument: ALOFT_TRACE_HEADERS") + kRemedy)
        << wrong;
  }
  EXPECT_EQ(error_of("ALOFT_TRACE_HEADERS_WRITTEN", "non"),
            std::string("invalid_argument: ALOFT_TRACE_HEADERS_WRITTEN") + kRemedy);
  EXPECT_EQ(error_of("ALOFT_TRACE_HEADERS", " W3C , xray"), "");
  EXPECT_EQ(error_of("OTEL_PROPAGATORS", "b3,tracecontext"), "");  // others are skipped there
}

TEST(Telemetry, SwitchedOffJudgesNothingOfABadEnvironment) {
  for (const char* kill_switch : {"ALOFT_ENABLED", "AWS_XRAY_SDK_ENABLED"}) {
    auto telemetry = Telemetry::from_environment(
        {}, Environment::of({{kill_switch, "0"},
                             {"ALOFT_TRACE_HEADERS", "no header"},
                             {"AWS_XRAY_DAEMON_ADDRESS", "no address"},
                             {"AWS_XRAY_TRACING_NAME", "no <name> for X-Ray"}}));
    ASSERT_TRUE(telemetry) << kill_switch << ": " << telemetry.error().message;
    EXPECT_FALSE(telemetry->enabled());
  }
  EXPECT_TRUE(Telemetry::create({.enabled = false,
                                 .sampling_rate = 2,
                                 .default_annotations = {{"", "without a key"}},
                                 .pipeline = {.queue_limit_bytes = 0}}));
}

TEST(Telemetry, CanBeSwitchedOffAndOnWhileItRuns) {
  Bench bench;
  Span open_one = bench.tracer.start("open");

  bench.telemetry.set_enabled(false);
  bench.tracer.start("while off").end();
  open_one.end();  // open ones still end
  bench.telemetry.set_enabled(true);
  bench.tracer.start("on again").end();
  bench.flush();

  EXPECT_EQ(bench.telemetry.accounting().accepted, 2u);
  EXPECT_EQ(bench.memory.span("open").name, "open");
  EXPECT_EQ(bench.memory.span("on again").name, "on again");
}

TEST(Telemetry, CountsWhatAnExporterDoesNotAccountForAsUnknown) {
  Bench bench;
  bench.memory.answer(testing::MemoryExporter::Answer::say_nothing);
  bench.tracer.start("one").end();

  const FlushReport report = bench.flush();

  EXPECT_EQ(report.accounting.unknown, 1u);
  EXPECT_EQ(report.accounting.balance(), 0);
}

TEST(Telemetry, CountsWhatTheReceiverRejects) {
  Bench bench;
  bench.memory.answer(testing::MemoryExporter::Answer::reject);
  bench.tracer.start("one").end();

  const FlushReport report = bench.flush();

  EXPECT_EQ(report.accounting.rejected[Reason::invalid], 1u);
  EXPECT_EQ(report.accounting.balance(), 0);
}

TEST(Accounting, AgreesWithTheLedgerOfTheReceiver) {
  Bench bench;
  for (int i = 0; i < 100; ++i) {
    Span root = bench.tracer.start("root");
    for (int child = 0; child < i % 4; ++child) root.child("child").end();
    if (i % 10 == 0) bench.flush();
  }
  bench.flush();

  EXPECT_EQ(bench.telemetry.accounting().acknowledged, 250u);
  EXPECT_EQ(bench.memory.spans().size(), 250u);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

// ThreadSanitizer cannot follow a thread that is started in the child of a process with threads;
// under it the child's pipeline is driven by hand. Every other build has the thread.
#if defined(__SANITIZE_THREAD__)
constexpr Threading kForkThreading = Threading::manual;
#else
constexpr Threading kForkThreading = Threading::background;
#endif

TEST(Telemetry, ChildOfAForkStartsEmptyWithNewIds) {
  testing::MemoryExporter memory;
  auto telemetry = Telemetry::create({.service_name = "fork",
                                      .exporter = memory.exporter(),
                                      .pipeline = {.threading = kForkThreading}});
  ASSERT_TRUE(telemetry);
  Span before = telemetry->tracer().start("before");
  Span finished = telemetry->tracer().start("finished");

  const int verdict = in_child([&] {
    if (telemetry->accounting().accepted != 2) return 1;
    if (telemetry->accounting().dropped[Reason::forked] != 2) return 2;
    before.end();  // begun by the parent: not the child's to send
    Span own = telemetry->tracer().start("own");
    own.end();
    const FlushReport report = telemetry->flush(seconds(10));
    if (!report.complete) return 3;
    if (report.accounting.acknowledged != 1) return 4;
    if (report.accounting.balance() != 0) return 5;
    if (memory.spans().size() != 1 || memory.spans()[0].name != "own") return 6;
    return telemetry->shutdown(seconds(10)).acknowledged == 1 ? 0 : 7;
  });
  before.end();
  finished.end();
  const FlushReport report = telemetry->flush(seconds(10));

  EXPECT_EQ(verdict, 0);
  EXPECT_EQ(report.accounting.acknowledged, 2u);  // the parent lost nothing
  EXPECT_EQ(report.accounting.balance(), 0);
}

TEST(Telemetry, ForkWhileAnExportHangsLeavesTheChildOffAndAlive) {
  const auto gate = std::make_shared<Stuck::Gate>();
  testing::MemoryDiagnostics diagnostics;
  auto telemetry =
      Telemetry::create({.service_name = "fork", .exporter = std::make_unique<Stuck>(gate)},
                        {Clock::system(), Random::system(), diagnostics});
  ASSERT_TRUE(telemetry);
  Span before = telemetry->tracer().start("before");
  for (int i = 0; i < 100; ++i) telemetry->tracer().start("one").end();
  EXPECT_FALSE(telemetry->flush(milliseconds(20)).complete);

  const int verdict = in_child([&] {
    if (telemetry->enabled()) return 1;
    telemetry->tracer().start("own").end();
    before.child("late").end();
    telemetry->set_enabled(true);
    telemetry->tracer().start("own").end();
    if (telemetry->enabled()) return 2;
    if (telemetry->flush(milliseconds(1)).complete) return 3;
    if (telemetry->shutdown(seconds(60)).balance() != 0) return 4;  // at once, and without a hang
    return diagnostics.reports().size() == 1 ? 0 : 5;
  });
  open(*gate);

  EXPECT_EQ(verdict, 0);
  EXPECT_TRUE(telemetry->flush(seconds(10)).complete);
}

}  // namespace
}  // namespace aloft
