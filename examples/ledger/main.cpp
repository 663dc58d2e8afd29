// SPDX-License-Identifier: Apache-2.0
// A service that keeps an entry of every charge in SQLite, and shows its SQL in the trace.
//
// Exit 0 within five seconds of SIGTERM or SIGINT; exit 2 when it cannot start (stderr says why).
#include "common/program.hpp"
#include "common/serve.hpp"
#include "ledger/api.hpp"
#include "ledger/options.hpp"

#include <memory>
#include <optional>

namespace {

using aloft::Result;

int run(const ledger::Options& options) {
  std::unique_ptr<ledger::EntryStore> store;
  std::optional<ledger::Api> api;
  return example::serve({.name = "ledger", .listen = options.listen},
                        [&](const example::Surroundings& with) -> Result<aloft::http::Handler> {
                          Result<std::unique_ptr<ledger::EntryStore>> opened =
                              ledger::EntryStore::open({.file = options.database},
                                                       with.platform.clock);
                          if (!opened) return aloft::unexpected(opened.error());
                          store = *std::move(opened);
                          api.emplace(*store, with.platform);
                          return api->handler(with.tracer, with.log);
                        });
}

}  // namespace

int main(int argc, char** argv) {
  return example::run_program({"ledger", ledger::kUsage},
                              ledger::Options::parse({argv + 1, argv + argc}), run);
}
