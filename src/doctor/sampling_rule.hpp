// SPDX-License-Identifier: Apache-2.0
// Which of X-Ray's sampling rules would decide about a service's requests.
//
// Source: X-Ray API reference, GetSamplingRules; developer guide, "Configuring sampling rules",
// read 2026-11: rules are tried by priority, the lowest number first, and `*` and `?` are
// wildcards.
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/result.hpp>

#include <string>
#include <string_view>

namespace aloft::doctor {

/// `*` is any text and `?` any character; letters of both cases are the same.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept;

/// A sentence about the rule that `answer`, the body of GetSamplingRules, has for the service.
/// Only rules without conditions on the request (host, method, path, attributes) can be told from
/// outside; those that have some are counted.
/// @error invalid_argument  it is no such answer.
Result<std::string> chosen_rule(std::string_view answer, std::string_view service_name);

}  // namespace aloft::doctor
