// SPDX-License-Identifier: Apache-2.0
// The public service of the example: takes charges, and asks fraud and ledger when it has them.
//
// Exit 0 within five seconds of SIGTERM or SIGINT; exit 2 when it cannot start (stderr says why).
#include "common/program.hpp"
#include "common/serve.hpp"
#include "payments/api.hpp"
#include "payments/options.hpp"

#include <optional>
#include <string>
#include <utility>

namespace {

using aloft::Result;

int run(const payments::Options& options) {
  std::optional<payments::Api> api;
  return example::serve(
      {.name = "payments",
       .listen = options.listen,
       // Workers wait for other services most of the time, so there are more than processors.
       .workers = 16,
       .handler_timeout = std::chrono::seconds(4)},
      [&](const example::Surroundings& with) -> Result<aloft::http::Handler> {
        Result<payments::Downstream> downstream = payments::Downstream::create(
            {.fraud = options.fraud, .ledger = options.ledger}, with.platform);
        if (!downstream) return aloft::unexpected(downstream.error());
        const auto console = with.environment.get("ALOFT_CONSOLE_URL");
        api.emplace(payments::ApiOptions{.console_url = std::string(console.value_or(""))},
                    *std::move(downstream), with.platform);
        return api->handler(with.tracer, with.log);
      });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run_program({"payments", payments::kUsage},
                              payments::Options::parse({argv + 1, argv + argc}), run);
}
