// SPDX-License-Identifier: Apache-2.0
#include "console/logs/parameters.hpp"

#include "console/logs/operations.hpp"
#include "console/xray/operations.hpp"
#include "console/xray/signature.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace aloft::console::logs {
namespace {

namespace dom = simdjson::dom;

// The deepest of the model: a list of structures of texts.
constexpr std::size_t kMaxDepth = 16;
// Ours: a value is told back to who sent it, but not at any length.
constexpr std::size_t kMaxToldBytes = 600;
// Ours: so many events may be wrong at once; the first ones tell enough.
constexpr std::size_t kMaxViolations = 16;
constexpr double kMaxExact = 9'007'199'254'740'992.0;

std::size_t characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string_view type_name(const dom::element& value) noexcept {
  switch (value.type()) {
    case dom::element_type::STRING:
      return "STRING_VALUE";
    case dom::element_type::BOOL:
      return value.get_bool().value_unsafe() ? "TRUE_VALUE" : "FALSE_VALUE";
    case dom::element_type::ARRAY:
      return "LIST_VALUE";
    case dom::element_type::OBJECT:
      return "MAP_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

}  // namespace

bool is_group_character(char c) noexcept {
  return text::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '/' || c == '#';
}

bool is_stream_character(char c) noexcept { return c != ':' && c != '*'; }

Parameters::Parameters(std::string_view body) {
  dom::element root;
  if (body.empty()) body = "{}";
  if (parser_.allocate(body.size() + 1, kMaxDepth) != simdjson::SUCCESS ||
      parser_.parse(body.data(), body.size(), true).get(root) != simdjson::SUCCESS) {
    serialization_error_ = "The body is not JSON, or nested too deep";
    return;
  }
  if (root.get(root_) == simdjson::SUCCESS) {
    is_object_ = true;
  } else {
    serialization_error_ = "Start of structure or map was expected";
  }
}

std::optional<dom::element> Parameters::member(std::string_view key) const {
  dom::element found;
  if (!is_object_ || root_[key].get(found) != simdjson::SUCCESS || found.is_null()) {
    return std::nullopt;
  }
  return found;
}

std::optional<std::string_view> Parameters::text(std::string_view key, const TextRule& rule) {
  const auto found = member(key);
  std::string_view value;
  if (!found || !read_text(*found, value)) return std::nullopt;
  check(key, value, rule);
  return value;
}

std::string_view Parameters::required_text(std::string_view key, const TextRule& rule) {
  if (!member(key)) complain_absent(key);
  return text(key, rule).value_or(std::string_view());
}

std::optional<std::int64_t> Parameters::integer(std::string_view key, std::int64_t min,
                                                std::int64_t max) {
  const auto found = member(key);
  std::int64_t value = 0;
  if (!found || !read_integer(*found, value)) return std::nullopt;
  if (value < min) {
    complain(key, std::to_string(value),
             "Member must have value greater than or equal to " + std::to_string(min));
  }
  if (value > max) {
    complain(key, std::to_string(value),
             "Member must have value less than or equal to " + std::to_string(max));
  }
  return value;
}

std::int64_t Parameters::required_integer(std::string_view key) {
  if (!member(key)) complain_absent(key);
  return integer(key, (std::numeric_limits<std::int64_t>::min)(),
                 (std::numeric_limits<std::int64_t>::max)())
      .value_or(0);
}

std::optional<std::int64_t> Parameters::time(std::string_view key) {
  return integer(key, 0, (std::numeric_limits<std::int64_t>::max)());
}

bool Parameters::flag(std::string_view key) {
  const auto found = member(key);
  bool value = false;
  if (found && found->get(value) != simdjson::SUCCESS) mistype(*found, "a Boolean");
  return value;
}

std::vector<std::string> Parameters::texts(std::string_view key, std::size_t max_count,
                                           const TextRule& rule) {
  std::vector<std::string> out;
  const auto found = list(key);
  if (!found) return out;
  std::size_t number = 0;
  for (const dom::element element : *found) {
    std::string_view value;
    if (!read_text(element, value)) return {};
    check(std::string(key) + "." + std::to_string(++number) + ".member", value, rule);
    if (number <= max_count) out.emplace_back(value);
  }
  if (number == 0) complain(key, "[]", "Member must have length greater than or equal to 1");
  if (number > max_count) {
    complain(key, "[...]",
             "Member must have length less than or equal to " + std::to_string(max_count));
  }
  return out;
}

std::optional<dom::array> Parameters::list(std::string_view key) {
  const auto found = member(key);
  if (!found) return std::nullopt;
  dom::array out;
  if (found->get(out) == simdjson::SUCCESS) return out;
  mistype(*found, "a List");
  return std::nullopt;
}

std::optional<dom::object> Parameters::object(std::string_view key) {
  const auto found = member(key);
  if (!found) return std::nullopt;
  dom::object out;
  if (found->get(out) == simdjson::SUCCESS) return out;
  mistype(*found, "a Map");
  return std::nullopt;
}

std::string_view Parameters::choice(std::string_view key,
                                    std::span<const std::string_view> values) {
  const auto found = text(key, {0});
  if (!found) return {};
  if (std::find(values.begin(), values.end(), *found) == values.end()) {
    std::string set;
    for (const std::string_view value : values) {
      set.append(set.empty() ? "" : ", ").append(value);
    }
    complain(key, *found, "Member must satisfy enum value set: [" + set + "]");
  }
  return *found;
}

std::string_view Parameters::group_or_identifier() {
  const bool by_name = member("logGroupName").has_value();
  const bool by_identifier = member("logGroupIdentifier").has_value();
  if (by_name == by_identifier) {
    refuse(by_name ? "LogGroupName and LogGroupIdentifier are mutually exclusive parameters."
                   : "One of LogGroupName and LogGroupIdentifier must be given.");
    return {};
  }
  return by_name ? required_text("logGroupName", kGroupName) : group_of_arn("logGroupIdentifier");
}

std::string_view Parameters::group_of_arn(std::string_view key) {
  // Source: LogGroupIdentifier, 2,048; AmazonResourceName, 1,011.
  const std::string_view given = required_text(key, {1, 2048});
  const std::string_view group = group_of(given);
  if (!given.empty() && group.empty()) refuse("The specified ARN is invalid.");
  return group;
}

void Parameters::check(std::string_view path, std::string_view value, const TextRule& rule) {
  const std::size_t length = characters(value);
  if (length < rule.min_length) {
    complain(path, value,
             "Member must have length greater than or equal to " + std::to_string(rule.min_length));
  }
  if (length > rule.max_length) {
    complain(path, value,
             "Member must have length less than or equal to " + std::to_string(rule.max_length));
  }
  if (rule.allows != nullptr && !std::all_of(value.begin(), value.end(), rule.allows)) {
    complain(path, value,
             "Member must satisfy regular expression pattern: " + std::string(rule.pattern));
  }
}

void Parameters::complain(std::string_view path, std::string_view value,
                          std::string_view constraint) {
  if (violations_.size() >= kMaxViolations) return;
  std::string told = "Value '";
  told.append(text::cut(value, kMaxToldBytes)).append("' at '").append(path);
  violations_.push_back(told.append("' failed to satisfy constraint: ").append(constraint));
}

void Parameters::complain_absent(std::string_view path) {
  if (violations_.size() >= kMaxViolations) return;
  violations_.push_back("Value null at '" + std::string(path) +
                        "' failed to satisfy constraint: Member must not be null");
}

void Parameters::mistype(const dom::element& value, std::string_view wanted) {
  if (!serialization_error_.empty()) return;
  serialization_error_.append(type_name(value)).append(" can not be converted to ").append(wanted);
}

bool Parameters::read_text(const dom::element& value, std::string_view& out) {
  if (value.get(out) == simdjson::SUCCESS) return true;
  mistype(value, "a String");
  return false;
}

bool Parameters::read_integer(const dom::element& value, std::int64_t& out) {
  if (value.get(out) == simdjson::SUCCESS) return true;
  // The service cuts off fractions.
  double number = 0;
  if (!value.is_string() && value.get(number) == simdjson::SUCCESS &&
      std::abs(number) <= kMaxExact) {
    out = static_cast<std::int64_t>(number);
    return true;
  }
  mistype(value, "a Long");
  return false;
}

void Parameters::refuse(std::string_view message) {
  if (refusal_.empty()) refusal_ = message;
}

std::optional<http::Response> Parameters::wrong() const {
  if (!serialization_error_.empty()) {
    return error(400, "SerializationException", serialization_error_);
  }
  if (!violations_.empty()) {
    std::string told = std::to_string(violations_.size());
    told +=
        violations_.size() == 1 ? " validation error detected: " : " validation errors detected: ";
    for (std::size_t i = 0; i < violations_.size(); ++i) {
      told.append(i == 0 ? "" : "; ").append(violations_[i]);
    }
    return invalid(told);
  }
  if (!refusal_.empty()) return invalid(refusal_);
  return std::nullopt;
}

std::string_view group_of(std::string_view name_or_arn) noexcept {
  constexpr std::string_view kKind = ":log-group:";
  std::string_view name = name_or_arn;
  if (name.substr(0, 4) == "arn:") {
    const std::size_t at = name.find(kKind);
    if (at == std::string_view::npos) return {};
    name.remove_prefix(at + kKind.size());
    if (name.size() > 2 && name.substr(name.size() - 2) == ":*") name.remove_suffix(2);
  }
  const bool named = name.size() <= kGroupName.max_length &&
                     std::all_of(name.begin(), name.end(), is_group_character);
  return named ? name : std::string_view();
}

std::string group_arn(std::string_view region, std::string_view group) {
  std::string arn = "arn:";
  arn.append(xray::partition_of(region)).append(":logs:").append(region).append(":");
  return arn.append(xray::kAccount).append(":log-group:").append(group);
}

}  // namespace aloft::console::logs
