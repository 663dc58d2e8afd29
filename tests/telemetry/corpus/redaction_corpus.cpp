// SPDX-License-Identifier: Apache-2.0
// Measures the redactor by labelled texts: README.md beside this file says how.
//
//   redaction_corpus FILE...                               the table, and 1 where a limit is missed
//   redaction_corpus --class pan --rounds 100 FILE...      only redacts, for cost.py to count
#include "telemetry/corpus/corpus.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::corpus {
namespace {

// What issue and README promise.
constexpr double kMinRecall = 0.999;
constexpr double kMaxFalsePositives = 0.001;
constexpr double kMaxFalsePositivesOfBareIds = 0.03;

void print(std::string_view name, const Share& share) {
  const Bounds bounds = wilson(share);
  std::printf("  %-12.*s %7zu of %7zu  %7.3f %%  (%.3f to %.3f)\n", static_cast<int>(name.size()),
              name.data(), share.hits, share.all, 100 * share.value(), 100 * bounds.low,
              100 * bounds.high);
}

// How many limits one signal misses.
int judge(const char* signal, const Measured& measured) {
  int missed = 0;
  const auto gate = [&](bool holds, std::string_view name, const char* what) {
    if (holds) return;
    ++missed;
    std::printf("  MISSED: %s of %.*s\n", what, static_cast<int>(name.size()), name.data());
  };
  std::printf("%s: recall by class, with the 95 %% bounds of Wilson\n", signal);
  for (const auto& [name, share] : measured.recall) {
    print(name, share);
    gate(share.value() >= kMinRecall, name, "recall");
  }
  std::printf("%s: precision by class\n", signal);
  for (const auto& [name, share] : measured.precision) print(name, share);
  std::printf("%s: texts without a secret that were changed\n", signal);
  for (const auto& [name, share] : measured.changed) print(name, share);
  print("ordinary", measured.changed_ordinary);
  gate(measured.changed_ordinary.value() <= kMaxFalsePositives, "ordinary texts",
       "false positives");
  gate(measured.changed_bare.value() <= kMaxFalsePositivesOfBareIds, "bare16", "false positives");
  std::printf("%s: disguises that are not claimed\n", signal);
  for (const auto& [name, share] : measured.not_claimed) print(name, share);
  for (const std::string& text : measured.examples) std::printf("  wrong: %s\n", text.c_str());
  return missed;
}

int redact_only(const std::vector<Row>& rows, std::string_view wanted, int rounds) {
  std::size_t bytes = 0;
  const Subject logs(Signal::logs);
  for (int round = 0; round < rounds; ++round) {
    for (const Row& row : rows) {
      if (row.class_name != wanted) continue;
      bytes += row.text.size();
      logs.touch(row.text);
    }
  }
  std::printf("bytes %zu\n", bytes);
  return 0;
}

int run(int argc, char** argv) {
  std::vector<Row> rows;
  std::string_view wanted;
  int rounds = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--class" && i + 1 < argc) {
      wanted = argv[++i];
    } else if (word == "--rounds" && i + 1 < argc) {
      rounds = std::atoi(argv[++i]);
    } else if (!read_file(argv[i], rows)) {
      return 2;
    }
  }
  if (rows.empty()) {
    std::fprintf(stderr, "usage: redaction_corpus [--class NAME --rounds N] FILE...\n");
    return 2;
  }
  if (!wanted.empty()) return redact_only(rows, wanted, rounds);
  int missed = judge("logs", measure(rows, Subject(Signal::logs)));
  missed += judge("spans", measure(rows, Subject(Signal::spans)));
  std::printf("%zu texts, %d limits missed\n", rows.size(), missed);
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace aloft::corpus

int main(int argc, char** argv) { return aloft::corpus::run(argc, argv); }
