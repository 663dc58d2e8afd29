// SPDX-License-Identifier: Apache-2.0
// What a call of another service carries of its trace.
#include <aloft/telemetry/trace_extras.hpp>

#include "http_client/service_fixture.hpp"

namespace aloft::http_client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ServiceClientTest, PassesOnWhatTheTraceHasBesideItsIds) {
  ServiceClient& ledger = call(kHello);
  TraceExtras extras;
  DroppedPairs dropped;
  extras.add_pair("Lineage", "1:a87bd80c:0", dropped);
  extras.add_tracestate("rojo=1", dropped);
  for (const Sampled sampled : {Sampled::yes, Sampled::no}) {
    Span request = root(sampled);
    request.pass_on(extras);

    ASSERT_TRUE(ledger.send(request, {.route = "/"}, patience()));

    EXPECT_THAT(seen(), HasSubstr(";Lineage=1:a87bd80c:0\r\n"));
    EXPECT_THAT(seen(), HasSubstr("tracestate: rojo=1\r\n"));
  }
}

TEST_F(ServiceClientTest, PassesATraceThroughWithoutADecisionOfItsOwn) {
  ServiceClient& ledger = call(kHello);
  Span request = telemetry_->tracer().pass_through({kTrace, {}, Sampled::undecided});

  ASSERT_TRUE(ledger.send(request, {.route = "/"}, patience()));

  EXPECT_THAT(seen(), HasSubstr("X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678\r\n"));
  EXPECT_THAT(seen(), Not(HasSubstr("traceparent")));
}

TEST_F(ServiceClientTest, DropsATracestateThatIsNotOfItsTrace) {
  ServiceClient& ledger = call(kHello);
  Span request = root();
  ServiceRequest ask{.route = "/"};
  ASSERT_TRUE(ask.headers.add("tracestate", "copied=1"));

  ASSERT_TRUE(ledger.send(request, ask, patience()));

  EXPECT_THAT(seen(), Not(HasSubstr("tracestate")));
}

TEST_F(ServiceClientTest, WritesTheFormatsThatItIsTold) {
  ServiceClient& ledger = call(kHello, {.trace_headers = HeaderFormats::w3c});
  Span request = root();

  ASSERT_TRUE(ledger.send(request, {.route = "/"}, patience()));

  EXPECT_THAT(seen(), HasSubstr("traceparent: 00-67891233abcdef012345678912345678-"));
  EXPECT_THAT(seen(), Not(HasSubstr("X-Amzn-Trace-Id")));
}

}  // namespace
}  // namespace aloft::http_client
