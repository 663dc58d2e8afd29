// SPDX-License-Identifier: Apache-2.0
// The rarer members of X-Ray's blocks, from the call that records them to both wires.
#include <aloft/telemetry/format/otlp.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

/// What both wires make of everything that a telemetry sends.
class BothWires final : public Exporter {
 public:
  BothWires(std::string& xray, std::string& otlp) : xray_(xray), otlp_(otlp) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    XRayDocumentWriter documents;
    OtlpTraceWriter spans;
    for (const TraceRecord& trace : batch.traces) {
      documents.begin(batch.resource, trace);
      while (const auto document = documents.next()) xray_ += document->text;
      spans.begin(trace);
      while (const auto some = spans.next()) otlp_ += some->bytes;
    }
    report.sent(batch.span_count());
  }

 private:
  std::string& xray_;
  std::string& otlp_;
};

struct Wires {
  std::string xray;
  std::string otlp;
};

template <typename Record>
Wires sent(Record record) {
  Wires wires;
  TelemetryOptions options;
  options.exporter = std::make_unique<BothWires>(wires.xray, wires.otlp);
  Bench bench(std::move(options));
  {
    Span root = bench.tracer.start("root");
    record(root);
  }
  bench.flush();
  return wires;
}

TEST(SpanMembers, OfAnAwsCallAreTheResourceItsAccountAndTheRetries) {
  const Wires wires = sent([](Span& root) {
    Span call = root.child("SQS", SpanKind::aws);
    call.set_aws_call({.operation = "SendMessage",
                       .queue_url = "https://sqs.eu-central-1.amazonaws.com/123456789012/q?x=1",
                       .region = "eu-central-1",
                       .account_id = "123456789012"});
    call.set_aws_call({.request_id = "R1", .retries = 2});
  });

  EXPECT_THAT(wires.xray,
              HasSubstr(R"("namespace":"aws","aws":{"operation":"SendMessage",)"
                        R"("queue_url":"https://sqs.eu-central-1.amazonaws.com/123456789012/q",)"
                        R"("region":"eu-central-1","account_id":"123456789012",)"
                        R"("request_id":"R1","retries":2})"));
  EXPECT_THAT(wires.otlp, HasSubstr("aws.sqs.queue.url"));
  EXPECT_THAT(wires.otlp, HasSubstr("amazonaws.com/123456789012/q"));
  EXPECT_THAT(wires.otlp, HasSubstr("aws.account_id"));
  EXPECT_THAT(wires.otlp, HasSubstr("aws.xray.retries"));
}

TEST(SpanMembers, OfAnAwsCallThatSucceededAtOnceAreNoRetriesAtAllOrNone) {
  const Wires wires = sent([](Span& root) {
    root.child("A", SpanKind::aws).set_aws_call({.operation = "Put", .retries = 0});
    root.child("B", SpanKind::aws).set_aws_call({.operation = "Get"});
  });

  EXPECT_THAT(wires.xray, HasSubstr(R"("aws":{"operation":"Put","retries":0})"));
  EXPECT_THAT(wires.xray, HasSubstr(R"("aws":{"operation":"Get"})"));
}

TEST(SpanMembers, OfARequestTellWhereTheAddressIsFromAndWhetherTheCalleeIsTraced) {
  const Wires wires = sent([](Span& root) {
    root.set_http_request({.method = "GET", .client_ip = "203.0.113.9", .x_forwarded_for = true});
    Span call = root.child("fraud", SpanKind::remote);
    call.set_http_request({.method = "POST", .traced = true});
    Span plain = root.child("other", SpanKind::remote);
    plain.set_http_request({.method = "PUT"});
  });

  EXPECT_THAT(wires.xray, HasSubstr(R"("request":{"method":"GET","client_ip":"203.0.113.9",)"
                                    R"("x_forwarded_for":true})"));
  EXPECT_THAT(wires.xray, HasSubstr(R"("request":{"method":"POST","traced":true})"));
  EXPECT_THAT(wires.xray, HasSubstr(R"("request":{"method":"PUT"})"));
  EXPECT_THAT(wires.otlp, HasSubstr("aws.xray.x_forwarded_for"));
  EXPECT_THAT(wires.otlp, HasSubstr("aws.xray.traced"));
}

TEST(SpanMembers, OfALinkAreItsAttributes) {
  const TraceContext one{{0x5759e988bd862e3f, 1}, {2}, Sampled::yes};
  const TraceContext other{{0x5759e988bd862e3f, 1}, {3}, Sampled::yes};
  const Wires wires = sent([&](Span& root) {
    root.link(one, {{"messaging.message.id", "m-1"}, {"batch", 7}, {"last", true}});
    root.link(other);
  });

  EXPECT_THAT(wires.xray,
              HasSubstr(R"("id":"0000000000000002","attributes":{"messaging.message.id":"m-1",)"
                        R"("batch":7,"last":true}},{"trace_id")"));
  EXPECT_THAT(wires.xray, HasSubstr(R"("id":"0000000000000003"}])"));
  EXPECT_THAT(wires.otlp, HasSubstr("messaging.message.id"));
}

TEST(SpanMembers, AttributesStayWithTheirLinkAndHaveALimit) {
  const TraceContext one{{0x5759e988bd862e3f, 1}, {2}, Sampled::yes};
  const TraceContext other{{0x5759e988bd862e3f, 1}, {3}, Sampled::yes};
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    root.link(one, {{"a", 1}});
    root.link(one, {{"of a link that was there", 1}});
    root.link({}, {{"of none", 1}});
    root.link(other, {{"b", "4111 1111 1111 1111"}});
    Span child = root.child("child");
    for (int times = 0; times < 2; ++times) {
      child.link(one, {{"k1", 1},
                       {"k2", 1},
                       {"k3", 1},
                       {"k4", 1},
                       {"k5", 1},
                       {"k6", 1},
                       {"k7", 1},
                       {"k8", 1},
                       {"k9", 1},
                       {"k10", 1},
                       {"k11", 1},
                       {"k12", 1},
                       {"k13", 1},
                       {"k14", 1},
                       {"k15", 1},
                       {"k16", 1},
                       {"k17", 1}});
    }
  }
  bench.flush();

  using testing::OwnedValue;
  EXPECT_THAT(bench.memory.span("root").link_attributes,
              ElementsAre(Pair("0/a", OwnedValue(std::int64_t{1})),
                          Pair("1/b", OwnedValue(std::string("[redacted:pan]")))));
  EXPECT_EQ(bench.memory.span("child").link_attributes.size(), kMaxLinkAttributes);
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 1u);
  EXPECT_EQ(bench.telemetry.counters().links_dropped, 1u);
}

/// Sets the error below `depth` calls of its own.
[[gnu::noinline]] void fail_below(Span& span, int depth) {
  if (depth == 0) {
    span.set_error("deep", "below many calls");
  } else {
    fail_below(span, depth - 1);
  }
  asm volatile("" : : "r"(&span) : "memory");  // no tail call
}

TEST(SpanMembers, OfADeepErrorIsTheNumberOfCallsLeftOut) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    fail_below(root, 40);
    Span other = root.child("endless");
    fail_below(other, 1'000);
  }
  bench.flush();

  const testing::ExceptionCopy deep = bench.memory.span("root").exceptions.at(0);
  EXPECT_EQ(deep.frames, 32u);
  EXPECT_GE(deep.truncated, 40u - 32u);
  EXPECT_LT(deep.truncated, 200u);
  EXPECT_EQ(bench.memory.span("endless").exceptions.at(0).truncated, 256u);
}

TEST(SpanMembers, OfAStackThatIsWholeIsNoNumber) {
  const Wires wires = sent([](Span& root) { fail_below(root, 40); });
  SpanRecord record;
  record.name = "root";
  record.id = {1};
  const ExceptionRecord whole[] = {{"timeout", "m", {}, false, 0}};
  record.exceptions = whole;
  const SpanRecord spans[] = {record};
  const Resource resource{"s", ""};
  const TraceRecord trace{{1, 2}, true, spans};
  XRayDocumentWriter writer;
  writer.begin(resource, trace);

  EXPECT_THAT(wires.xray, HasSubstr(R"("truncated":)"));
  EXPECT_THAT(wires.otlp, HasSubstr("aws.xray.exception.truncated"));
  EXPECT_THAT(std::string(writer.next()->text), Not(HasSubstr("truncated")));
}

TEST(SpanMark, SaysWhoseFaultWithoutAnError) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    root.child("error").mark(ErrorClass::error);
    root.child("throttle").mark(ErrorClass::throttle);
    root.child("fault").mark(ErrorClass::fault);
    Span both = root.child("both");
    both.mark(ErrorClass::error);
    both.set_http_response(503);
    root.child("none").end();
  }
  bench.flush();

  const auto flags = [&](std::string_view name) {
    const testing::SpanCopy span = bench.memory.span(name);
    EXPECT_TRUE(span.exceptions.empty());
    return std::vector<bool>{span.error, span.throttle, span.fault};
  };
  EXPECT_THAT(flags("error"), ElementsAre(true, false, false));
  EXPECT_THAT(flags("throttle"), ElementsAre(true, true, false));
  EXPECT_THAT(flags("fault"), ElementsAre(false, false, true));
  EXPECT_THAT(flags("both"), ElementsAre(true, false, true));
  EXPECT_THAT(flags("none"), ElementsAre(false, false, false));
  EXPECT_EQ(bench.memory.span("error").annotation("error"), "true");
}

TEST(SpanMark, IsNothingOnASpanThatIsNotRecorded) {
  Bench bench({.sampling_rate = 0});
  Span root = bench.tracer.start("root");

  root.mark(ErrorClass::fault);

  EXPECT_FALSE(root.recording());
}

TEST(SpanMark, KeepsATraceThatIsOnlyKeptWhenItFails) {
  TelemetryOptions options;
  options.sampling_rate = 0;
  options.tail = {.kept_per_second = 10};
  Bench bench(std::move(options));

  bench.tracer.start("root").mark(ErrorClass::throttle);
  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 1u);
}

}  // namespace
}  // namespace aloft
