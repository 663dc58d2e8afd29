// SPDX-License-Identifier: Apache-2.0
// The command line of the service.
//
// Thread-safety: plain value, pure function.
#pragma once

#include "common/flags.hpp"

#include <string>
#include <string_view>

namespace ledger {

inline constexpr std::string_view kUsage =
    "usage: ledger [--listen ADDR:PORT] [--db FILE]\n"
    "  --listen ADDR:PORT  where to answer; 127.0.0.1:8081 when not given, port 0 for any free "
    "one\n"
    "  --db FILE           where the entries are kept, made when missing; in memory when not "
    "given\n"
    "  --help              these lines\n"
    "environment: AWS_XRAY_DAEMON_ADDRESS says where spans go\n";

struct Options {
  example::Address listen{"127.0.0.1", 8081};
  std::string database;  ///< empty: in memory
  bool help = false;

  /// @error invalid_argument  a flag is unknown, lacks its value, or has a wrong one.
  static aloft::Result<Options> parse(const example::Arguments& arguments);
};

}  // namespace ledger
