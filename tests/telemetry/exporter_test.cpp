// SPDX-License-Identifier: Apache-2.0
// The contract of every exporter, and the one that CONTRIBUTING.md adds as its example.
#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/testing/exporter_contract.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>
#include <array>
#include <memory>
#include <string>

namespace aloft {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A pipe whose reader a test can keep, stall or close.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }
  std::string read_all() const {
    fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string text(1 << 20, '\0');
    const ssize_t size = read(ends_[0], text.data(), text.size());
    return text.substr(0, size > 0 ? static_cast<std::size_t>(size) : 0);
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST(Exporter, OfMemoryKeepsTheContract) {
  testing::MemoryExporter memory;
  EXPECT_THAT(testing::exporter_contract(*memory.exporter()), IsEmpty());
}

TEST(Exporter, OfTheDaemonKeepsTheContract) {
  testing::MemoryDiagnostics diagnostics;
  const auto exporter = xray_daemon_exporter({.address = "127.0.0.1:9"},
                                             {Clock::system(), Random::system(), diagnostics});
  EXPECT_THAT(testing::exporter_contract(**exporter), IsEmpty());
}

TEST(Exporter, ContractSeesAnExporterThatForgetsASpan) {
  class Forgetful final : public Exporter {
   public:
    void export_batch(const Batch& batch, ExportReport& report) noexcept override {
      if (!batch.traces.empty()) report.sent(batch.span_count() - 1);
    }
  };
  Forgetful forgetful;
  EXPECT_EQ(testing::exporter_contract(forgetful).size(), 5u);
}

TEST(Exporter, OfTheContributingGuideWorks) {
  Pipe pipe;
  Bench bench({.exporter = stdout_exporter(pipe.writer())});
  bench.tracer.start("one").end();
  bench.tracer.start("two").end();

  const FlushReport report = bench.flush();

  const std::string lines = pipe.read_all();
  EXPECT_THAT(lines, StartsWith("{\"trace_id\":\"1-67760225-"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_EQ(report.accounting.sent, 2u);
}

TEST(Exporter, OfTheContributingGuideKeepsTheContractWhenItsReaderIsSlowOrGone) {
  Pipe stalled;  // holds 64 KiB, and nobody reads
  EXPECT_THAT(testing::exporter_contract(*stdout_exporter(stalled.writer())), IsEmpty());

  Pipe gone;
  gone.close_reader();
  EXPECT_THAT(testing::exporter_contract(*stdout_exporter(gone.writer())), IsEmpty());
}

TEST(Exporter, EndsATornLineBeforeTheNextOne) {
  Pipe pipe;
  Bench bench({.exporter = stdout_exporter(pipe.writer())});
  {
    Span root = bench.tracer.start("torn");
    for (int i = 0; i < 20; ++i) {
      root.child("child").add_metadata("text", std::string(3'000, 'x'));
    }
  }
  bench.tracer.start("lost").end();
  bench.tracer.start("lost").end();
  bench.flush();
  static_cast<void>(pipe.read_all());
  bench.tracer.start("after").end();
  bench.flush();

  const std::string rest = pipe.read_all();
  EXPECT_NE(rest.find("\"name\":\"after\""), std::string::npos);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

}  // namespace
}  // namespace aloft
