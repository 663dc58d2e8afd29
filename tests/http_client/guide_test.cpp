// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/call-another-service.md, compiled and run; the guide quotes what stands
// between the marks.
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http_server/server.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include "http_client/fixture.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

// guide: begin includes
#include <aloft/http/context.hpp>
#include <aloft/http/response.hpp>
#include <aloft/http_client/service_client.hpp>

using aloft::Result;
using aloft::http::Context;
using aloft::http::Method;
using aloft::http::Response;
using aloft::http_client::Client;
using aloft::http_client::ClientResponse;
using aloft::http_client::ServiceClient;
using namespace std::chrono_literals;
// guide: end

namespace shop {

// guide: begin handler
Response show_entry(ServiceClient& ledger, Context& context) {
  Result<ClientResponse> entry = ledger.send(context.span(),
                                             {.route = "/v1/entries/{id}",
                                              .params = {{"id", context.param("id")}},
                                              .identity = &context.identity},
                                             context.deadline);
  if (!entry || entry->status >= 500) {
    return Response::problem(503, "Service Unavailable", "the ledger does not answer");
  }
  if (entry->status != 200) return Response::problem(404, "Not Found", "no such entry");
  return Response::json(200, std::move(entry->body));
}
// guide: end

// guide: begin completion
void book(ServiceClient& ledger, Context& context, std::string entry) {
  ledger.send(context.span(),
              {.method = Method::post,
               .route = "/v1/entries",
               .body = std::move(entry),
               .content_type = "application/json"},
              context.deadline, [](Result<ClientResponse> booked) {
                // On the client's thread: hand the answer on, do not wait here.
                if (!booked) std::cerr << booked.error().to_string() << '\n';
              });
}
// guide: end

Result<ServiceClient> connect(Client& client, const std::string& ledger_url) {
  // guide: begin create
  return ServiceClient::create({.name = "ledger", .url = ledger_url, .timeout = 500ms}, client);
  // guide: end
}

}  // namespace shop

namespace aloft::http_client {
namespace {

using testing::SpanCopy;

std::string read(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

/// What stands between the marks of `name`, without the indentation of its first line.
std::string snippet(const std::string& name) {
  std::istringstream source(read(std::string(ALOFT_TEST_DATA) + "/guide_test.cpp"));
  std::string line;
  std::string found;
  bool inside = false;
  std::size_t indent = 0;
  while (std::getline(source, line)) {
    const std::size_t text = line.find_first_not_of(' ');
    const std::string_view trimmed =
        text == std::string::npos ? std::string_view() : std::string_view(line).substr(text);
    if (trimmed == "// guide: begin " + name) {
      inside = true;
      indent = text;
    } else if (trimmed == "// guide: end") {
      inside = false;
    } else if (inside) {
      found += line.substr(std::min(indent, line.size()));
      found += '\n';
    }
  }
  return found;
}

TEST(GuideToServiceCalls, QuotesTheCodeThatRunsHere) {
  const std::string guide =
      read(std::string(ALOFT_SOURCE_DIR) + "/docs/guides/call-another-service.md");

  for (const char* name : {"includes", "handler", "completion", "create"}) {
    ASSERT_FALSE(snippet(name).empty()) << name;
    EXPECT_THAT(guide, ::testing::HasSubstr("```cpp\n" + snippet(name) + "```\n")) << name;
  }
}

TEST(GuideToServiceCalls, ShowsTheCallAsAnEdgeOfTheMap) {
  const RawServer server([](RawConnection& connection) {
    while (!connection.receive_request().empty()) connection.send(kHello);
  });
  testing::MemoryExporter memory;
  Result<Telemetry> telemetry = Telemetry::create({.service_name = "payments",
                                                   .exporter = memory.exporter(),
                                                   .pipeline = {.threading = Threading::manual}});
  Result<Client> client = Client::create();
  Result<ServiceClient> ledger = shop::connect(*client, server.url(""));
  ASSERT_TRUE(ledger);
  {
    Context context;
    context.deadline = patience();
    context.set_span(telemetry->tracer().start("payments", {.kind = SpanKind::server}));
    ASSERT_TRUE(context.add_param("id", "7"));
    EXPECT_EQ(shop::show_entry(*ledger, context).status, 200);
    shop::book(*ledger, context, "{}");
  }
  while (client->stats().responses < 2) std::this_thread::yield();
  client = Client::create();  // joins
  telemetry->flush(1s);

  const SpanCopy call = memory.span("ledger");
  EXPECT_EQ(call.kind, SpanKind::remote);
  EXPECT_EQ(call.http_url, server.url("/v1/entries/{id}"));
  EXPECT_EQ(memory.spans().size(), 3u);
}

TEST(GuideToServiceCalls, Answers503WhenTheServiceIsAbsent) {
  const ClosedPort nobody;
  Result<Client> client = Client::create();
  Result<ServiceClient> ledger = shop::connect(*client, nobody.url());
  Context context;
  context.deadline = patience();
  ASSERT_TRUE(context.add_param("id", "7"));

  EXPECT_EQ(shop::show_entry(*ledger, context).status, 503);
}

}  // namespace
}  // namespace aloft::http_client
