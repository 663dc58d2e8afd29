// SPDX-License-Identifier: Apache-2.0
#include "console/sampling_rules.hpp"

#include <aloft/core/text.hpp>

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <optional>
#include <tuple>

namespace aloft::console {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxNameCharacters = 32;
constexpr std::int64_t kMaxReservoir = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMaxAttributes = 5;
constexpr std::size_t kMaxAttributeCharacters = 32;
// Ours: two hundred rules of the longest texts.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxFileDepth = 16;
constexpr std::string_view kArnPrefix = "arn:aws:xray:us-east-1:000000000000:sampling-rule/";

// A text that requests are matched by; each must be there.
// Source: X-Ray service model, SamplingRule, read 2026-11.
struct MatchMember {
  std::string_view key;
  std::string SamplingRule::*field;
  std::size_t characters;
};
constexpr std::array<MatchMember, 6> kMatches = {{
    {"ResourceARN", &SamplingRule::resource_arn, 500},
    {"ServiceName", &SamplingRule::service_name, 64},
    {"ServiceType", &SamplingRule::service_type, 64},
    {"Host", &SamplingRule::host, 64},
    {"HTTPMethod", &SamplingRule::http_method, 10},
    {"URLPath", &SamplingRule::url_path, 128},
}};
constexpr std::array<std::string_view, 7> kOtherMembers = {
    "RuleName", "RuleARN", "Priority", "FixedRate", "ReservoirSize", "Version", "Attributes"};

std::size_t characters(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Unexpected wrong(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message),
              "the shape is that of `aws xray get-sampling-rules`");
}

class RuleReader {
 public:
  RuleReader(dom::object object, std::size_t number) : object_(object), number_(number) {}

  Result<SamplingRule> read() {
    SamplingRule rule;
    for (const auto step :
         {&RuleReader::read_members, &RuleReader::read_name, &RuleReader::read_numbers,
          &RuleReader::read_matches, &RuleReader::read_attributes, &RuleReader::read_default}) {
      if (const auto complaint = (this->*step)(rule)) {
        return wrong("rule " + std::to_string(number_) + ": " + *complaint);
      }
    }
    return rule;
  }

 private:
  using Complaint = std::optional<std::string>;

  // A misspelt member would be a rule that matches more than was meant.
  Complaint read_members(SamplingRule&) {
    for (const dom::key_value_pair member : object_) {
      if (member.key == "SamplingRateBoost") return "SamplingRateBoost is not served";
      const bool known =
          std::find(kOtherMembers.begin(), kOtherMembers.end(), member.key) !=
              kOtherMembers.end() ||
          std::any_of(kMatches.begin(), kMatches.end(),
                      [&](const MatchMember& match) { return match.key == member.key; });
      if (!known) return "it has a member that no sampling rule has";
    }
    return std::nullopt;
  }

  Complaint read_name(SamplingRule& rule) {
    std::string_view name;
    if (object_["RuleName"].get(name) != simdjson::SUCCESS || !is_rule_name(name)) {
      return "RuleName is missing or not 1 to 32 of letters, digits, blanks and - _ .";
    }
    rule.name = name;
    rule.arn = std::string(kArnPrefix) + rule.name;
    std::string_view arn;
    if (object_["RuleARN"].get(arn) == simdjson::SUCCESS && !arn.empty()) rule.arn = arn;
    return std::nullopt;
  }

  Complaint read_numbers(SamplingRule& rule) {
    if (object_["Priority"].get(rule.priority) != simdjson::SUCCESS || rule.priority < 1 ||
        (rule.priority >= kDefaultPriority) != (rule.name == kDefaultRule) ||
        rule.priority > kDefaultPriority) {
      return rule.name == kDefaultRule ? "Priority is not 10000, as that of Default is"
                                       : "Priority is missing or not 1 to 9999";
    }
    if (object_["FixedRate"].get(rule.fixed_rate) != simdjson::SUCCESS ||
        !(rule.fixed_rate >= 0 && rule.fixed_rate <= 1)) {
      return "FixedRate is missing or not 0 to 1";
    }
    if (object_["ReservoirSize"].get(rule.reservoir_size) != simdjson::SUCCESS ||
        rule.reservoir_size < 0 || rule.reservoir_size > kMaxReservoir) {
      return "ReservoirSize is missing or not a whole number from 0";
    }
    std::int64_t version = 0;
    if (object_["Version"].get(version) != simdjson::SUCCESS || version != 1) {
      return "Version is missing or not 1";
    }
    return std::nullopt;
  }

  Complaint read_matches(SamplingRule& rule) {
    for (const MatchMember& match : kMatches) {
      std::string_view text;
      if (object_[match.key].get(text) != simdjson::SUCCESS) {
        return std::string(match.key) + " is missing or no text; \"*\" matches everything";
      }
      if (characters(text) > match.characters) {
        return std::string(match.key) + " has more than " + std::to_string(match.characters) +
               " characters";
      }
      rule.*match.field = text;
    }
    return std::nullopt;
  }

  Complaint read_attributes(SamplingRule& rule) {
    dom::element member;
    if (object_["Attributes"].get(member) != simdjson::SUCCESS || member.is_null()) {
      return std::nullopt;
    }
    dom::object attributes;
    if (member.get(attributes) != simdjson::SUCCESS || attributes.size() > kMaxAttributes) {
      return "Attributes is no object of at most 5 members";
    }
    for (const dom::key_value_pair attribute : attributes) {
      std::string_view value;
      if (attribute.value.get(value) != simdjson::SUCCESS || !fits(attribute.key) || !fits(value)) {
        return "Attributes has a key or a value that is not a text of 1 to 32 characters";
      }
      rule.attributes.emplace_back(attribute.key, value);
    }
    return std::nullopt;
  }

  static bool fits(std::string_view text) noexcept {
    return !text.empty() && characters(text) <= kMaxAttributeCharacters;
  }

  // It takes what no other rule took.
  Complaint read_default(SamplingRule& rule) {
    const bool everything =
        rule.attributes.empty() &&
        std::all_of(kMatches.begin(), kMatches.end(),
                    [&](const MatchMember& match) { return rule.*match.field == "*"; });
    if (rule.name != kDefaultRule || everything) return std::nullopt;
    return "Default matches everything: its texts are \"*\", and it has no Attributes";
  }

  dom::object object_;
  std::size_t number_;
};

}  // namespace

bool is_rule_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxNameCharacters &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return text::is_alnum(c) || c == '-' || c == '_' || c == '.' || c == ' ';
         });
}

SamplingRules::SamplingRules() {
  SamplingRule rule;
  rule.name = kDefaultRule;
  rule.arn = std::string(kArnPrefix) + rule.name;
  rules_.push_back(std::move(rule));
}

Result<SamplingRules> SamplingRules::parse(std::string_view json) {
  dom::parser parser;
  dom::element root;
  if (parser.allocate(json.size() + 1, kMaxFileDepth) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) {
    return wrong("it is not JSON");
  }
  dom::array list;
  if (root.get(list) != simdjson::SUCCESS &&
      root["SamplingRuleRecords"].get(list) != simdjson::SUCCESS) {
    return wrong("it is no list of rules, and has no SamplingRuleRecords");
  }
  if (list.size() > kMaxSamplingRules) return wrong("it has more than 200 rules");
  SamplingRules out;
  const SamplingRule builtin = std::move(out.rules_.front());
  out.rules_.clear();
  std::size_t number = 0;
  for (const dom::element element : list) {
    ++number;
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      return wrong("rule " + std::to_string(number) + ": it is no object");
    }
    dom::object inner;
    if (object["SamplingRule"].get(inner) == simdjson::SUCCESS) object = inner;
    auto rule = RuleReader(object, number).read();
    if (!rule) return unexpected(rule.error());
    if (out.find(rule->name) != nullptr) {
      return wrong("rule " + std::to_string(number) + ": an earlier rule has its RuleName");
    }
    out.rules_.push_back(std::move(*rule));
  }
  if (out.find(kDefaultRule) == nullptr) out.rules_.push_back(builtin);
  std::sort(out.rules_.begin(), out.rules_.end(), [](const SamplingRule& a, const SamplingRule& b) {
    return std::tie(a.priority, a.name) < std::tie(b.priority, b.name);
  });
  return out;
}

Result<SamplingRules> SamplingRules::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string json(kMaxFileBytes + 1, '\0');
  if (file) file.read(json.data(), static_cast<std::streamsize>(json.size()));
  if (!file.is_open() || file.bad()) {
    return fail(ErrorCode::unavailable, "the file cannot be read", "name a file that you may read");
  }
  json.resize(static_cast<std::size_t>(file.gcount()));
  if (json.size() > kMaxFileBytes) return wrong("the file is longer than a megabyte");
  return parse(json);
}

const SamplingRule* SamplingRules::find(std::string_view name) const noexcept {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [&](const SamplingRule& rule) { return rule.name == name; });
  return found == rules_.end() ? nullptr : &*found;
}

}  // namespace aloft::console
