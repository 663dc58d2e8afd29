// SPDX-License-Identifier: Apache-2.0
// Plays many random stories of the log, or one of them again:
//
//   log_stories [--runs N] [--first SEED] [--rules LETTERS]
//
// Letters: p for power cuts, b for devices that fail, c for corruption; without it, all sets.
#include "telemetry/delivery_log/log_model.hpp"

#include <aloft/core/clock.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using aloft::delivery::fixture::Story;
using aloft::delivery::fixture::StoryRules;

constexpr int kSteps = 120;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t runs = 1'000;
  std::vector<std::string> rules{"", "p", "b", "pb", "pbc"};
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--runs") == 0) options.runs = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--first") == 0) {
      options.first = std::strtoull(argv[i + 1], nullptr, 10);
    }
    if (std::strcmp(argv[i], "--rules") == 0) options.rules = {argv[i + 1]};
  }
  return options;
}

bool has(const std::string& letters, char letter) {
  return letters.find(letter) != std::string::npos;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  const auto began = aloft::Clock::system().steady_now();
  std::uint64_t failures = 0;
  for (const std::string& letters : options.rules) {
    const StoryRules rules{has(letters, 'p'), has(letters, 'c'), has(letters, 'b')};
    for (std::uint64_t seed = options.first; seed < options.first + options.runs; ++seed) {
      const std::string problem = Story(seed, rules).play(kSteps);
      if (problem.empty()) continue;
      ++failures;
      std::printf("log_stories --rules '%s' --first %llu --runs 1: %s\n", letters.c_str(),
                  static_cast<unsigned long long>(seed), problem.c_str());
    }
  }
  const std::chrono::duration<double> took = aloft::Clock::system().steady_now() - began;
  std::printf("%llu stories in %.1f s, %llu failed\n",
              static_cast<unsigned long long>(options.runs) * options.rules.size(), took.count(),
              static_cast<unsigned long long>(failures));
  return failures == 0 ? 0 : 1;
}
