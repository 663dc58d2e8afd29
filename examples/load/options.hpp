// SPDX-License-Identifier: Apache-2.0
// The command line of the load generator.
//
// Thread-safety: plain value, pure function.
#pragma once

#include "common/flags.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace load {

inline constexpr std::string_view kUsage =
    "usage: load --target URL [--rate N] [--duration SECONDS]\n"
    "  --target URL        the service, e.g. http://127.0.0.1:8080\n"
    "  --rate N            requests a second, 1 to 1000; 20 when not given\n"
    "  --duration SECONDS  how long; until SIGTERM or SIGINT when not given\n"
    "  --help              these lines\n";

struct Options {
  example::Address target;
  std::uint64_t rate = 20;
  std::optional<std::chrono::seconds> duration;
  bool help = false;

  /// @error invalid_argument  a flag is unknown, lacks its value, or has a wrong one.
  static aloft::Result<Options> parse(const example::Arguments& arguments);
};

}  // namespace load
