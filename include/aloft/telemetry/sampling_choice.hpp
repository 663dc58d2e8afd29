// SPDX-License-Identifier: Apache-2.0
// How new traces are sampled, by what the environment says.
//
//   ALOFT_SAMPLING         always, never, a share such as 0.05, rules, or central
//   ALOFT_SAMPLING_RULES   a file of rules, for `rules`, and for `central` while X-Ray has none
//
// `Telemetry::from_environment` knows all but the file and `central`, which need a JSON parser and
// a client: `aws::telemetry_from_environment` has both. A sampler set in code is the choice, and
// the environment is not asked.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/environment.hpp>
#include <aloft/core/result.hpp>

#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {

struct SamplingChoice {
  enum class Kind : std::uint8_t {
    code,     ///< nothing was said: `TelemetryOptions::sampling_rate`
    rate,     ///< that share of the new traces
    rules,    ///< those of the file, or `built_in_rule`
    central,  ///< X-Ray's; before and without them, those of the file, or `built_in_rule`
  };
  Kind kind = Kind::code;
  double rate = 1.0;
  std::string rules_file{};  ///< empty: none
};

/// A file alone stands for `rules`.
/// @error invalid_argument  ALOFT_SAMPLING is another word, or a number outside 0 to 1.
Result<SamplingChoice> choose_sampling(const Environment& environment);

}  // namespace v0
}  // namespace aloft
