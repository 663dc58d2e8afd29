// SPDX-License-Identifier: Apache-2.0
#include "load/options.hpp"

#include <utility>

namespace load {
namespace {

/// Ours: one connection with one request at a time reaches a few hundred a second.
constexpr std::uint64_t kMaxRate = 1'000;
/// Ours: a week; longer is surely a mistyped unit.
constexpr std::uint64_t kMaxDurationSeconds = 7 * 24 * 3600;

}  // namespace

aloft::Result<Options> Options::parse(const example::Arguments& arguments) {
  Options options;
  std::optional<example::Address> target;
  std::uint64_t seconds = 0;
  const aloft::Result<example::CommandLine> line = example::read_flags(
      arguments,
      {example::url_flag("--target", target), example::count_flag("--rate", kMaxRate, options.rate),
       example::count_flag("--duration", kMaxDurationSeconds, seconds)});
  if (!line) return aloft::unexpected(line.error());
  options.help = *line == example::CommandLine::help;
  if (!target && !options.help) {
    return aloft::fail(aloft::ErrorCode::invalid_argument, "--target is missing",
                       "write it like --target http://127.0.0.1:8080");
  }
  if (target) options.target = *std::move(target);
  if (seconds > 0) options.duration = std::chrono::seconds(seconds);
  return options;
}

}  // namespace load
