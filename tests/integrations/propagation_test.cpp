// SPDX-License-Identifier: Apache-2.0
// What a request brings goes on with each call that is made for it.
#include <aloft/integrations/propagation.hpp>

#include "integrations/fixture.hpp"

#include <map>
#include <string>
#include <string_view>

namespace aloft::integrations {
namespace {

using Headers = std::multimap<std::string, std::string, std::less<>>;

constexpr std::string_view kRoot = "1-5759e988-bd862e3fe1be46a994272793";

class PropagationTest : public IntegrationTest {
 protected:
  Span serve(const Headers& request, http::EdgePolicy edge) {
    return start_served(bench.tracer, "served", {}, {.edge = edge},
                        [&](std::string_view name, const auto& take) {
                          auto [at, end] = request.equal_range(name);
                          for (; at != end; ++at) take(at->second);
                        });
  }
  static std::string value_of(const Headers& headers, std::string_view name) {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
  static Headers sent_by(const Span& span) {
    Headers sent;
    for (const auto& [name, value] : OutgoingHeaders(span)) sent.emplace(name, value);
    return sent;
  }
};

TEST_F(PropagationTest, SendsOnWhatTheTraceOfTheCallerPassesOn) {
  Span served = serve({{"x-amzn-trace-id", std::string("Root=").append(kRoot).append(
                                               ";Parent=53995c3f42cd8ad8;Sampled=1;"
                                               "Lineage=1:2a3b4c5d:0")}},
                      http::EdgePolicy::trust);
  Span call = served.child("call");

  const Headers sent = sent_by(call);

  EXPECT_NE(value_of(sent, "x-amzn-trace-id").find(";Lineage=1:2a3b4c5d:0"), std::string::npos);
  EXPECT_NE(value_of(sent, "x-amzn-trace-id").find(kRoot), std::string::npos);
}

TEST_F(PropagationTest, SendsOnTheTracestate) {
  Span served = serve({{"traceparent", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"},
                       {"tracestate", "vendor=value"}},
                      http::EdgePolicy::trust);

  EXPECT_EQ(value_of(sent_by(served), "tracestate"), "vendor=value");
}

TEST_F(PropagationTest, OfAStrangerKeepsNothing) {
  Span served =
      serve({{"x-amzn-trace-id", std::string("Root=").append(kRoot).append(";Lineage=1:2:0")}},
            http::EdgePolicy::restart);

  const Headers sent = sent_by(served);

  EXPECT_EQ(value_of(sent, "x-amzn-trace-id").find("Lineage"), std::string::npos);
  EXPECT_EQ(value_of(sent, "x-amzn-trace-id").find(kRoot), std::string::npos);
}

TEST_F(PropagationTest, ReadsEachLineOfTheCallersHeader) {
  const Span served =
      serve({{"x-amzn-trace-id", "Root=none"},
             {"x-amzn-trace-id", std::string("Root=").append(kRoot).append(";Sampled=1")}},
            http::EdgePolicy::trust);

  EXPECT_EQ(served.trace_id().xray_text().view(), kRoot);
}

TEST_F(PropagationTest, OfTwoTraceparentsNeitherIsContinued) {
  const Span served =
      serve({{"traceparent", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"},
             {"traceparent", "00-6789e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"}},
            http::EdgePolicy::trust);

  for (const char* second : {"1-5759e988", "1-6789e988"}) {
    EXPECT_NE(served.trace_id().xray_text().view().substr(0, 10), second);
  }
}

TEST_F(PropagationTest, JoinsTheLinesOfATracestate) {
  const Span served =
      serve({{"traceparent", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"},
             {"tracestate", "one=1"},
             {"tracestate", "two=2"}},
            http::EdgePolicy::trust);

  EXPECT_EQ(value_of(sent_by(served), "tracestate"), "one=1,two=2");
}

TEST_F(PropagationTest, TellsTheSamplerOfTheRequestWhateverTheEdge) {
  for (const http::EdgePolicy edge : {http::EdgePolicy::restart, http::EdgePolicy::trust}) {
    const auto sampler = std::make_shared<NotingSampler>();
    const Bench noting(sampled_by(sampler));

    const Span served = start_served(
        noting.tracer, "users", {.tenant = "acme"},
        {.edge = edge, .traits = {.host = "shop", .http_method = "PUT", .url_path = "/v1/a"}},
        [](std::string_view, const auto&) {});

    EXPECT_EQ(sampler->told(), (NotingSampler::Told{"users", "acme", "shop", "PUT", "/v1/a"}));
  }
}

}  // namespace
}  // namespace aloft::integrations
