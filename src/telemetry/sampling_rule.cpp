// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sampling_rule.hpp>

#include "telemetry/rule_fields.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace aloft {
inline namespace v0 {
namespace {

/// Bytes of the character at the start of `text`; of a byte that begins none, itself.
std::size_t character_length(std::string_view text) noexcept {
  if (static_cast<unsigned char>(text.front()) < 0x80) return 1;
  return std::max<std::size_t>(1, text::utf8_length(text));
}

bool matches_attribute(const AttributePattern& wanted,
                       std::span<const SamplingAttribute> attributes) noexcept {
  for (const SamplingAttribute& attribute : attributes) {
    if (attribute.key == wanted.key) return matches_wildcard(wanted.pattern, attribute.value);
  }
  return detail::is_any(wanted.pattern);
}

}  // namespace

SamplingRule built_in_rule() {
  return {.name = std::string(kDefaultRuleName),
          .priority = kDefaultRulePriority,
          .reservoir = 1,
          .rate = 0.05};
}

bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one met
  std::size_t retry = 0;                      // where its run ends so far
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += character_length(text.substr(t));
    } else if (p < pattern.size() && text::to_lower(pattern[p]) == text::to_lower(text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      // No earlier star needs another look: the last one can take what an earlier one would.
      p = star + 1;
      retry += character_length(text.substr(retry));
      t = retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool detail::matches_attributes(const SamplingRule& rule,
                                std::span<const SamplingAttribute> attributes) noexcept {
  return std::all_of(
      rule.attributes.begin(), rule.attributes.end(),
      [&](const AttributePattern& wanted) { return matches_attribute(wanted, attributes); });
}

bool matches(const SamplingRule& rule, const SamplingRequest& request) noexcept {
  if (rule.is_default()) return true;
  const detail::FieldTexts texts = detail::field_texts(request);
  for (std::size_t field = 0; field < detail::kRuleFields; ++field) {
    const std::string& pattern = rule.*detail::kPatterns[field];
    if (!detail::is_any(pattern) && !detail::matches_known(pattern, texts[field])) return false;
  }
  return detail::matches_attributes(rule, request.request.attributes);
}

void sort_rules(std::vector<SamplingRule>& rules) {
  const auto place = [](const SamplingRule& rule) {
    return std::tuple<bool, std::int32_t, std::string_view>(rule.is_default(), rule.priority,
                                                            rule.name);
  };
  std::stable_sort(rules.begin(), rules.end(), [&](const SamplingRule& a, const SamplingRule& b) {
    return place(a) < place(b);
  });
}

const SamplingRule* first_match(std::span<const SamplingRule> sorted,
                                const SamplingRequest& request) noexcept {
  const auto found = std::find_if(sorted.begin(), sorted.end(),
                                  [&](const SamplingRule& rule) { return matches(rule, request); });
  return found != sorted.end() ? &*found : nullptr;
}

}  // namespace v0
}  // namespace aloft
