// SPDX-License-Identifier: Apache-2.0
// What bench/footprint.py measures: compiled without and with ALOFT_FOOTPRINT_WITH_ALOFT. Both
// print one line; the second has sent a span first. With an argument the line is the memory that
// the program has at its end, in bytes: resident, and of that what is backed by no file.
#if defined(ALOFT_FOOTPRINT_WITH_ALOFT)
#include <aloft/aloft.hpp>
#endif

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

int main(int count, char**) {
#if defined(ALOFT_FOOTPRINT_WITH_ALOFT)
  auto telemetry = aloft::Telemetry::from_environment({.service_name = "footprint"});
  if (!telemetry) return 1;
  telemetry->tracer().start("footprint").annotate("rows", 3);
  const aloft::FlushReport report = telemetry->flush(std::chrono::seconds(1));
  if (!report.complete || report.accounting.sent != 1) return 1;
#endif
  std::string line = "ready";
  if (count > 1) {
    long whole = 0;
    long resident = 0;
    long shared = 0;
    std::ifstream("/proc/self/statm") >> whole >> resident >> shared;
    const long page = ::sysconf(_SC_PAGESIZE);
    line = std::to_string(resident * page) + ' ' + std::to_string((resident - shared) * page);
  }
  std::cout << line << '\n';
}
