// SPDX-License-Identifier: Apache-2.0
// Records through the delivery engine with a wire that accepts at once: offer, fair queue, batch,
// accounting. One thread does it all, as under Lambda. Not measured: encoding, and any network.
#include <aloft/telemetry/delivery/engine.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

class Instant final : public delivery::Wire {
 public:
  delivery::Limits limits() const noexcept override { return {}; }
  void send(delivery::Records, Deadline, Done done) noexcept override {
    done(delivery::Answer::accepted());
  }
  void create_missing(Deadline, Done done) noexcept override { done(delivery::Answer::accepted()); }
};

/// 1,000 records of 700 bytes, a document of three spans, by so many tenants; what building them
/// costs is not in it.
void deliver(benchmark::State& state) {
  const auto tenants = static_cast<std::size_t>(state.range(0));
  auto engine = delivery::Engine::create({.linger = Nanoseconds(0), .threading = Threading::manual},
                                         std::make_unique<Instant>());
  constexpr std::size_t kRecords = 1'000;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<delivery::Record> records;
    records.reserve(kRecords);
    for (std::size_t i = 0; i < kRecords; ++i) {
      records.push_back({.payload = std::string(700, 'x'),
                         .tenant = "tenant-" + std::to_string(i % tenants),
                         .count = 3,
                         .time = {}});
    }
    state.ResumeTiming();
    engine->offer(std::move(records));
    while (engine->accounting().in_flight > 0) engine->poll();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecords));
}
BENCHMARK(deliver)->ArgName("tenants")->Arg(1)->Arg(20)->Arg(200);

}  // namespace
}  // namespace aloft
