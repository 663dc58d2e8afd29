// SPDX-License-Identifier: Apache-2.0
// The command line of the service.
//
// Thread-safety: plain value, pure function.
#pragma once

#include "common/flags.hpp"
#include "fraud/faults.hpp"

#include <string_view>

namespace fraud {

inline constexpr std::string_view kUsage =
    "usage: fraud [--listen ADDR:PORT] [--fail-rate R] [--slow-ms N] [--slow-rate R]\n"
    "             [--tenants A,B] [--fail-tenants A,B] [--slow-tenants A,B]\n"
    "  --listen ADDR:PORT   where to answer; 127.0.0.1:8082 when not given, port 0 for any free\n"
    "                       one\n"
    "  --fail-rate R        the share of scores answered 503 instead, 0 to 1; 0 when not given\n"
    "  --slow-ms N          how much later a slow score comes, 1 to 60000; 0 when not given; "
    "after\n"
    "                       three seconds the answer is 504\n"
    "  --slow-rate R        the share of scores that are slow, 0 to 1; 1 when not given\n"
    "  --tenants A,B        whose scores fail and are slow; everybody's when not given\n"
    "  --fail-tenants A,B   the same for failing only\n"
    "  --slow-tenants A,B   the same for being slow only\n"
    "  --help               these lines\n"
    "environment: AWS_XRAY_DAEMON_ADDRESS says where spans go\n";

struct Options {
  example::Address listen{"127.0.0.1", 8082};
  FaultOptions faults;
  bool help = false;

  /// @error invalid_argument  a flag is unknown, lacks its value, or has a wrong one.
  static aloft::Result<Options> parse(const example::Arguments& arguments);
};

}  // namespace fraud
