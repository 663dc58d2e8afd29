// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/memory_exporter.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace aloft::http {
namespace {

using namespace std::chrono_literals;
using testing::SpanCopy;

constexpr std::string_view kUpstream =
    "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";

class TracingGuard : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<Telemetry> made = Telemetry::create({.service_name = "payments",
                                                .exporter = memory_.exporter(),
                                                .pipeline = {.threading = Threading::manual}},
                                               platform_);
    ASSERT_TRUE(made);
    telemetry_.emplace(std::move(*made));
  }

  void use(TracingOptions options = {}) {
    use_standard_guards(router_, telemetry_->tracer(), {.tracing = std::move(options)}, platform_);
  }

  static Request request(Method method, std::string target) {
    Request made;
    made.method = method;
    made.target = std::move(target);
    made.host = "api.example.com";
    made.peer_address = "192.0.2.7";
    return made;
  }

  /// Sends one request and returns its span.
  SpanCopy ask(const Request& asked) {
    {
      Context context{platform_};
      response_ = router_.handle(context, asked);
    }
    telemetry_->flush(1s);
    const auto spans = memory_.spans();
    EXPECT_EQ(spans.size(), ++asked_);
    return spans.empty() ? SpanCopy{} : spans.back();
  }

  testing::ManualClock clock_;
  testing::SequenceRandom random_;
  testing::MemoryDiagnostics diagnostics_;
  Platform platform_{clock_, random_, diagnostics_};
  testing::MemoryExporter memory_;
  std::optional<Telemetry> telemetry_;
  Router router_;
  Response response_;
  std::size_t asked_ = 0;
};

TEST_F(TracingGuard, RecordsMethodTemplateAndStatusButNeverThePath) {
  use();
  router_.get("/v1/charges/{id}",
              [](Context&, const Request&) { return Response::json(200, "{}"); });

  const SpanCopy span = ask(request(Method::get, "/v1/charges/4111111111111111?token=secret"));

  EXPECT_EQ(span.name, "payments");
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_EQ(span.http_method, "GET");
  EXPECT_EQ(span.http_url, "http://api.example.com/v1/charges/{id}");
  EXPECT_EQ(span.http_status, 200);
  EXPECT_EQ(span.http_content_length, 2);
  EXPECT_EQ(span.http_client_ip, "192.0.2.7");
  EXPECT_FALSE(span.error || span.throttle || span.fault);
}

TEST_F(TracingGuard, TellsTheSamplerHostMethodAndPath) {
  struct Asked final : Sampler {
    bool sample(const SamplingRequest& request) const noexcept override {
      said = std::string(request.name) + " " + std::string(request.request.http_method) + " " +
             std::string(request.request.host) + " " + std::string(request.request.url_path);
      return true;
    }
    mutable std::string said;
  };
  const auto sampler = std::make_shared<Asked>();
  telemetry_.emplace(*Telemetry::create({.service_name = "payments",
                                         .sampler = sampler,
                                         .exporter = memory_.exporter(),
                                         .pipeline = {.threading = Threading::manual}},
                                        platform_));
  use();

  ask(request(Method::post, "/v1/charges?limit=1"));

  EXPECT_EQ(sampler->said, "payments POST api.example.com /v1/charges?limit=1");
}

TEST_F(TracingGuard, AnnotatesExactlyTheIdentityAndTheError) {
  use();
  router_.get("/", [](Context& context, const Request&) {
    context.identity.tenant = *TenantId::parse("acme");
    context.identity.user = *UserId::parse("user_7");
    return Response::text(503, "later");
  });

  const SpanCopy span = ask(request(Method::get, "/"));

  EXPECT_EQ(span.annotations.size(), 4u);
  EXPECT_EQ(span.annotation("tenant_id"), "acme");
  EXPECT_EQ(span.annotation("user_id"), "user_7");
  EXPECT_EQ(span.annotation("request_id"), response_.headers.get("x-request-id"));
  EXPECT_EQ(span.annotation("error"), "true");
}

TEST_F(TracingGuard, LeavesTheErrorAnnotationOutOfAGoodAnswer) {
  use();
  router_.get("/", [](Context&, const Request&) { return Response::text(200, "ok"); });

  const SpanCopy span = ask(request(Method::get, "/"));

  EXPECT_EQ(span.annotations.size(), 1u);
  EXPECT_NE(span.annotation("request_id"), "");
}

TEST_F(TracingGuard, MarksErrorThrottleAndFaultByStatus) {
  use();
  router_.get("/400", [](Context&, const Request&) { return Response::empty(400); })
      .get("/429", [](Context&, const Request&) { return Response::empty(429); })
      .get("/500", [](Context&, const Request&) { return Response::empty(500); });

  const SpanCopy bad = ask(request(Method::get, "/400"));
  const SpanCopy limited = ask(request(Method::get, "/429"));
  const SpanCopy broken = ask(request(Method::get, "/500"));

  EXPECT_TRUE(bad.error && !bad.throttle && !bad.fault);
  EXPECT_TRUE(limited.error && limited.throttle && !limited.fault);
  EXPECT_TRUE(!broken.error && !broken.throttle && broken.fault);
}

TEST_F(TracingGuard, CoversNotFoundAndMethodNotAllowedWithoutAPath) {
  use();
  router_.get("/a", [](Context&, const Request&) { return Response::empty(200); });

  const SpanCopy missing = ask(request(Method::get, "/4111111111111111"));
  const SpanCopy wrong = ask(request(Method::post, "/a"));

  EXPECT_EQ(missing.http_status, 404);
  EXPECT_EQ(missing.http_url, "http://api.example.com");
  EXPECT_TRUE(missing.error);
  EXPECT_EQ(wrong.http_status, 405);
}

TEST_F(TracingGuard, RecordsAThrowingHandlerOnceAsAFaultOfStatus500) {
  use();
  router_.get("/",
              [](Context&, const Request&) -> Response { throw std::runtime_error("ledger"); });

  const SpanCopy span = ask(request(Method::get, "/"));

  EXPECT_EQ(response_.status, 500);
  EXPECT_EQ(span.http_status, 500);
  EXPECT_TRUE(span.fault);
  EXPECT_EQ(span.annotation("error"), "true");
  ASSERT_EQ(span.exceptions.size(), 1u);
  EXPECT_EQ(span.exceptions[0].type, "std::runtime_error");
  EXPECT_EQ(span.exceptions[0].message, "ledger");
}

TEST_F(TracingGuard, RecordsAThrowingHandlerWithoutRecover) {
  router_.use(tracing(telemetry_->tracer()));
  router_.get("/",
              [](Context&, const Request&) -> Response { throw std::runtime_error("ledger"); });

  const SpanCopy span = ask(request(Method::get, "/"));

  EXPECT_EQ(span.http_status, 500);
  EXPECT_TRUE(span.fault);
  EXPECT_EQ(span.exceptions.size(), 1u);
}

TEST_F(TracingGuard, StartsANewTraceAtAPublicEdge) {
  use();
  Request asked = request(Method::get, "/");
  asked.headers.try_add("x-amzn-trace-id", kUpstream);

  const SpanCopy span = ask(asked);

  EXPECT_NE(span.trace_id.xray_text().view(), "1-67891233-abcdef012345678912345678");
  EXPECT_FALSE(span.parent_id.valid());
}

TEST_F(TracingGuard, ContinuesATrustedTraceOfEitherHeader) {
  use({.edge = EdgePolicy::trust});
  Request xray = request(Method::get, "/");
  xray.headers.try_add("X-Amzn-Trace-Id", kUpstream);
  Request w3c = request(Method::get, "/");
  w3c.headers.try_add("traceparent", "00-67891233abcdef012345678912345678-53995c3f42cd8ad8-01");

  const SpanCopy first = ask(xray);
  const SpanCopy second = ask(w3c);

  EXPECT_EQ(first.trace_id.xray_text().view(), "1-67891233-abcdef012345678912345678");
  EXPECT_EQ(first.parent_id.text().view(), "53995c3f42cd8ad8");
  EXPECT_EQ(second.trace_id.xray_text().view(), "1-67891233-abcdef012345678912345678");
  EXPECT_EQ(second.parent_id.text().view(), "53995c3f42cd8ad8");
}

TEST_F(TracingGuard, AnswersTheTraceAndTheDecisionWithoutItsOwnSpan) {
  use({.edge = EdgePolicy::trust});
  Request asked = request(Method::get, "/");
  asked.headers.try_add(
      "X-Amzn-Trace-Id",
      "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=?");

  ask(asked);

  EXPECT_EQ(response_.headers.get("x-amzn-trace-id"),
            "Root=1-67891233-abcdef012345678912345678;Sampled=1");
}

TEST_F(TracingGuard, ObeysATrustedDecisionNotToSample) {
  use({.edge = EdgePolicy::trust});
  Request asked = request(Method::get, "/");
  asked.headers.try_add("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678;Sampled=0");
  Context context{platform_};

  const Response response = router_.handle(context, asked);
  telemetry_->flush(1s);

  EXPECT_TRUE(memory_.spans().empty());
  EXPECT_EQ(response.headers.get("x-amzn-trace-id"),
            "Root=1-67891233-abcdef012345678912345678;Sampled=0");
}

TEST_F(TracingGuard, CountsATrustedHeaderItCannotReadAndStartsANewTrace) {
  auto guard = tracing(telemetry_->tracer(), {.edge = EdgePolicy::trust});
  router_.use(guard);
  Request asked = request(Method::get, "/");
  asked.headers.try_add("X-Amzn-Trace-Id", "Root=<script>");

  const SpanCopy span = ask(asked);

  EXPECT_TRUE(span.trace_id.valid());
  EXPECT_EQ(guard->refused_trace_headers(), 1u);
  EXPECT_EQ(response_.headers.get("x-amzn-trace-id")->find("script"), std::string_view::npos);
}

TEST_F(TracingGuard, ObeysTheDecisionOfAHeaderWhoseRootNobodyCanFollow) {
  use({.edge = EdgePolicy::trust});
  for (const std::string_view line :
       {"Root=dummy;Parent=93b3e23f1f8aa68e;Sampled=0", "Sampled=0"}) {
    Request asked = request(Method::get, "/");
    asked.headers.try_add("X-Amzn-Trace-Id", line);
    Context context{platform_};

    const Response response = router_.handle(context, asked);
    telemetry_->flush(1s);

    EXPECT_TRUE(memory_.spans().empty()) << line;
    EXPECT_TRUE(response.headers.get("x-amzn-trace-id")->ends_with(";Sampled=0")) << line;
  }
}

TEST_F(TracingGuard, KeepsTheRootOfAHeaderWithABadParent) {
  auto guard = tracing(telemetry_->tracer(), {.edge = EdgePolicy::trust});
  router_.use(guard);
  Request asked = request(Method::get, "/");
  asked.headers.try_add("X-Amzn-Trace-Id",
                        "Root=1-67891233-abcdef012345678912345678;Parent=zz;Sampled=1;Sampled=0");

  const SpanCopy span = ask(asked);

  EXPECT_EQ(span.trace_id.xray_text().view(), "1-67891233-abcdef012345678912345678");
  EXPECT_FALSE(span.parent_id.valid());
  EXPECT_EQ(guard->refused_trace_headers(), 0u);
  EXPECT_EQ(guard->dropped_trace_pairs(), 2u);
}

TEST_F(TracingGuard, TakesTheFirstLineOfTheHeaderThatItCanRead) {
  auto guard = tracing(telemetry_->tracer(), {.edge = EdgePolicy::trust});
  router_.use(guard);
  Request asked = request(Method::get, "/");
  for (const std::string_view line :
       {std::string_view("Root=<script>"), kUpstream,
        std::string_view("Root=1-00000001-000000000000000000000001")}) {
    asked.headers.try_add("x-amzn-trace-id", line);
  }
  asked.headers.try_add("traceparent", "00-00000000000000000000000000000007-53995c3f42cd8ad8-01");

  const SpanCopy span = ask(asked);

  EXPECT_EQ(span.trace_id.xray_text().view(), "1-67891233-abcdef012345678912345678");
  EXPECT_EQ(span.parent_id.text().view(), "53995c3f42cd8ad8");
  EXPECT_EQ(guard->refused_trace_headers(), 0u);
  EXPECT_EQ(guard->dropped_trace_pairs(), 2u);  // the line before, and the line after
}

TEST_F(TracingGuard, TakesNoneOfTwoTraceparents) {
  auto guard = tracing(telemetry_->tracer(), {.edge = EdgePolicy::trust});
  router_.use(guard);
  Request asked = request(Method::get, "/");
  for (const char* line : {"00-00000000000000000000000000000007-53995c3f42cd8ad8-01",
                           "00-00000000000000000000000000000008-53995c3f42cd8ad8-01"}) {
    asked.headers.try_add("traceparent", line);
  }

  const SpanCopy span = ask(asked);

  EXPECT_FALSE(span.parent_id.valid());
  EXPECT_EQ(guard->refused_trace_headers(), 1u);
}

TEST_F(TracingGuard, RecordsOnlyAllowedHeadersAndNeverCredentials) {
  const std::vector<std::string> credentials = {
      "Authorization",        "Cookie",    "Set-Cookie",   "Proxy-Authorization",
      "X-Amz-Security-Token", "X-Api-Key", "x-session-id", "X-Access-Key",
      "X-Passphrase"};
  TracingOptions options{.recorded_headers = {"Content-Type", "bad name"}};
  options.recorded_headers.insert(options.recorded_headers.end(), credentials.begin(),
                                  credentials.end());
  const auto guard = tracing(telemetry_->tracer(), options);
  router_.use(guard);
  Request asked = request(Method::get, "/");
  asked.headers.try_add("CONTENT-type", "application/json");
  asked.headers.try_add("x-other", "other");
  for (const std::string& name : credentials) asked.headers.try_add(name, "hidden");

  const SpanCopy span = ask(asked);

  EXPECT_EQ(guard->recorded_headers(), (std::vector<std::string>{"content-type"}));
  EXPECT_EQ(span.metadatum("http/content-type"), "application/json");
  EXPECT_EQ(span.metadata.size(), 1u);
}

TEST_F(TracingGuard, LetsTheHandlerReachItsSpan) {
  use();
  router_.get("/", [](Context& context, const Request&) {
    context.span().annotate("charge_id", "ch_1");
    return Response::empty(200);
  });

  EXPECT_EQ(ask(request(Method::get, "/")).annotation("charge_id"), "ch_1");
}

TEST_F(TracingGuard, DoesNothingWhenSwitchedOff) {
  telemetry_->set_enabled(false);
  use();
  Context context{platform_};

  const Response response = router_.handle(context, request(Method::get, "/"));

  EXPECT_EQ(response.status, 404);
  EXPECT_FALSE(response.headers.has("x-amzn-trace-id"));
}

}  // namespace
}  // namespace aloft::http
