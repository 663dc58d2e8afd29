// SPDX-License-Identifier: Apache-2.0
// Many documents with one system call: each is a datagram of its own, and no book changes.
#include "bench_of_one.hpp"
#include "telemetry/export/offload.hpp"
#include "udp_daemon.hpp"

#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
namespace {

constexpr std::string_view kHeader = kXRayDaemonHeader;

/// Refuses what it is asked to send, or sends nothing and says that the kernel has it.
class ScriptedOffload final : public Offload {
 public:
  explicit ScriptedOffload(SendOutcome outcome) : outcome_(outcome) {}
  bool serves(const UdpSocket& /*socket*/) override { return true; }
  bool add(const XRayDocument& document) override {
    if (texts_.size() == kMost) return false;
    texts_.emplace_back(std::make_unique<std::string>(document.text));
    documents_.push_back({*texts_.back(), document.spans});
    return true;
  }
  SendOutcome send(UdpSocket& /*socket*/) override { return outcome_; }
  const std::vector<XRayDocument>& documents() override { return documents_; }
  void clear() override {
    documents_.clear();
    texts_.clear();
  }

 private:
  static constexpr std::size_t kMost = 4;
  SendOutcome outcome_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<XRayDocument> documents_;
};

TelemetryOptions offloading(const Daemon& daemon) {
  TelemetryOptions options;
  options.exporter = *xray_offload_exporter({.address = daemon.address()});
  return options;
}

TelemetryOptions scripted(const Daemon& daemon, SendOutcome outcome) {
  TelemetryOptions options;
  options.exporter = std::make_unique<OffloadingExporter>(
      *parse_daemon_address(daemon.address()), Platform::system(),
      std::make_unique<ScriptedOffload>(outcome));
  return options;
}

/// Roots whose documents differ in length by up to 40 bytes.
std::set<std::string> send_some(Bench& bench, int count) {
  std::set<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const Span root = bench.tracer.start("r" + std::string(static_cast<std::size_t>(i % 41), 'x'));
    ids.insert(std::string(root.id().text().view()));
  }
  return ids;
}

std::string id_in(const std::string& datagram) {
  constexpr std::string_view kMember = R"("id":")";
  return datagram.substr(datagram.find(kMember) + kMember.size(), 16);
}

bool is_padded(const std::string& datagram) { return datagram.back() == ' '; }

TEST(Offload, SendsADatagramForEachDocumentWithBlanksBehindIt) {
  const Daemon daemon;
  Bench bench(offloading(daemon));

  const std::set<std::string> made = send_some(bench, 60);
  const FlushReport report = bench.flush();

  std::set<std::string> received;
  const std::vector<std::string> datagrams = daemon.datagrams();
  for (const std::string& datagram : datagrams) {
    EXPECT_TRUE(datagram.starts_with(kHeader));
    const std::size_t end = datagram.find_last_not_of(' ');
    EXPECT_EQ(datagram[end], '}');
    EXPECT_EQ(datagram.find('\n', kHeader.size()), std::string::npos);
    received.insert(id_in(datagram));
  }
  EXPECT_EQ(datagrams.size(), 60u);
  EXPECT_EQ(received, made);
  // One call: all but the last have the size of the longest.
  EXPECT_GT(std::count_if(datagrams.begin(), datagrams.end(), is_padded), 50);
  EXPECT_EQ(report.accounting.sent, 60u);
  EXPECT_EQ(report.accounting.balance(), 0);
  EXPECT_EQ(bench.telemetry.counters().offloads_refused, 0u);
}

TEST(Offload, OfOneDocumentIsAsWithoutIt) {
  const Daemon daemon;
  Bench bench(offloading(daemon));

  bench.tracer.start("alone").end();
  bench.flush();

  const std::vector<std::string> datagrams = daemon.datagrams();
  ASSERT_EQ(datagrams.size(), 1u);
  EXPECT_EQ(datagrams[0].back(), '}');
}

TEST(Offload, PadsNoDocumentToMoreThanTwiceItsLength) {
  const Daemon daemon;
  Bench bench(offloading(daemon));
  for (int i = 0; i < 6; ++i) {
    Span root = bench.tracer.start("root");
    if (i % 2 == 0) root.add_metadata("text", std::string(3'000, 'x'));
  }

  bench.flush();

  const std::vector<std::string> datagrams = daemon.datagrams();
  EXPECT_EQ(datagrams.size(), 6u);
  EXPECT_EQ(std::count_if(datagrams.begin(), datagrams.end(), is_padded), 0);
}

TEST(Offload, LargeDocumentsGoInSeveralCallsAndNoneIsLost) {
  const Daemon daemon;
  Bench bench(offloading(daemon));
  std::uint64_t sent = 0;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 9; ++i) {
      Span root = bench.tracer.start("root");
      for (const char* key : {"a", "b", "c"}) root.add_metadata(key, std::string(3'500, 'x'));
    }
    bench.flush();
    sent += daemon.datagrams().size();
  }

  EXPECT_EQ(sent, 36u);
  EXPECT_EQ(bench.telemetry.accounting().sent, 36u);
}

TEST(Offload, ARefusalIsOfAllThatWentWithOneCall) {
  Daemon daemon;
  Bench bench(offloading(daemon));
  send_some(bench, 10);
  EXPECT_EQ(bench.flush().accounting.sent, 10u);
  daemon.kill();
  send_some(bench, 20);
  EXPECT_EQ(bench.flush().accounting.dropped[Reason::refused], 20u);

  daemon.restart();
  send_some(bench, 10);
  const Accounting books = bench.flush().accounting;

  EXPECT_EQ(daemon.datagrams().size(), 10u);
  EXPECT_EQ(books.sent, 20u);
  EXPECT_EQ(books.dropped[Reason::refused], 20u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(Offload, ThatTheKernelRefusesIsCountedOnceAndDocumentsGoAlone) {
  const Daemon daemon;
  Bench bench(scripted(daemon, SendOutcome::unsupported));

  const std::set<std::string> made = send_some(bench, 9);
  bench.flush();
  send_some(bench, 9);
  const Accounting books = bench.flush().accounting;

  const std::vector<std::string> datagrams = daemon.datagrams();
  EXPECT_EQ(datagrams.size(), 18u);
  EXPECT_EQ(std::count_if(datagrams.begin(), datagrams.end(), is_padded), 0);
  EXPECT_EQ(books.sent, 18u);
  EXPECT_EQ(books.balance(), 0);
  EXPECT_EQ(bench.telemetry.counters().offloads_refused, 1u);
}

TEST(Offload, ThatFailsDropsAllThatWentWithOneCall) {
  const Daemon daemon;
  Bench bench(scripted(daemon, SendOutcome::failed));

  send_some(bench, 8);
  const Accounting books = bench.flush().accounting;

  EXPECT_EQ(books.dropped[Reason::send_failed], 8u);
  EXPECT_EQ(books.balance(), 0);
}

TEST(UdpSegmentation, ServesLoopbackAlone) {
  const Daemon daemon;
  UdpSocket here;
  UdpSocket elsewhere;
  const HostAndPort address = *parse_daemon_address(daemon.address());
  ASSERT_TRUE(here.connect(address));
  static_cast<void>(elsewhere.connect({"198.51.100.7", 2'000}));  // sends nothing
  const auto offload = udp_segmentation();

  EXPECT_TRUE(offload->serves(here));
  EXPECT_FALSE(offload->serves(elsewhere));
  EXPECT_FALSE(offload->serves(UdpSocket()));
}

// A socket without checksums is one that the kernel does not segment.
TEST(UdpSegmentation, SaysWhenTheKernelRefuses) {
  const Daemon daemon;
  UdpSocket socket;
  ASSERT_TRUE(socket.connect(*parse_daemon_address(daemon.address())));
  const int on = 1;
  ASSERT_EQ(setsockopt(socket.descriptor(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
  const auto offload = udp_segmentation();
  EXPECT_TRUE(offload->add({"{}", 1}));
  EXPECT_TRUE(offload->add({"{}", 1}));

  EXPECT_EQ(offload->send(socket), SendOutcome::unsupported);
  EXPECT_TRUE(daemon.datagrams().empty());
}

TEST(UdpSegmentation, TakesSixtyFourAtMost) {
  const auto offload = udp_segmentation();
  int taken = 0;
  while (offload->add({"{\"id\":1}", 1})) ++taken;

  EXPECT_EQ(taken, 64);
  offload->clear();
  EXPECT_TRUE(offload->add({"{}", 1}));
  EXPECT_EQ(offload->documents().size(), 1u);
}

TEST(UdpSegmentation, TakesNoMoreThanOneDatagramHolds) {
  const auto offload = udp_segmentation();
  const std::string large(30'000, 'x');
  EXPECT_TRUE(offload->add({large, 1}));
  EXPECT_TRUE(offload->add({large, 1}));

  EXPECT_FALSE(offload->add({large, 1}));
}

}  // namespace
}  // namespace aloft
