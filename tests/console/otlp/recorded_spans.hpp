// SPDX-License-Identifier: Apache-2.0
// A fixed set of spans in which every field of a record occurs, recorded through the public
// interface with a clock and ids that are the same each time.
#pragma once

#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace aloft::console::fixture {

/// So deep that the stack is not kept whole.
[[gnu::noinline]] inline void fail_below(Span& span, int depth) {
  if (depth == 0) {
    span.set_error("deep", "below many calls");
  } else {
    fail_below(span, depth - 1);
  }
  asm volatile("" : : "r"(&span) : "memory");  // no tail call
}

inline void record_a_charge(Tracer tracer, testing::ManualClock& clock) {
  using std::chrono::microseconds;
  const auto caller = parse_xray_header(
      "Root=1-67891234-000000000000000000000abc;Parent=53995c3f42cd8ad8;Sampled=1");
  ASSERT_TRUE(caller);
  Span root = tracer.start("payments", {.parent = *caller, .kind = aloft::SpanKind::server});
  root.set_http_request({.method = "POST",
                         .url = "https://pay.example:8443/v1/charges/{id}",
                         .user_agent = "curl/7.88",
                         .client_ip = "203.0.113.9",
                         .x_forwarded_for = true});
  root.annotate("tenant_id", "acme");
  root.annotate("amount", 4'200);
  root.annotate("rate", 0.25);
  root.annotate("whole", 3.0);
  root.annotate("retried", true);
  root.annotate("owner", "Zo\xC3\xAB \"Z\" \\ \n end");
  root.add_metadata("build", "commit", "abc");
  root.add_metadata("request", "size", 17);
  root.add_metadata("build", "ratio", 2.0);
  root.add_metadata("build", "clean", false);
  root.add_metadata("", "no name space");
  root.add_metadata(
      "build", "parts",
      JsonText{R"({"a": [1, -2.5, 1e3, 2.0, 12345678901234567890, true, null, "\u00e9\"", {}]})"});
  root.add_metadata("build", "broken", JsonText{"[1,"});
  root.link({aloft::TraceId{0x67891111'00000000, 0xabc}, aloft::SpanId{0x11}, Sampled::yes},
            {{"messaging.message.id", "m-1"}, {"batch", 7}, {"ratio", 0.5}, {"last", true}});
  clock.advance(microseconds(1'234));

  Span call = root.child("fraud.internal", aloft::SpanKind::remote);
  call.set_http_request(
      {.method = "GET", .url = "https://fraud.internal/v1/scores", .traced = true});
  call.set_http_response(429, 0);
  clock.advance(microseconds(5));
  call.set_error("throttled", "fraud \"refused\"");
  call.end();

  Span put = dynamodb_operation(root, {.operation = "PutItem",
                                       .table_name = "charges",
                                       .region = "eu-central-1",
                                       .request_id = "R1"});
  put.link({aloft::TraceId{0x67891111'00000000, 0xabc}, aloft::SpanId{0x12}, Sampled::yes});
  put.link({aloft::TraceId{0, 1}, aloft::SpanId{0x13}, Sampled::no});
  clock.advance(std::chrono::nanoseconds(999));
  put.end();

  Span message = root.child("SQS", aloft::SpanKind::aws);
  message.set_aws_call({.operation = "SendMessage",
                        .queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
                        .region = "eu-west-1",
                        .account_id = "123456789012",
                        .retries = 2});
  message.mark(ErrorClass::throttle);
  message.end();
  Span deep = root.child("deep");
  fail_below(deep, 40);
  deep.end();

  Span query = sql_query(root, {.url = "postgresql://db.internal:5432/ledger",
                                .database_type = "PostgreSQL",
                                .database_version = "15.4",
                                .driver_version = "libpq 15.4",
                                .user = "ledger_rw",
                                .preparation = "statement",
                                .sanitized_query = "SELECT total FROM entry WHERE id = ?"});
  Span inner = query.child("decode");
  inner.set_error("invalid", "no such column");
  inner.add_cause("refused", "no route");
  inner.add_cause("", "");
  clock.advance(microseconds(77));
  inner.end();
  query.end();

  Span plain = root.child("S3", aloft::SpanKind::aws);
  plain.end();
  Span bare = root.child("sqlite", aloft::SpanKind::remote);
  bare.set_sql_call({.database_type = "Some Engine"});
  bare.end();

  try {
    try {
      throw std::invalid_argument("inner reason");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("outer reason"));
    }
  } catch (const std::exception& error) {
    root.set_error(error);
  }
  root.set_http_response(503, 120);
  Span late = root.child("later");
  clock.advance(microseconds(10));
  root.end();
  late.end();
  // After its root has gone: travels alone.
  Span orphan = root.child("afterwards");
  orphan.annotate("n", -1);
  orphan.end();
}

/// Two traces: one that continues a caller's, one that begins here.
inline void record(Telemetry& telemetry, testing::ManualClock& clock) {
  record_a_charge(telemetry.tracer(), clock);
  Span job = telemetry.tracer().start("nightly");
  job.annotate("done", 7);
  clock.advance(std::chrono::milliseconds(2));
  job.end();
}

/// Who speaks.
inline Resource resource() {
  return {.service_name = "payments",
          .service_version = "1.2.3",
          .origin = "AWS::ECS::Container",
          .attributes = {{"cloud.platform", "aws_ecs"},
                         {"aws.ecs.task.arn", "arn:aws:ecs:eu-central-1:1:task/x"},
                         {"aws.log.group.names", "/ecs/payments"}}};
}

/// What comes out is the same each time but for what `exporter` makes of it.
inline Accounting record_through(std::unique_ptr<Exporter> exporter) {
  testing::ManualClock clock;
  testing::SequenceRandom random(0x1000);
  Platform platform{clock, random, Platform::system().diagnostics};
  const auto sampler = *RuleSampler::create({}, clock);
  sampler->use_central({{.name = "checkout", .rate = 1}});
  auto telemetry = Telemetry::create({.service_name = "payments",
                                      .service_version = "1.2.3",
                                      .environment = "prod",
                                      .sampler = sampler,
                                      .origin = resource().origin,
                                      .resource_attributes = resource().attributes,
                                      .exporter = std::move(exporter),
                                      .pipeline = {.threading = Threading::manual}},
                                     platform);
  EXPECT_TRUE(telemetry) << telemetry.error().to_string();
  record(*telemetry, clock);
  telemetry->flush(Deadline::never());
  return telemetry->shutdown(std::chrono::seconds(20));
}

}  // namespace aloft::console::fixture
