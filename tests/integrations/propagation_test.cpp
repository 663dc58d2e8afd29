// SPDX-License-Identifier: Apache-2.0
// What a request brings goes on with each call that is made for it.
#include <aloft/integrations/propagation.hpp>

#include "integrations/fixture.hpp"

#include <map>
#include <string>
#include <string_view>

namespace aloft::integrations {
namespace {

using Headers = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kRoot = "1-5759e988-bd862e3fe1be46a994272793";

class PropagationTest : public IntegrationTest {
 protected:
  Span serve(const Headers& request, http::EdgePolicy edge) {
    return start_served(bench.tracer, "served", {}, edge, [&](std::string_view name) {
      const auto found = request.find(name);
      return found == request.end() ? std::string_view() : std::string_view(found->second);
    });
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

  EXPECT_NE(sent.at("x-amzn-trace-id").find(";Lineage=1:2a3b4c5d:0"), std::string::npos);
  EXPECT_NE(sent.at("x-amzn-trace-id").find(kRoot), std::string::npos);
}

TEST_F(PropagationTest, SendsOnTheTracestate) {
  Span served = serve({{"traceparent", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"},
                       {"tracestate", "vendor=value"}},
                      http::EdgePolicy::trust);

  EXPECT_EQ(sent_by(served).at("tracestate"), "vendor=value");
}

TEST_F(PropagationTest, OfAStrangerKeepsNothing) {
  Span served =
      serve({{"x-amzn-trace-id", std::string("Root=").append(kRoot).append(";Lineage=1:2:0")}},
            http::EdgePolicy::restart);

  const Headers sent = sent_by(served);

  EXPECT_EQ(sent.at("x-amzn-trace-id").find("Lineage"), std::string::npos);
  EXPECT_EQ(sent.at("x-amzn-trace-id").find(kRoot), std::string::npos);
}

}  // namespace
}  // namespace aloft::integrations
