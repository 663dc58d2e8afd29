// SPDX-License-Identifier: Apache-2.0
// The command line of the service.
//
// Thread-safety: plain value, pure function.
#pragma once

#include "common/flags.hpp"

#include <optional>
#include <string_view>

namespace payments {

inline constexpr std::string_view kUsage =
    "usage: payments [--listen ADDR:PORT] [--ledger URL] [--fraud URL]\n"
    "  --listen ADDR:PORT  where to answer; 127.0.0.1:8080 when not given, port 0 for any free "
    "one\n"
    "  --ledger URL        the service that keeps an entry of every charge, e.g.\n"
    "                      http://127.0.0.1:8081; no entries are kept when not given\n"
    "  --fraud URL         the service that scores every charge, e.g. http://127.0.0.1:8082;\n"
    "                      nothing is scored when not given\n"
    "  --help              these lines\n"
    "environment: AWS_XRAY_DAEMON_ADDRESS says where spans go, ALOFT_CONSOLE_URL where they are "
    "seen\n";

struct Options {
  example::Address listen{"127.0.0.1", 8080};
  std::optional<example::Address> ledger;
  std::optional<example::Address> fraud;
  bool help = false;

  /// @error invalid_argument  a flag is unknown, lacks its value, or has a wrong one.
  static aloft::Result<Options> parse(const example::Arguments& arguments);
};

}  // namespace payments
