// SPDX-License-Identifier: Apache-2.0
// Steady traffic for the example system: one request after the other at a fixed rate, until its
// time is over or SIGTERM or SIGINT comes. One line at the end says what came back. When the
// target is away it tries again every second. Exit 2: the command line is wrong.
#include "common/program.hpp"
#include "common/stop_signals.hpp"
#include "load/options.hpp"
#include "load/tally.hpp"
#include "load/traffic.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http_client/client.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>

namespace {

using aloft::Clock;
using aloft::Deadline;
using aloft::Nanoseconds;
using aloft::Result;
using aloft::SteadyTime;
using aloft::http_client::Client;
using aloft::http_client::ClientResponse;

/// Below the five seconds that a stop may take.
constexpr Nanoseconds kPatience = std::chrono::seconds(2);
constexpr Nanoseconds kRetryInterval = std::chrono::seconds(1);

int run(const load::Options& options) {
  example::StopSignals stop;
  Clock& clock = Clock::system();
  const SteadyTime started = clock.steady_now();
  const SteadyTime end = options.duration ? started + *options.duration : SteadyTime::max();
  const Nanoseconds interval = Nanoseconds(std::chrono::seconds(1)) / options.rate;

  Result<Client> client = Client::create({.user_agent = "load"});
  if (!client) return example::refuse("load", client.error());
  load::Traffic traffic(options.target.url(), aloft::Random::system());
  load::Tally tally;
  SteadyTime next = started;
  while (next < end && !stop.wait_until(clock, next)) {
    const Result<ClientResponse> answer =
        client->send(traffic.next(), Deadline::after(clock, kPatience));
    if (answer) {
      tally.count_answer(answer->status);
      traffic.learn(*answer);
    } else {
      tally.count_failure();
    }
    // Behind its schedule it goes on from now: a slow service is not punished with a burst.
    next = std::max(next + (answer ? interval : kRetryInterval), clock.steady_now());
  }
  std::cout << "load: " << tally.summary(clock.steady_now() - started) << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run_program({"load", load::kUsage}, load::Options::parse({argv + 1, argv + argc}),
                              run);
}
