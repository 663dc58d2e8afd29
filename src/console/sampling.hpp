// SPDX-License-Identifier: Apache-2.0
// What X-Ray's SDKs ask the daemon for, unsigned, on its TCP port: the sampling rules, and every
// ten seconds the targets for the rules that saw traffic. The console has the one rule that every
// account has, with its defaults, and grants each client the whole reservoir.
//
// Source: X-Ray service model, GetSamplingRules and GetSamplingTargets, read 2026-11.
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/clock.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace aloft::console {

/// The answer to `POST /GetSamplingRules`. SDKs need the array, and every member of the rule.
/// @param since  when the rule came into being: the start of the console.
std::string sampling_rules_json(WallTime since);

/// What was wrong with a request, in words that quote nothing of it.
struct BadRequest {
  std::string_view message;
  std::optional<std::size_t> position = std::nullopt;  ///< the byte of a filter expression
};

/// The answer to `POST /SamplingTargets`, or what is wrong with `body`.
std::variant<std::string, BadRequest> sampling_targets_json(std::string_view body, WallTime since,
                                                            WallTime now);

}  // namespace aloft::console
