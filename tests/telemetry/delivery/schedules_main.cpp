// SPDX-License-Identifier: Apache-2.0
// Runs seeded lives of a delivery engine in virtual time: delivery_schedules [--first S] [--seeds
// N]. Prints the seed of each that goes wrong with the command that repeats it, and fails then.
#include "telemetry/delivery/simulation.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

namespace {

constexpr std::uint64_t kFailuresShown = 10;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

int main(int count, char** arguments) {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1'000;
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = arguments[i];
    const auto value = i + 1 < count ? number(arguments[i + 1]) : std::nullopt;
    if ((name != "--first" && name != "--seeds") || !value) {
      std::fputs("usage: delivery_schedules [--first S] [--seeds N]\n", stderr);
      return 2;
    }
    (name == "--first" ? first : seeds) = *value;
  }
  const auto start = std::chrono::steady_clock::now();
  aloft::Findings sum;
  std::uint64_t failed = 0;
  std::uint64_t run = 0;
  for (; run < seeds && failed < kFailuresShown; ++run) {
    const std::uint64_t seed = first + run;
    const aloft::Findings findings = aloft::run_schedule(seed);
    sum.add(findings);
    if (findings.offence.empty()) continue;
    ++failed;
    std::printf("seed %llu: %s\n  again: delivery_schedules --first %llu --seeds 1\n",
                static_cast<unsigned long long>(seed), findings.offence.c_str(),
                static_cast<unsigned long long>(seed));
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "%llu schedules in %.1f s: %llu records in %llu requests, %llu comparisons;\n"
      "items acknowledged %llu, rejected %llu, dropped %llu, unknown %llu; %llu duplicates, each "
      "after an attempt that may have arrived; %llu failed\n",
      static_cast<unsigned long long>(run), took.count(),
      static_cast<unsigned long long>(sum.records), static_cast<unsigned long long>(sum.requests),
      static_cast<unsigned long long>(sum.steps), static_cast<unsigned long long>(sum.acknowledged),
      static_cast<unsigned long long>(sum.rejected), static_cast<unsigned long long>(sum.dropped),
      static_cast<unsigned long long>(sum.unknown), static_cast<unsigned long long>(sum.duplicates),
      static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
