// SPDX-License-Identifier: Apache-2.0
#include "common/serve.hpp"

#include "common/program.hpp"
#include "common/stop_signals.hpp"

#include <aloft/aloft.hpp>
#include <aloft/aws/telemetry.hpp>
#include <aloft/http_server/server.hpp>
#include <aloft/telemetry/logging.hpp>

#include <iostream>
#include <string>
#include <utility>

namespace example {
namespace {

using namespace std::chrono_literals;
using aloft::Deadline;
using aloft::Platform;
using aloft::Result;
using aloft::Telemetry;
using aloft::http_server::Server;

/// Together below the five seconds that a stop may take.
constexpr auto kDrainTimeout = 3s;
constexpr auto kShutdownTimeout = 1s;

void print_books(const aloft::Accounting& books) {
  std::cerr << books.accepted << " accepted = " << books.acknowledged << " acknowledged + "
            << books.sent << " sent + " << books.durable << " durable + " << books.dropped.total()
            << " dropped + " << books.rejected.total() << " rejected + " << books.unknown
            << " unknown + " << books.in_flight << " in flight" << std::endl;
}

}  // namespace

int serve(const ServeOptions& options, const MakeHandler& make_handler) {
  // Before the first thread, so that all of them leave the signals to us.
  StopSignals stop;
  const Platform platform = Platform::system();
  const aloft::Environment environment = aloft::Environment::from_process();

  Result<Telemetry> telemetry = aloft::aws::telemetry_from_environment(
      {.service_name = std::string(options.name), .logs = aloft::logging()}, {}, environment,
      platform);
  if (!telemetry) return refuse(options.name, telemetry.error());

  Result<aloft::http::Handler> handler =
      make_handler({telemetry->tracer(), telemetry->logger(), environment, platform});
  if (!handler) return refuse(options.name, handler.error());

  Result<Server> server = Server::create({.address = options.listen.host,
                                          .port = options.listen.port,
                                          .workers = options.workers,
                                          .body_limit_bytes = options.body_limit_bytes,
                                          .handler_timeout = options.handler_timeout},
                                         *std::move(handler), platform);
  if (!server) return refuse(options.name, server.error());
  if (const Result<void> started = server->start(); !started) {
    return refuse(options.name, started.error());
  }
  const Address bound{options.listen.host, server->port()};
  std::cout << options.name << " ready: " << bound.url() << std::endl;

  stop.wait();
  server->drain(Deadline::after(platform.clock, kDrainTimeout));
  server->stop();
  aloft::Accounting lines;
  const aloft::Accounting spans = telemetry->shutdown(kShutdownTimeout, &lines);
  std::cerr << options.name << " wrote lines: ";
  print_books(lines);
  std::cerr << options.name << " stopped: " << server->stats().requests << " requests; spans: ";
  print_books(spans);
  return 0;
}

}  // namespace example
