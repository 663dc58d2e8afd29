// SPDX-License-Identifier: Apache-2.0
// aloft-doctor: why do my traces not arrive? A line for each thing that is right or wrong on
// stdout; the exit code is the first that is wrong (docs/guides/ask-the-doctor.md).
#include "doctor/examination.hpp"

#include <aloft/core/version.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr const char* kHelp =
    "aloft-doctor: says why traces do not arrive, and what to do.\n"
    "\n"
    "usage: aloft-doctor [--service NAME] [--timeout SECONDS]\n"
    "\n"
    "  --service NAME     whose sampling rule is told      [ALOFT_SERVICE_NAME]\n"
    "  --timeout SECONDS  for each question, 1 to 60       [5]\n"
    "  --help, --version\n"
    "\n"
    "Reads the variables and files that a service reads, and sends no span. Exit code 0 when all "
    "is\n"
    "well, else that of the first line with WRONG: docs/guides/ask-the-doctor.md lists them.\n";

int complain(const char* what) {
  std::fprintf(stderr, "aloft-doctor: %s; see --help\n", what);
  return static_cast<int>(aloft::doctor::Verdict::usage);
}

}  // namespace

int main(int count, char** words) {
  aloft::doctor::ExaminationOptions options;
  const aloft::Environment environment = aloft::Environment::from_process();
  options.service_name = environment.get("ALOFT_SERVICE_NAME").value_or("");
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const bool has_value = i + 1 < count;
    if (word == "--help") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    if (word == "--version") {
      std::printf("aloft-doctor %s\n", std::string(aloft::kVersion).c_str());
      return 0;
    }
    if (word == "--service" && has_value) {
      options.service_name = words[++i];
    } else if (word == "--timeout" && has_value) {
      const int seconds = std::atoi(words[++i]);
      if (seconds < 1 || seconds > 60) return complain("--timeout is not 1 to 60");
      options.timeout = std::chrono::seconds(seconds);
    } else {
      return complain("an option is not known, or lacks its value");
    }
  }
  const aloft::doctor::Report report =
      aloft::doctor::examine(options, environment, aloft::Platform::system());
  std::fputs(report.text().c_str(), stdout);
  return static_cast<int>(report.verdict());
}
