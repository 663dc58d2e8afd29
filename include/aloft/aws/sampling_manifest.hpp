// SPDX-License-Identifier: Apache-2.0
// Sampling rules from a file, in the form that the X-Ray SDKs read.
//
//   {"version": 2,
//    "rules": [{"description": "checkout", "host": "*", "http_method": "POST",
//               "url_path": "/v1/charges", "fixed_target": 10, "rate": 0.5}],
//    "default": {"fixed_target": 1, "rate": 0.05}}
//
// They are tried in the order of the file. Version 1 has `service_name` where version 2 has `host`.
//
// Thread-safety: functions; the second reads a file.
// Source: X-Ray developer guide, "Configuring sampling rules" of the SDKs; X-Ray SDK for Go,
// sampling_rule_manifest.go, read 2026-11.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/telemetry/sampling_rule.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Ours: more than anybody writes by hand, and less than what slows each request down.
inline constexpr std::size_t kMaxSamplingRules = 512;
inline constexpr std::size_t kMaxManifestBytes = 1u << 20;

/// @return the rules in the order in which they are tried, each with a name of its own.
/// @error invalid_argument    not JSON, another version, or a field that is missing or of no use;
///                            the message says which, e.g. "/rules/2/rate".
/// @error resource_exhausted  too long, too deep or too many rules.
Result<std::vector<SamplingRule>> read_sampling_manifest(std::string_view json);

/// @error as above, and those of a file that cannot be read.
Result<std::vector<SamplingRule>> load_sampling_manifest(const std::string& path);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
