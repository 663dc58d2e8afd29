// SPDX-License-Identifier: Apache-2.0
// Field-equal over all three wires: the same spans are recorded three times, sent as datagrams to
// the daemon's port, as PutTraceSegments, and as OTLP, each into a console of its own; what the
// consoles' APIs then say must be the same to the byte. The one difference that is
// allowed is `revision`, which counts how often the store wrote a trace, and is for the page only.
#include "../app_fixture.hpp"
#include "recorded_spans.hpp"

#include <aloft/http_client/otlp_exporter.hpp>
#include <aloft/http_client/otlp_wire.hpp>
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/format/otlp.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using fixture::HttpAnswer;
using fixture::HttpConnection;
using http_client::OtlpOptions;
using http_client::OtlpWire;

constexpr std::string_view kSigned =
    "authorization: AWS4-HMAC-SHA256 Credential=any/20261126/eu-west-1/xray/aws4_request, "
    "SignedHeaders=host, Signature=00\r\n";

/// The documents of the daemon's wire, over the operation of the service.
class PutSegments final : public Exporter {
 public:
  explicit PutSegments(std::uint16_t port) : port_(port) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    for (const TraceRecord& trace : batch.traces) {
      writer_.begin(batch.resource, trace);
      while (const auto document = writer_.next()) {
        json::Buffer buffer(1 << 20);
        json::Writer json(buffer);
        json.begin_object();
        json.key("TraceSegmentDocuments").begin_array();
        json.text(document->text);
        json.end_array();
        json.end_object();
        const HttpAnswer answer =
            HttpConnection(port_).ask("POST", "/TraceSegments", kSigned, buffer.view());
        EXPECT_EQ(answer.body, R"({"UnprocessedTraceSegments":[]})");
        report.acknowledged(document->spans);
      }
    }
  }

 private:
  std::uint16_t port_;
  XRayDocumentWriter writer_{{}, kMaxDatagramBytes - kXRayDaemonHeader.size()};
};

/// OTLP by the wire itself, one request for each batch.
class ThroughOtlp final : public Exporter {
 public:
  explicit ThroughOtlp(OtlpOptions options) : options_(std::move(options)) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    auto wire = OtlpWire::create(options_, batch.resource);
    ASSERT_TRUE(wire) << wire.error().to_string();
    std::vector<delivery::Record> records;
    OtlpTraceWriter writer;
    for (const TraceRecord& trace : batch.traces) {
      writer.begin(trace);
      while (const auto spans = writer.next()) {
        records.push_back({.payload = std::string(spans->bytes),
                           .count = static_cast<std::uint32_t>(spans->spans)});
      }
    }
    std::vector<const delivery::Record*> batch_of;
    for (const delivery::Record& record : records) batch_of.push_back(&record);
    std::promise<delivery::Answer> promise;
    (*wire)->send(batch_of, Deadline::never(),
                  [&](delivery::Answer answer) { promise.set_value(std::move(answer)); });
    const delivery::Answer answer = promise.get_future().get();
    EXPECT_FALSE(answer.failure) << answer.message;
    EXPECT_TRUE(answer.refusals.empty()) << answer.message;
    report.acknowledged(batch.span_count());
  }

 private:
  OtlpOptions options_;
};

using Wire = std::unique_ptr<Exporter> (*)(App&);

/// Everything that a console tells about traces.
struct Told {
  std::vector<std::string> traces;  ///< of the page
  std::string list;                 ///< of the page
  std::string batch;                ///< BatchGetTraces
  std::string graph;                ///< GetTraceGraph
  std::uint64_t spans = 0;
};

class WiresTest : public fixture::AppTest {
 protected:
  // Ids come from the fixture's sequence; the second trace begins in the clock's first second.
  std::vector<std::string> ids() {
    std::vector<std::string> found;
    const std::string list = get("/api/traces").body;
    for (std::size_t at = 0; (at = list.find("{\"id\":\"", at)) != std::string::npos; ++at) {
      found.push_back(list.substr(at + 7, kTraceIdLength));
    }
    return found;
  }
  HttpAnswer operation(std::string_view path, std::string_view body) {
    return HttpConnection(app_->xray_port()).ask("POST", path, kSigned, body);
  }
  /// Records and sends what `wire` makes an exporter for into a new console, and asks it.
  Told told_by(Wire wire) {
    start();
    const Accounting books = fixture::record_through(wire(*app_));
    EXPECT_EQ(books.balance(), 0);
    EXPECT_EQ(books.acknowledged + books.sent, books.accepted);
    Told told;
    told.spans = books.accepted;
    // Three documents, over whichever wire.
    const std::string status = status_after(3);
    EXPECT_EQ(rejected_in(status), 0u) << status;
    EXPECT_EQ(number_in(status, "documents"), 3u) << status;
    std::string both;
    for (const std::string& id : ids()) {
      told.traces.push_back(without_revision(get("/api/traces/" + id).body));
      both += (both.empty() ? "\"" : ",\"") + id + "\"";
    }
    told.list = without_revision(get("/api/traces").body);
    told.batch = operation("/Traces", "{\"TraceIds\":[" + both + "]}").body;
    told.graph = operation("/TraceGraph", "{\"TraceIds\":[" + both + "]}").body;
    app_->stop();
    return told;
  }
  /// How often the store wrote a trace: with its documents one by one it is more often.
  static std::string without_revision(std::string text) {
    constexpr std::string_view kMember = "\"revision\":";
    for (std::size_t at = 0; (at = text.find(kMember, at)) != std::string::npos; ++at) {
      const std::size_t begin = at + kMember.size();
      text.erase(begin, text.find_first_not_of("0123456789", begin) - begin);
    }
    return text;
  }
  /// From one place, so that the stacks of what is recorded are the same, too.
  std::vector<Told> told_by_each(std::initializer_list<Wire> wires) {
    std::vector<Told> all;
    for (const Wire wire : wires) all.push_back(told_by(wire));
    return all;
  }
};

std::unique_ptr<Exporter> over_udp(App& app) {
  auto exporter = xray_daemon_exporter({.address = "127.0.0.1:" + std::to_string(app.xray_port())});
  EXPECT_TRUE(exporter);
  return std::move(*exporter);
}
std::unique_ptr<Exporter> over_put_trace_segments(App& app) {
  return std::make_unique<PutSegments>(app.xray_port());
}
OtlpOptions options_for(App& app) {
  OtlpOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(app.http_port()) + "/v1/traces";
  return options;
}
std::unique_ptr<Exporter> over_otlp(App& app) {
  return std::make_unique<ThroughOtlp>(options_for(app));
}
std::unique_ptr<Exporter> over_otlp_as_it_is(App& app) {
  OtlpOptions options = options_for(app);
  options.gzip = false;
  return std::make_unique<ThroughOtlp>(options);
}

/// As a service has it: through the delivery engine.
std::unique_ptr<Exporter> over_the_engine(App& app) {
  auto exporter = http_client::otlp_exporter(options_for(app), fixture::resource());
  EXPECT_TRUE(exporter) << exporter.error().to_string();
  return *std::move(exporter);
}

TEST_F(WiresTest, GiveTheSameTracesToTheByte) {
  const auto told = told_by_each(
      {over_udp, over_put_trace_segments, over_otlp, over_otlp_as_it_is, over_the_engine});

  const Told& udp = told[0];
  ASSERT_EQ(udp.traces.size(), 2u);
  EXPECT_EQ(udp.spans, 12u);
  for (const Told& other : told) {
    ASSERT_EQ(other.traces.size(), 2u);
    EXPECT_EQ(udp.traces[0], other.traces[0]);
    EXPECT_EQ(udp.traces[1], other.traces[1]);
    EXPECT_EQ(udp.list, other.list);
    EXPECT_EQ(udp.batch, other.batch);
    EXPECT_EQ(udp.graph, other.graph);
    EXPECT_EQ(udp.spans, other.spans);
  }
}

// What the comparison would not see: that a field is lost on every wire.
TEST_F(WiresTest, CarryEveryField) {
  const Told otlp = told_by(over_otlp);

  ASSERT_EQ(otlp.traces.size(), 2u);
  const std::string all = otlp.traces[0] + otlp.traces[1];
  for (const char* part :
       {R"("parent_id":"53995c3f42cd8ad8","name":"payments")",
        R"("service":{"version":"1.2.3","runtime":"C++")", R"("links":[{"trace_id":"1-67891111-)",
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text in two lines
        R"("url":"https://pay.example:8443/v1/charges/{id}","user_agent":"curl/7.88",)"
        R"("client_ip":"203.0.113.9","x_forwarded_for":true})",
        R"("response":{"status":503,"content_length":120})", R"("fault":true)",
        R"("tenant_id":"acme","amount":4200,"rate":0.25,"whole":3,"retried":true,)"
        R"("owner":"Zoë \"Z\" \\ \n end")",
        R"("build":{"commit":"abc","ratio":2,"clean":false,"parts":{"a":[1,-2.5,1000,2,)"
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text in two lines
        R"(12345678901234567168,true,null,"é\"",{}]},"broken":"[1,"},"request":{"size":17})",
        R"("attributes":{"messaging.message.id":"m-1","batch":7,"ratio":0.5,"last":true})",
        R"("url":"https://fraud.internal/v1/scores","traced":true})", R"("truncated":)",
        R"("aws":{"operation":"SendMessage","queue_url":"https://sqs.eu-west-1.amazonaws.com/)"
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text in two lines
        R"(123456789012/q","region":"eu-west-1","account_id":"123456789012","retries":2})",
        R"("service":{"environment":"prod"})", R"("namespace":"remote")",
        R"("response":{"status":429,"content_length":0})", R"("error":true,"throttle":true)",
        R"("namespace":"aws","aws":{"operation":"PutItem","table_name":"charges",)"
        R"("region":"eu-central-1","request_id":"R1"})",
        R"("sql":{"url":"postgresql://db.internal:5432/ledger","database_type":"PostgreSQL",)"
        R"("database_version":"15.4","driver_version":"libpq 15.4","user":"ledger_rw",)"
        R"("preparation":"statement","sanitized_query":"SELECT total FROM entry WHERE id = ?"})",
        R"(<std::runtime_error>","message":"outer reason","cause":")", R"("stack":[{"path":)",
        R"("type":"subsegment")", R"("origin":"AWS::ECS::Container")",
        R"("cloudwatch_logs":[{"log_group":"/ecs/payments"}])",
        R"("ecs":{"task_arn":"arn:aws:ecs:eu-central-1:1:task/x"})", R"("sdk":"aloft for C++")",
        R"("sampling_rule_name":"checkout")"}) {
    EXPECT_THAT(all, ::testing::HasSubstr(part));
  }
}

}  // namespace
}  // namespace aloft::console
