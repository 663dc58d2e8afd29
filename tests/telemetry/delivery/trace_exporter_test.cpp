// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/delivery/trace_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "telemetry/delivery/hand_wire.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using delivery::TraceExporter;

class DeliveryTraceExporter : public EngineTest {
 protected:
  /// A Telemetry by hand whose traces go to `requests`.
  Telemetry telemetry(delivery::TraceEncoder encoder = delivery::xray_encoder()) {
    auto made = TraceExporter::create(options, std::make_unique<HandWire>(requests),
                                      std::move(encoder), platform());
    exporter = made->get();
    TelemetryOptions with;
    with.service_name = "payments";
    with.exporter = std::move(*made);
    with.pipeline.threading = Threading::manual;
    return *Telemetry::create(std::move(with), platform());
  }

  TraceExporter* exporter = nullptr;
};

TEST_F(DeliveryTraceExporter, SendsADocumentATraceAndAcknowledgesItsSpans) {
  requests.at_once = {Answer::accepted()};
  Telemetry made = telemetry();
  Span root = made.tracer().start("charge");
  root.child("card").end();
  root.end();

  const FlushReport report = made.flush(seconds(1));

  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.accounting.accepted, 2u);
  EXPECT_EQ(report.accounting.acknowledged, 2u);
  EXPECT_EQ(report.accounting.balance(), 0);
  ASSERT_EQ(requests.sent.size(), 1u);
  ASSERT_EQ(requests.sent[0].size(), 1u);
  EXPECT_EQ(requests.sent[0][0].front(), '{');
  EXPECT_THAT(requests.sent[0][0], ::testing::HasSubstr("\"name\":\"charge\""));
}

TEST_F(DeliveryTraceExporter, KeepsSpansInFlightUntilTheyAreAnswered) {
  Telemetry made = telemetry();
  made.tracer().start("charge").end();
  made.poll();

  EXPECT_EQ(made.accounting().in_flight, 1u);
  EXPECT_EQ(made.accounting().balance(), 0);
  EXPECT_FALSE(exporter->flush(Deadline{clock.steady_now()}));
  requests.answer({.failure = Failure::final});
  exporter->engine().poll();

  EXPECT_EQ(made.accounting().rejected[Reason::invalid], 1u);
  EXPECT_EQ(made.accounting().in_flight, 0u);
  EXPECT_EQ(made.accounting().balance(), 0);
}

TEST_F(DeliveryTraceExporter, TakesTheTenantFromTheLocalRoot) {
  std::vector<std::string> tenants;
  std::vector<std::uint32_t> counts;
  Telemetry made = telemetry(
      [&](const Batch& batch, std::vector<delivery::Record>& records, ExportReport& report) {
        delivery::xray_encoder()(batch, records, report);
        for (const delivery::Record& record : records) {
          tenants.push_back(record.tenant);
          counts.push_back(record.count);
        }
      });
  Span root = made.tracer().start("charge");
  root.annotate("tenant_id", "acme");
  root.child("card").end();
  root.end();
  made.tracer().start("anonymous").end();
  made.poll();

  EXPECT_EQ(tenants, (std::vector<std::string>{"acme", ""}));
  EXPECT_EQ(counts, (std::vector<std::uint32_t>{2, 1}));
}

TEST_F(DeliveryTraceExporter, CountsASpanThatNoDocumentHolds) {
  requests.at_once = {Answer::accepted()};
  Telemetry made =
      telemetry([](const Batch& batch, std::vector<delivery::Record>&, ExportReport& report) {
        report.dropped(Reason::too_large, batch.span_count());
      });
  made.tracer().start("huge").end();

  const FlushReport report = made.flush(seconds(1));

  EXPECT_EQ(report.accounting.dropped[Reason::too_large], 1u);
  EXPECT_EQ(report.accounting.balance(), 0);
}

TEST_F(DeliveryTraceExporter, RefusesToBeWithoutAnEncoder) {
  const auto made =
      TraceExporter::create(options, std::make_unique<HandWire>(requests), nullptr, platform());

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
}

TEST_F(DeliveryTraceExporter, AForkedChildsBooksBalanceWithTheirExporters) {
  Telemetry made = telemetry();
  made.tracer().start("of the parent").end();
  made.poll();
  Span open = made.tracer().start("open in the parent");
  ASSERT_EQ(made.accounting().in_flight, 2u);

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Accounting books = made.accounting();
    _exit(books.accepted == 2 && books.dropped[Reason::forked] == 2 && books.balance() == 0 ? 0
                                                                                            : 1);
  }

  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace aloft
