// SPDX-License-Identifier: Apache-2.0
// A service of ours for traces that cross a service of others: `relay NAME [NEXT_URL]` answers
// GET /relay on a free port, after it has asked the next service for the same, if there is one.
// One ready line on stdout; ends on SIGTERM.
#include "common/stop_signals.hpp"

#include <aloft/aloft.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/http_client/service_client.hpp>
#include <aloft/http_server/server.hpp>

#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

namespace {

namespace http = aloft::http;
using aloft::Result;
using aloft::http_client::Client;
using aloft::http_client::ServiceClient;

int refuse(const aloft::Error& error) {
  std::cerr << "relay: " << error.message << '\n';
  return 2;
}

int run(const char* name, const char* next_url) {
  example::StopSignals stop;  // Before the first thread, so that all of them leave signals alone.
  Result<aloft::Telemetry> telemetry = aloft::Telemetry::from_environment({.service_name = name});
  if (!telemetry) return refuse(telemetry.error());
  Result<Client> client = Client::create();
  if (!client) return refuse(client.error());
  std::optional<ServiceClient> next;
  if (next_url != nullptr) {
    Result<ServiceClient> made = ServiceClient::create({.name = "next", .url = next_url}, *client);
    if (!made) return refuse(made.error());
    next = *std::move(made);
  }

  http::Router router;
  http::use_standard_guards(router, telemetry->tracer(),
                            {.tracing = {.edge = http::EdgePolicy::trust}});
  router.get("/relay", [&next](http::Context& context, const http::Request&) {
    if (next) {
      const auto answer = next->send(context.span(), {.route = "/relay"}, context.deadline);
      if (!answer || answer->status != 200) return http::Response::text(502, "not relayed\n");
    }
    return http::Response::text(200, "relayed\n");
  });
  using aloft::http_server::Server;
  Result<Server> server = Server::create({.port = 0, .workers = 2}, std::move(router));
  if (!server) return refuse(server.error());
  if (const Result<void> started = server->start(); !started) return refuse(started.error());
  std::cout << "relay ready: http://127.0.0.1:" << server->port() << std::endl;

  stop.wait();
  server->stop();
  telemetry->shutdown(std::chrono::seconds(1));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: relay NAME [NEXT_URL]\n";
    return 2;
  }
  return run(argv[1], argc > 2 ? argv[2] : nullptr);
}
