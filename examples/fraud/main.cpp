// SPDX-License-Identifier: Apache-2.0
// A service that scores charges, and can be told to fail or to be slow.
//
// Exit 0 within five seconds of SIGTERM or SIGINT; exit 2 when it cannot start (stderr says why).
#include "common/program.hpp"
#include "common/serve.hpp"
#include "fraud/api.hpp"
#include "fraud/options.hpp"

#include <chrono>
#include <optional>

namespace {

int run(const fraud::Options& options) {
  std::optional<fraud::Api> api;
  return example::serve({.name = "fraud",
                         .listen = options.listen,
                         // A slow score occupies a worker, so there are more than processors.
                         .workers = 16,
                         // Also how long a slow score can take: a stop waits for it.
                         .handler_timeout = std::chrono::seconds(3)},
                        [&](const example::Surroundings& with) {
                          api.emplace(options.faults, with.platform);
                          return api->handler(with.tracer, with.log);
                        });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run_program({"fraud", fraud::kUsage},
                              fraud::Options::parse({argv + 1, argv + argc}), run);
}
