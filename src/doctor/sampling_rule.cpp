// SPDX-License-Identifier: Apache-2.0
#include "doctor/sampling_rule.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace aloft::doctor {
namespace {

using http::JsonDocument;

constexpr std::size_t kMaxAnswerBytes = 1u << 20;

struct Rule {
  std::string name;
  std::int64_t priority = 0;
  std::int64_t reservoir = 0;
  double rate = 0;
};

bool is_any(const JsonDocument& answer, const std::string& at) {
  const Result<std::string_view> value = answer.text(at);
  return !value || *value == "*";
}

/// The rule at `at` when it is for every request of the service.
std::optional<Rule> unconditional(const JsonDocument& answer, const std::string& at,
                                  std::string_view service) {
  const Result<std::string_view> pattern = answer.text(at + "/ServiceName");
  const Result<std::string_view> name = answer.text(at + "/RuleName");
  const Result<std::int64_t> priority = answer.integer(at + "/Priority");
  if (!name || !priority || (pattern && !matches_wildcard(*pattern, service))) return std::nullopt;
  for (const char* condition : {"/Host", "/HTTPMethod", "/URLPath", "/ServiceType"}) {
    if (!is_any(answer, at + condition)) return std::nullopt;
  }
  const Result<std::size_t> attributes = answer.size(at + "/Attributes");
  if (attributes && *attributes != 0) return std::nullopt;
  Rule rule{std::string(*name), *priority, 0, 0};
  if (const auto reservoir = answer.integer(at + "/ReservoirSize")) rule.reservoir = *reservoir;
  if (const auto rate = answer.number(at + "/FixedRate")) rule.rate = *rate;
  return rule;
}

std::string printable(std::string_view name) {
  std::string out(name.substr(0, 32));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return !text::is_alnum(c) && c != '-' && c != '_' && c != '.' && c != ' '; },
      '?');
  return out;
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one met
  std::size_t retry = 0;                      // where its text ends so far
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || text::to_lower(pattern[p]) == text::to_lower(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Result<std::string> chosen_rule(std::string_view body, std::string_view service_name) {
  const Result<JsonDocument> answer = JsonDocument::parse(body, {.bytes = kMaxAnswerBytes});
  if (!answer) return unexpected(answer.error());
  const Result<std::size_t> count = answer->size("/SamplingRuleRecords");
  if (!count) {
    return fail(ErrorCode::invalid_argument, "the answer holds no sampling rules",
                "ask a newer daemon, or X-Ray itself");
  }
  std::optional<Rule> chosen;
  std::size_t conditional = 0;
  for (std::size_t i = 0; i < *count; ++i) {
    const std::string at = "/SamplingRuleRecords/" + std::to_string(i) + "/SamplingRule";
    const std::optional<Rule> rule = unconditional(*answer, at, service_name);
    if (!rule) ++conditional;
    if (rule && (!chosen || rule->priority < chosen->priority)) chosen = rule;
  }
  if (!chosen) return std::string("no rule is for every request of this service");
  std::string sentence = "\"" + printable(chosen->name) +
                         "\": " + std::to_string(chosen->reservoir) + " a second, then " +
                         std::to_string(std::llround(chosen->rate * 100)) + " %";
  if (conditional != 0) {
    sentence += "; " + std::to_string(conditional) + " others are for some requests or services";
  }
  return sentence;
}

}  // namespace aloft::doctor
