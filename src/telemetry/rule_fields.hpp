// SPDX-License-Identifier: Apache-2.0
// The six fields of a request that every rule has a pattern for, laid side by side.
#pragma once

#include <aloft/telemetry/sampling_rule.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t kRuleFields = 6;

/// The patterns, in the order of `FieldTexts`: what tells rules apart most often comes first.
inline constexpr std::array<std::string SamplingRule::*, kRuleFields> kPatterns = {
    &SamplingRule::service_name, &SamplingRule::url_path,     &SamplingRule::http_method,
    &SamplingRule::host,         &SamplingRule::service_type, &SamplingRule::resource_arn};

using FieldTexts = std::array<std::string_view, kRuleFields>;

inline FieldTexts field_texts(const SamplingRequest& request) noexcept {
  const std::string_view target = request.request.url_path;
  return {request.name,
          target.substr(0, target.find('?')),
          request.request.http_method,
          request.request.host,
          request.service.type,
          request.service.resource_arn};
}

/// Most patterns of most rules are one asterisk.
inline bool is_any(std::string_view pattern) noexcept {
  if (pattern.empty() || pattern.front() != '*') return false;
  return pattern.size() == 1 || pattern.find_first_not_of('*') == std::string_view::npos;
}

/// A bit for each field that the rule asks for.
inline unsigned asked_fields(const SamplingRule& rule) noexcept {
  unsigned asked = 0;
  for (std::size_t field = 0; field < kRuleFields; ++field) {
    if (!is_any(rule.*kPatterns[field])) asked |= 1u << field;
  }
  return rule.is_default() ? 0 : asked;
}

/// Of a pattern that asks.
inline bool matches_known(std::string_view pattern, std::string_view text) noexcept {
  return !text.empty() && matches_wildcard(pattern, text);
}

bool matches_attributes(const SamplingRule& rule,
                        std::span<const SamplingAttribute> attributes) noexcept;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
