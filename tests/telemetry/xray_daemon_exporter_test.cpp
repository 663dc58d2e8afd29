// SPDX-License-Identifier: Apache-2.0
#include "telemetry/bench_of_one.hpp"
#include "telemetry/export/udp_socket.hpp"
#include "udp_daemon.hpp"

#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <string>
#include <vector>

namespace aloft {
namespace {

TelemetryOptions to(const Daemon& daemon, testing::MemoryDiagnostics& diagnostics) {
  return {.exporter = std::move(*xray_daemon_exporter(
              {.address = daemon.address()}, {Clock::system(), Random::system(), diagnostics}))};
}

TEST(UdpExporter, SendsOneDatagramPerRequest) {
  Daemon daemon;
  testing::MemoryDiagnostics diagnostics;
  Bench bench(to(daemon, diagnostics));
  {
    Span root = bench.tracer.start("root");
    root.child("one").end();
    root.child("two").end();
  }

  const FlushReport report = bench.flush();

  const std::vector<std::string> datagrams = daemon.datagrams();
  ASSERT_EQ(datagrams.size(), 1u);
  EXPECT_TRUE(datagrams[0].starts_with("{\"format\":\"json\",\"version\":1}\n{\"trace_id\":\"1-"));
  EXPECT_EQ(report.accounting.sent, 3u);
  EXPECT_EQ(report.accounting.balance(), 0);
}

TEST(UdpExporter, CountsARefusalOnTheDatagramItBelongsTo) {
  Daemon daemon;
  testing::MemoryDiagnostics diagnostics;
  Bench bench(to(daemon, diagnostics));
  daemon.kill();
  bench.tracer.start("lost").end();
  EXPECT_EQ(bench.flush().accounting.dropped[Reason::refused], 1u);

  daemon.restart();
  bench.tracer.start("found").end();
  const FlushReport report = bench.flush();

  EXPECT_EQ(report.accounting.sent, 1u);
  EXPECT_EQ(report.accounting.dropped[Reason::refused], 1u);
  ASSERT_EQ(daemon.datagrams().size(), 1u);
}

TEST(UdpExporter, AccountsForAnAbsentKilledAndRestartedDaemon) {
  Daemon daemon;
  testing::MemoryDiagnostics diagnostics;
  Bench bench(to(daemon, diagnostics));
  std::size_t received = 0;
  for (int phase = 0; phase < 6; ++phase) {
    const bool away = phase % 2 == 1;
    if (away) daemon.kill();
    for (int i = 0; i < 10; ++i) {
      Span root = bench.tracer.start("root");
      root.child("child").end();
    }
    bench.flush();
    if (!away) received += daemon.datagrams().size();
    if (away) daemon.restart();
  }

  const Accounting books = bench.telemetry.accounting();
  EXPECT_EQ(received, 30u);
  EXPECT_EQ(books.sent, 60u);  // two spans a datagram
  EXPECT_EQ(books.dropped[Reason::refused], 60u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(UdpExporter, SaysOnceThatNobodyListens) {
  Daemon daemon;
  testing::MemoryDiagnostics diagnostics;
  Bench bench(to(daemon, diagnostics));
  daemon.kill();
  for (int i = 0; i < 5; ++i) {
    bench.tracer.start("lost").end();
    bench.flush();
  }

  ASSERT_EQ(diagnostics.reports().size(), 1u);
  EXPECT_EQ(diagnostics.reports()[0].code, ErrorCode::unavailable);
}

TEST(UdpExporter, CountsSpansForANameWithoutAnAddress) {
  testing::MemoryDiagnostics diagnostics;
  testing::ManualClock clock;
  Bench bench(
      {.exporter = std::move(*xray_daemon_exporter({.address = "no-such-host.invalid:2000"},
                                                   {clock, Random::system(), diagnostics}))});
  bench.tracer.start("one").end();
  bench.tracer.start("two").end();

  const FlushReport report = bench.flush();

  EXPECT_EQ(report.accounting.dropped[Reason::unresolved], 2u);
  EXPECT_EQ(report.accounting.balance(), 0);
}

TEST(UdpExporter, LooksUpAgainAtOnceAfterAFork) {
  Daemon daemon;
  testing::MemoryDiagnostics diagnostics;
  Bench bench(to(daemon, diagnostics));
  bench.tracer.start("parent").end();
  bench.flush();

  const pid_t child = fork();
  if (child == 0) {
    bench.tracer.start("child").end();
    _exit(bench.flush().accounting.sent == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(daemon.datagrams().size(), 2u);
}

TEST(UdpExporter, SplitsATraceThatDoesNotFitOneDatagram) {
  Daemon daemon;
  testing::MemoryDiagnostics diagnostics;
  Bench bench(to(daemon, diagnostics));
  {
    Span root = bench.tracer.start("root");
    for (int i = 0; i < 40; ++i) {
      root.child("child").add_metadata("text", std::string(3'000, 'x'));
    }
  }

  const FlushReport report = bench.flush();

  const std::vector<std::string> datagrams = daemon.datagrams();
  EXPECT_EQ(datagrams.size(), 21u);  // twenty children leave, the root keeps as many
  for (const std::string& datagram : datagrams) EXPECT_LE(datagram.size(), kMaxDatagramBytes);
  EXPECT_EQ(report.accounting.sent, 41u);
  EXPECT_EQ(bench.telemetry.counters().documents_split, 1u);
}

TEST(DaemonAddress, TakesTheFormsOfTheXRaySdks) {
  const auto parsed = [](std::string_view text) {
    return parse_daemon_address(text).value_or(HostAndPort{});
  };

  EXPECT_EQ(parsed("127.0.0.1:2000"), (HostAndPort{"127.0.0.1", 2000}));
  EXPECT_EQ(parsed("xray:2001"), (HostAndPort{"xray", 2001}));
  EXPECT_EQ(parsed("[::1]:2000"), (HostAndPort{"::1", 2000}));
  EXPECT_EQ(parsed("tcp:a:1 udp:b:2"), (HostAndPort{"b", 2}));
  EXPECT_EQ(parsed("udp:b:2 tcp:a:1"), (HostAndPort{"b", 2}));
  EXPECT_EQ(parsed("udp:b:2"), (HostAndPort{"b", 2}));
}

TEST(DaemonAddress, RefusesEverythingElseWithoutQuotingIt) {
  for (const std::string_view text :
       {"", "2000", "host", "host:", "host:0", "host:65536", "::1:2000", ":2000", "tcp:a:1",
        "tcp:a:1 tcp:b:2", "host:2000x"}) {
    const Result<HostAndPort> address = parse_daemon_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().message, "the X-Ray daemon's address is malformed");
  }
}

}  // namespace
}  // namespace aloft
