// SPDX-License-Identifier: Apache-2.0
// Roots that are told of while they are open: when, how often, and that no book knows of it.
#include "bench_of_one.hpp"

#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {
namespace {

constexpr TraceContext kCaller{{0x5759e988bd862e3f, 0xe1be46a994272793}, {7}, Sampled::yes};

TelemetryOptions after(Nanoseconds age) {
  TelemetryOptions options;
  options.pipeline.in_progress_after = age;
  return options;
}

TEST(InProgress, IsNeverSaidUnlessAsked) {
  Bench bench;
  const Span root = bench.tracer.start("root");
  bench.clock.advance(std::chrono::hours(24));

  bench.flush();

  EXPECT_TRUE(root.recording());
  EXPECT_TRUE(bench.memory.in_progress().empty());
}

TEST(InProgress, IsSaidOnceOfARootThatIsOpenForSoLong) {
  Bench bench(after(seconds(30)));
  const WallTime start = bench.clock.now().wall;
  Span root = bench.tracer.start("batch", {.parent = kCaller, .kind = SpanKind::server});
  root.annotate("written", "behind its name");
  bench.clock.advance(seconds(30) - Nanoseconds(1));
  bench.flush();
  EXPECT_TRUE(bench.memory.in_progress().empty());

  bench.clock.advance(Nanoseconds(1));
  for (int round = 0; round < 3; ++round) bench.flush();

  ASSERT_EQ(bench.memory.in_progress().size(), 1u);
  const testing::SpanCopy told = bench.memory.in_progress()[0];
  EXPECT_EQ(told.name, "batch");
  EXPECT_EQ(told.id, root.id());
  EXPECT_EQ(told.trace_id, kCaller.trace_id);
  EXPECT_EQ(told.parent_id, kCaller.span_id);
  EXPECT_EQ(told.kind, SpanKind::server);
  EXPECT_EQ(told.start, start);
  EXPECT_TRUE(told.annotations.empty());
}

TEST(InProgress, IsFollowedByTheWholeSpanWithTheSameId) {
  Bench bench(after(seconds(1)));
  {
    Span root = bench.tracer.start("root");
    root.annotate("n", 1);
    bench.clock.advance(seconds(2));
    bench.flush();
  }
  bench.flush();

  ASSERT_EQ(bench.memory.spans().size(), 1u);
  EXPECT_EQ(bench.memory.spans()[0].id, bench.memory.in_progress().at(0).id);
  EXPECT_EQ(bench.memory.spans()[0].annotation("n"), "1");
  EXPECT_EQ(bench.memory.spans()[0].duration, seconds(2));
}

TEST(InProgress, IsInNoBook) {
  Bench bench(after(seconds(1)));
  Span root = bench.tracer.start("root");
  bench.clock.advance(seconds(2));

  const Accounting open = bench.flush().accounting;
  EXPECT_EQ(bench.telemetry.counters().in_progress, 1u);
  EXPECT_EQ(open.accepted, 1u);
  EXPECT_EQ(open.in_flight, 1u);
  EXPECT_EQ(open.acknowledged, 0u);
  EXPECT_EQ(open.unknown, 0u);
  EXPECT_EQ(open.balance(), 0);

  root.end();
  const Accounting ended = bench.flush().accounting;
  EXPECT_EQ(ended.acknowledged, 1u);
  EXPECT_EQ(ended.balance(), 0);
}

TEST(InProgress, IsNotSaidOfWhatHasEnded) {
  Bench bench(after(seconds(1)));
  { const Span root = bench.tracer.start("ended in time"); }
  bench.clock.advance(seconds(2));
  bench.flush();
  {
    const Span root = bench.tracer.start("ended before the round");
    bench.clock.advance(seconds(2));
  }

  bench.flush();

  EXPECT_TRUE(bench.memory.in_progress().empty());
  EXPECT_EQ(bench.memory.spans().size(), 2u);
}

TEST(InProgress, IsSaidOfSampledRootsAlone) {
  TelemetryOptions options = after(seconds(1));
  options.sampling_rate = 0;
  options.tail = {.kept_per_second = 10};
  Bench bench(std::move(options));
  Span candidate = bench.tracer.start("candidate");
  Span root = bench.tracer.start("root", {.parent = kCaller});
  Span child = root.child("child");
  bench.clock.advance(seconds(2));

  bench.flush();

  ASSERT_EQ(bench.memory.in_progress().size(), 1u);
  EXPECT_EQ(bench.memory.in_progress()[0].name, "root");
  EXPECT_TRUE(candidate.recording());
}

TEST(InProgress, IsNotSaidOfAChildThatOutlivedItsRoot) {
  Bench bench(after(seconds(1)));
  Span root = bench.tracer.start("root");
  root.end();
  Span later = root.child("later");
  bench.clock.advance(seconds(2));

  bench.flush();

  EXPECT_TRUE(later.recording());
  EXPECT_TRUE(bench.memory.in_progress().empty());
}

TEST(InProgress, IsSaidOfTheOldestFirstWhicheverEndsBetween) {
  Bench bench(after(seconds(10)));
  std::vector<Span> roots;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    roots.push_back(bench.tracer.start(name));
    bench.clock.advance(seconds(1));
  }
  bench.flush();
  roots[0].end();
  roots[2].end();
  roots[4].end();
  bench.clock.advance(seconds(7));  // "b" is eleven seconds old, "d" nine
  bench.flush();
  ASSERT_EQ(bench.memory.in_progress().size(), 1u);
  EXPECT_EQ(bench.memory.in_progress()[0].name, "b");
  Span fresh = bench.tracer.start("f");
  bench.clock.advance(seconds(10));
  bench.flush();

  ASSERT_EQ(bench.memory.in_progress().size(), 3u);
  EXPECT_EQ(bench.memory.in_progress()[1].name, "d");
  EXPECT_EQ(bench.memory.in_progress()[2].name, "f");
  EXPECT_EQ(bench.memory.spans().size(), 3u);
}

TEST(InProgress, IsSaidOfManyAtOnce) {
  Bench bench(after(seconds(1)));
  std::vector<Span> roots;
  for (int i = 0; i < 200; ++i) roots.push_back(bench.tracer.start("root"));
  bench.clock.advance(seconds(1));

  bench.flush();

  EXPECT_EQ(bench.memory.in_progress().size(), 200u);
  EXPECT_EQ(bench.telemetry.counters().in_progress, 200u);
  roots.clear();
  EXPECT_EQ(bench.flush().accounting.acknowledged, 200u);
}

TEST(InProgress, OfALongNameIsCutLikeTheWhole) {
  Bench bench(after(seconds(1)));
  const std::string name = std::string(199, 'n') + "\xC3\xA9 and, more";
  const Span root = bench.tracer.start(name);
  bench.clock.advance(seconds(1));

  bench.flush();

  EXPECT_EQ(bench.memory.in_progress().at(0).name, std::string(199, 'n'));
}

// Memory of a block is given back by whoever is last, also when its telemetry has gone.
TEST(InProgress, LeavesNothingBehindWhoeverEndsFirst) {
  for (int life = 0; life < 3; ++life) {
    Bench bench(after(seconds(1)));
    std::vector<Span> open;
    for (int i = 0; i < 300; ++i) open.push_back(bench.tracer.start("root"));
    if (life == 1) bench.flush();
    bench.clock.advance(seconds(life));
    const Accounting books = bench.telemetry.shutdown(seconds(1));
    EXPECT_EQ(books.dropped[Reason::owner_gone], 300u);
    open.clear();

    // The pool of 4 MiB has room for 512 again.
    Bench next(after(seconds(1)));
    for (int i = 0; i < 500; ++i) open.push_back(next.tracer.start("again"));
    EXPECT_EQ(next.telemetry.accounting().dropped.total(), 0u);
  }
}

TEST(InProgress, IsNothingThatAForkedChildTellsOfItsParent) {
  Bench bench(after(seconds(1)));
  Span root = bench.tracer.start("of the parent");
  const pid_t child = fork();
  if (child == 0) {
    Span own = bench.tracer.start("of the child");
    bench.clock.advance(seconds(1));
    bench.flush();
    const auto told = bench.memory.in_progress();
    const bool good = told.size() == 1 && told[0].name == "of the child";
    root.end();
    own.end();
    _exit(good && bench.flush().accounting.balance() == 0 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);

  bench.clock.advance(seconds(1));
  bench.flush();
  EXPECT_EQ(bench.memory.in_progress().at(0).name, "of the parent");
}

// Told of, ended and given back from many threads while the backend runs beside them.
TEST(InProgress, MeetsThreadsThatBeginAndEnd) {
  testing::MemoryExporter memory;
  TelemetryOptions options = after(milliseconds(100));
  options.service_name = "payments";
  options.exporter = memory.exporter();
  Telemetry telemetry = *Telemetry::create(std::move(options));
  Span old = telemetry.tracer().start("old");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, tracer = telemetry.tracer()] {
      for (int work = 0; work < 2'000; ++work) {
        Span root = tracer.start("work");
        Span child = root.child("step");
        child.annotate("n", work);
        root.annotate("n", work);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Deadline patience = Deadline::after(Clock::system(), seconds(20));
  while (memory.in_progress().empty() && !patience.passed(Clock::system().steady_now())) {
    telemetry.flush(seconds(1));
  }
  EXPECT_EQ(memory.in_progress().at(0).name, "old");
  old.end();
  const Accounting books = telemetry.shutdown(seconds(20));
  EXPECT_EQ(books.accepted, 16'001u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(InProgress, IsTakenFromTheEnvironmentInSeconds) {
  const auto age = [](const char* word) {
    const auto environment = Environment::of({{"ALOFT_IN_PROGRESS_AFTER", word}});
    return with_environment(after(seconds(5)), environment).pipeline.in_progress_after;
  };

  EXPECT_EQ(age("30"), seconds(30));
  EXPECT_EQ(age("0"), seconds(0));
  EXPECT_EQ(age(""), seconds(5));
  EXPECT_EQ(age("-1"), seconds(5));
  EXPECT_EQ(age("soon"), seconds(5));
  EXPECT_EQ(age("99999999999999"), seconds(5));
}

TEST(InProgress, TooSoonIsRefused) {
  for (const Nanoseconds age : {Nanoseconds(-1), Nanoseconds(milliseconds(99))}) {
    const auto made = Telemetry::create(after(age));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
  }
}

SpanRecord open_root() {
  SpanRecord root;
  root.name = "batch";
  root.id = {0x53995c3f42cd8ad8};
  root.parent_id = {7};
  root.start = WallTime(std::chrono::nanoseconds(1'763'812'345'123'456'789));
  root.in_progress = true;
  return root;
}

// The members that X-Ray's guide gives a segment in progress, and who we are.
TEST(InProgress, DocumentHasNoEnd) {
  const SpanRecord spans[] = {open_root()};
  const TraceRecord trace{kCaller.trace_id, true, spans};
  Resource resource{"payments", ""};
  resource.runtime = nullptr;
  XRayDocumentWriter writer;
  writer.begin(resource, trace);

  EXPECT_EQ(writer.next()->text,
            R"({"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"53995c3f42cd8ad8",)"
            R"("parent_id":"0000000000000007","name":"batch","start_time":1763812345.123456,)"
            R"("in_progress":true,"aws":{"xray":{"sdk":"aloft for C++","sdk_version":"0.1.0"}}})");
}

TEST(InProgress, IsALineOfStdout) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  {
    const auto exporter = stdout_exporter(ends[1]);
    const SpanRecord spans[] = {open_root()};
    const TraceRecord traces[] = {{kCaller.trace_id, true, spans}};
    const Resource resource{"payments", ""};
    ExportReport report;
    exporter->export_batch({resource, {}, traces}, report);
    EXPECT_EQ(report.in_progress_count(), 1u);
    EXPECT_EQ(report.total(), 0u);
  }
  std::string line(4'096, '\0');
  line.resize(static_cast<std::size_t>(read(ends[0], line.data(), line.size())));
  close(ends[0]);
  close(ends[1]);

  EXPECT_NE(line.find(R"("in_progress":true)"), std::string::npos) << line;
  EXPECT_EQ(line.back(), '\n');
}

}  // namespace
}  // namespace aloft
