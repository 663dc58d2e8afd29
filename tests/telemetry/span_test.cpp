// SPDX-License-Identifier: Apache-2.0
#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/current.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace aloft {
namespace {

TEST(Span, KeepsTheTypesOfAnnotations) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("text", "value");
    span.annotate("integer", -42);
    span.annotate("large", std::numeric_limits<std::uint64_t>::max());
    span.annotate("number", 0.5);
    span.annotate("truth", true);
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  ASSERT_EQ(span.annotations.size(), 5u);
  EXPECT_EQ(std::get<std::string>(span.annotations[0].second), "value");
  EXPECT_EQ(std::get<std::int64_t>(span.annotations[1].second), -42);
  EXPECT_EQ(std::get<double>(span.annotations[2].second), 18446744073709551615.0);
  EXPECT_EQ(std::get<double>(span.annotations[3].second), 0.5);
  EXPECT_EQ(std::get<bool>(span.annotations[4].second), true);
}

TEST(Span, MapsAnInvalidAnnotationKey) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("http.status-code", 201);
    span.annotate("naïve", 1);
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").annotation("http_status_code"), "201");
  EXPECT_EQ(bench.memory.span("root").annotation("na__ve"), "1");
  EXPECT_EQ(bench.telemetry.counters().keys_mapped, 2u);
}

TEST(Span, MapsAndCutsANameBetweenCharacters) {
  Bench bench;
  for (const std::string name : {"charge, <fast>", "café: 1+1"}) bench.tracer.start(name).end();
  bench.tracer.start(std::string(199, 'x') + "€").end();  // 202 bytes
  bench.flush();

  EXPECT_EQ(bench.memory.spans().at(0).name, "charge_ _fast_");
  EXPECT_EQ(bench.memory.spans().at(1).name, "café: 1+1");
  EXPECT_EQ(bench.memory.spans().at(2).name, std::string(199, 'x'));
  EXPECT_EQ(bench.telemetry.counters().names_cut, 2u);
}

TEST(Span, DropsAnnotationsNobodyCouldIndexAndCountsThem) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("nan", std::numeric_limits<double>::quiet_NaN());
    span.annotate(std::string(501, 'k'), 1);
    span.annotate("", 1);
    for (int i = 0; i < 51; ++i) span.annotate("key" + std::to_string(i), i);
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").annotations.size(), 49u);  // one place is kept for `error`
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 5u);
}

TEST(Span, KeepsTheLastValueOfAnAnnotation) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("state", "new");
    span.annotate("state", "done");
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").annotation("state"), "done");
  EXPECT_EQ(bench.memory.span("root").annotations.size(), 1u);
}

TEST(Span, BoundsAnAnnotationValueAndKeepsTheRecord) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("long", std::string(999, 'x') + "€ and more");
    span.annotate("next", "here");
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").annotation("long"), std::string(999, 'x'));
  EXPECT_EQ(bench.memory.span("root").annotation("next"), "here");
  EXPECT_EQ(bench.telemetry.counters().values_cut, 1u);
}

TEST(Span, KeepsTheFirstKeyWhenASecondJoinsItsNamespace) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.add_metadata("http", "method", "POST");
    span.add_metadata("http", "url", "/v1");
    span.add_metadata("plain", 1);
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadatum("http/method"), "POST");
  EXPECT_EQ(bench.memory.span("root").metadatum("http/url"), "/v1");
  EXPECT_EQ(bench.memory.span("root").metadatum("default/plain"), "1");
}

TEST(Span, IsHarmlessWithoutARequest) {
  Span span;
  span.annotate("key", 1);
  span.add_metadata("key", 1);
  span.set_error("type", "message");
  span.set_http_response(500);
  span.set_identity({});
  span.end();
  annotate("key", 1);
  set_error("type", "message");

  EXPECT_FALSE(span.recording());
  EXPECT_EQ(current_span(), nullptr);
}

TEST(Span, IsTheCurrentOneInsideItsScopeOnly) {
  Bench bench;
  Span outer = bench.tracer.start("outer");
  const CurrentSpan outer_scope(outer);
  {
    Span inner = outer.child("inner");
    const CurrentSpan inner_scope(inner);
    annotate("where", "inner");
    EXPECT_EQ(current_span(), &inner);
  }
  EXPECT_EQ(current_span(), &outer);
  std::thread([] { EXPECT_EQ(current_span(), nullptr); }).join();
}

TEST(Span, EndsOnceHoweverOftenItIsAsked) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    bench.clock.advance(milliseconds(5));
    span.end();
    bench.clock.advance(milliseconds(5));
    span.end();
    span.annotate("late", 1);
  }
  bench.flush();

  ASSERT_EQ(bench.memory.spans().size(), 1u);
  EXPECT_EQ(bench.memory.spans()[0].duration, milliseconds(5));
  EXPECT_TRUE(bench.memory.spans()[0].annotations.empty());
}

TEST(Span, TakesItsParentExplicitly) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    Span first = root.child("first");
    Span second = root.child("second", SpanKind::remote);
    Span inner = first.child("inner");
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("first").parent_id, bench.memory.span("root").id);
  EXPECT_EQ(bench.memory.span("second").parent_id, bench.memory.span("root").id);
  EXPECT_EQ(bench.memory.span("inner").parent_id, bench.memory.span("first").id);
  EXPECT_EQ(bench.memory.span("second").kind, SpanKind::remote);
}

TEST(Span, StaysItselfWhenMoved) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    Span moved = std::move(span);
    moved.annotate("key", "value");
  }
  bench.flush();

  ASSERT_EQ(bench.memory.spans().size(), 1u);
  EXPECT_EQ(bench.memory.span("root").annotation("key"), "value");
}

TEST(Span, MeasuresDurationsOnTheSteadyClock) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    bench.clock.advance(milliseconds(2));
    Span child = root.child("child");
    bench.clock.jump_wall(std::chrono::hours(-1));
    bench.clock.advance(milliseconds(3));
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").duration, milliseconds(5));
  EXPECT_EQ(bench.memory.span("child").duration, milliseconds(3));
  EXPECT_EQ(bench.memory.span("child").start - bench.memory.span("root").start, milliseconds(2));
}

TEST(Span, TakesErrorThrottleAndFaultFromTheStatus) {
  Bench bench;
  const auto answered = [&](int status) {
    Span span = bench.tracer.start("s" + std::to_string(status));
    span.set_http_response(status);
  };
  for (const int status : {200, 404, 429, 503, 999}) answered(status);
  bench.flush();

  EXPECT_FALSE(bench.memory.span("s200").error || bench.memory.span("s200").fault);
  EXPECT_TRUE(bench.memory.span("s404").error);
  EXPECT_FALSE(bench.memory.span("s404").fault);
  EXPECT_TRUE(bench.memory.span("s429").error && bench.memory.span("s429").throttle);
  EXPECT_TRUE(bench.memory.span("s503").fault);
  EXPECT_FALSE(bench.memory.span("s503").error);
  EXPECT_EQ(bench.memory.span("s999").http_status, 0);
}

TEST(Span, SaysWhoseRequestItIs) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.set_identity({.request = *RequestId::parse("req-1"),
                       .tenant = *TenantId::parse("acme"),
                       .user = *UserId::parse("u-17")});
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  EXPECT_EQ(span.annotation("request_id"), "req-1");
  EXPECT_EQ(span.annotation("tenant_id"), "acme");
  EXPECT_EQ(span.annotation("user_id"), "u-17");
  EXPECT_EQ(span.user, "u-17");
}

TEST(Span, DropsAUserIdShapedLikeAPhoneNumber) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.set_identity({.user = *UserId::parse("004915112345678")});
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").annotation("user_id"), "");
  EXPECT_EQ(bench.memory.span("root").user, "");
  EXPECT_EQ(bench.telemetry.counters().user_ids_dropped, 1u);
}

TEST(Span, NeverShowsASecretOfAnyOfItsTexts) {
  Bench bench;
  const std::string card = "4111111111111111";
  {
    Span span = bench.tracer.start("name " + card);
    span.annotate("key" + card, "value " + card);
    span.add_metadata("space" + card, "key" + card, "value " + card);
    span.set_error("type" + card, "message " + card);
    span.add_cause("type" + card, "cause " + card);
    span.set_http_request({.method = card,
                           .url = "https://u:" + card + "@h.example/v1/" + card + "?c=" + card,
                           .user_agent = "agent " + card,
                           .client_ip = card});
    span.set_aws_call({.operation = card, .table_name = card, .region = card, .request_id = card});
    span.set_sql_call({.url = "sqlite:" + card,
                       .database_type = card,
                       .database_version = card,
                       .driver_version = card,
                       .user = card,
                       .preparation = card,
                       .sanitized_query = "SELECT * FROM card WHERE pan = " + card});
    span.set_identity({.request = *RequestId::parse(card), .tenant = *TenantId::parse(card)});
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.spans().at(0);
  std::string everything = span.name + span.http_method + span.http_url + span.http_user_agent +
                           span.http_client_ip + span.aws_operation + span.aws_table_name +
                           span.aws_region + span.sql.url + span.sql.database_type +
                           span.sql.database_version + span.sql.driver_version + span.sql.user +
                           span.sql.preparation + span.sql.sanitized_query;
  for (const auto& [key, value] : span.annotations) everything += key + span.annotation(key);
  for (const auto& [key, value] : span.metadata) everything += key + span.metadatum(key);
  for (const auto& exception : span.exceptions) everything += exception.type + exception.message;
  EXPECT_EQ(everything.find("41111111"), std::string::npos) << everything;
  EXPECT_GT(bench.telemetry.counters().redacted, 22u);
}

TEST(Span, NeverShowsACardNumberThatIsANumber) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("number", 4'111'111'111'111'111);
    span.annotate("decimal", 4'111'111'111'111'111.0);
    span.add_metadata("number", 4'111'111'111'111'111);
    span.annotate("timestamp_ns", 1'763'812'345'123'456'789);
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  EXPECT_EQ(span.annotation("number"), "[redacted:pan]");
  EXPECT_EQ(span.annotation("decimal"), "[redacted:pan]");
  EXPECT_EQ(span.metadatum("default/number"), "[redacted:pan]");
  EXPECT_EQ(span.annotation("timestamp_ns"), "1763812345123456789");
}

TEST(Span, NeverShowsTheValueOfATellingKey) {
  Bench bench({.default_annotations = {{"api_key", "hunter2hunter2"}},
               .default_metadata = {{"login", {"password", "hunter2hunter2"}}}});
  for (int again = 0; again < 2; ++again) {
    Span span = bench.tracer.start("root");
    span.annotate("password", "hunter2hunter2");
    span.annotate("cvv", 123);
    span.add_metadata("login", "client_secret", "hunter2hunter2");
    span.annotate("passenger", "hunter2hunter2");
  }
  bench.flush();

  for (const testing::SpanCopy& span : bench.memory.spans()) {
    EXPECT_EQ(span.annotation("password"), "[redacted:credential]");
    EXPECT_EQ(span.annotation("api_key"), "[redacted:credential]");
    EXPECT_EQ(span.annotation("cvv"), "[redacted:cvv]");
    EXPECT_EQ(span.metadatum("login/client_secret"), "[redacted:credential]");
    EXPECT_EQ(span.metadatum("login/password"), "[redacted:credential]");
    EXPECT_EQ(span.annotation("passenger"), "hunter2hunter2");
  }
}

TEST(Span, TakesANullTextForAnEmptyOne) {
  Bench bench;
  const char* nothing = nullptr;
  bench.tracer.start("root").annotate("key", nothing);
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").annotations.size(), 1u);
  EXPECT_EQ(bench.memory.span("root").annotation("key"), "");
}

TEST(Span, IsANoOpAfterItsTelemetryIsGone) {
  std::optional<Bench> bench(std::in_place);
  Tracer tracer = bench->tracer;
  Span root = tracer.start("root");
  Span child = root.child("child");

  bench.reset();

  child.annotate("key", 1);
  Span grandchild = child.child("grandchild");
  Span late = tracer.start("late");
  EXPECT_FALSE(grandchild.recording());
  EXPECT_FALSE(late.recording());
  root.end();
  child.end();
}

TEST(Span, OfAFormerTelemetryDoesNotTouchTheNextOne) {
  std::optional<Bench> former(std::in_place);
  std::optional<Span> stale(former->tracer.start("stale"));
  const Tracer stale_tracer = former->tracer;
  former.reset();

  Bench next;  // recycles the former one's memory
  stale->annotate("key", 1);
  stale.reset();
  stale_tracer.start("stale too").end();
  next.tracer.start("fresh").end();
  next.flush();

  ASSERT_EQ(next.memory.spans().size(), 1u);
  EXPECT_EQ(next.memory.spans()[0].name, "fresh");
  EXPECT_EQ(next.telemetry.accounting().accepted, 1u);
  EXPECT_EQ(next.telemetry.accounting().balance(), 0);
}

}  // namespace
}  // namespace aloft
