// SPDX-License-Identifier: Apache-2.0
// The service of docs/getting-started.md, word for word.
#include <aloft/aloft.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http_server/server.hpp>

#include <csignal>

namespace http = aloft::http;
using namespace std::chrono_literals;

http::Response show_order(http::Context& context, const http::Request&) {
  aloft::Span lookup = context.span().child("look up");
  lookup.annotate("order_id", context.param("id"));
  return http::Response::json(200, R"({"state":"packed"})");
}

int main() {
  // Before any thread starts, so that every thread leaves both signals to `sigwait`.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  auto telemetry = aloft::Telemetry::from_environment({.service_name = "orders"});
  if (!telemetry) return 1;

  http::Router router;
  use_standard_guards(router, telemetry->tracer());
  router.get("/v1/orders/{id}", show_order);
  auto server = aloft::http_server::Server::create({.port = 8080}, std::move(router));
  if (!server || !server->start()) return 1;  // the port is taken, or there is no thread to be had

  int signal = 0;
  sigwait(&stop, &signal);
  server->drain(aloft::Deadline::after(aloft::Clock::system(), 3s));
}
