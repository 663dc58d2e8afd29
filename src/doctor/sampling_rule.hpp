// SPDX-License-Identifier: Apache-2.0
// Which of X-Ray's sampling rules would decide about a service's requests.
// It is the table that also samples (aloft/telemetry/sampling_rule.hpp) that finds it.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/result.hpp>

#include <string>
#include <string_view>

namespace aloft::doctor {

/// A sentence about the rule that `answer`, the body of GetSamplingRules, has for the service.
/// Only rules without conditions on the request (host, method, path, attributes) can be told from
/// outside; those that have some are counted.
/// @error invalid_argument  it is no such answer.
Result<std::string> chosen_rule(std::string_view answer, std::string_view service_name);

}  // namespace aloft::doctor
