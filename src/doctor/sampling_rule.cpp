// SPDX-License-Identifier: Apache-2.0
#include "doctor/sampling_rule.hpp"

#include <aloft/aws/sampling_wire.hpp>
#include <aloft/core/text.hpp>
#include <aloft/telemetry/sampling_rule.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace aloft::doctor {
namespace {

std::string printable(std::string_view name) {
  std::string out(name.substr(0, 32));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return !text::is_alnum(c) && c != '-' && c != '_' && c != '.' && c != ' '; },
      '?');
  return out;
}

}  // namespace

Result<std::string> chosen_rule(std::string_view body, std::string_view service_name) {
  Result<aws::SamplingRulesPage> page = aws::read_sampling_rules(body);
  if (!page) return unexpected(page.error());
  sort_rules(page->rules);
  // Nothing is known of a request: what asks for something is for none.
  static constexpr TraceContext kNoParent{};
  const SamplingRequest request{.name = service_name, .parent = kNoParent, .tenant = {}};
  const SamplingRule* const chosen = first_match(page->rules, request);
  if (chosen == nullptr) return std::string("no rule is for every request of this service");
  std::string sentence = "\"" + printable(chosen->name) +
                         "\": " + std::to_string(chosen->reservoir) + " a second, then " +
                         std::to_string(std::llround(chosen->rate * 100)) + " %";
  const auto conditional =
      std::count_if(page->rules.begin(), page->rules.end(),
                    [&](const SamplingRule& rule) { return !matches(rule, request); });
  if (conditional != 0) {
    sentence += "; " + std::to_string(conditional) + " others are for some requests or services";
  }
  return sentence;
}

}  // namespace aloft::doctor
