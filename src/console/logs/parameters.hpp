// SPDX-License-Identifier: Apache-2.0
// The body of an operation, read as the service reads it: a member of the wrong JSON type is a
// SerializationException at once; what breaks a constraint of the model is collected, and told
// together in the service's own words.
//
//   Parameters in(call.body);
//   const std::string_view group = in.required_text("logGroupName", kGroupName);
//   const auto limit = in.integer("limit", 1, 50);
//   if (auto wrong = in.wrong()) return std::move(*wrong);
//
// Members that the model does not know are welcome. Null is absent.
//
// Source: refusals seen in the wild (aws-embedded-metrics-java#65, cisagov/crossfeed#374,
// fluent-plugin-cloudwatch-logs#116, amazon-archives/cloudwatch-logs-centralize-logs#5,
// aws-sdk-js-v3#4080; read 2026-11) and the service model, botocore 1.43, read 2026-11.
// Thread-safety: one request's own. Texts live as long as the object.
#pragma once

#include <aloft/http/response.hpp>

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::logs {

/// What a text must be like; lengths in characters.
struct TextRule {
  std::size_t min_length = 1;
  std::size_t max_length = (std::numeric_limits<std::size_t>::max)();
  bool (*allows)(char) = nullptr;  ///< null: any
  std::string_view pattern{};      ///< as it is told when a character is not allowed
};

bool is_group_character(char c) noexcept;
bool is_stream_character(char c) noexcept;

inline constexpr TextRule kGroupName{1, 512, is_group_character, R"([\.\-_/#A-Za-z0-9]+)"};
inline constexpr TextRule kGroupPattern{0, 512, is_group_character, R"([\.\-_/#A-Za-z0-9]*)"};
inline constexpr TextRule kStreamName{1, 512, is_stream_character, "[^:*]*"};
inline constexpr TextRule kAnyText{1};
inline constexpr TextRule kFilterPatternText{0, 1024};

class Parameters {
 public:
  explicit Parameters(std::string_view body);

  /// The member is there and not null.
  bool has(std::string_view key) const { return member(key).has_value(); }
  /// Each is empty when the member is absent or wrong.
  std::optional<std::string_view> text(std::string_view key, const TextRule& rule);
  std::string_view required_text(std::string_view key, const TextRule& rule);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::int64_t required_integer(std::string_view key);
  /// Milliseconds since 1970.
  std::optional<std::int64_t> time(std::string_view key);
  bool flag(std::string_view key);
  std::vector<std::string> texts(std::string_view key, std::size_t max_count, const TextRule& rule);
  std::optional<simdjson::dom::array> list(std::string_view key);
  std::optional<simdjson::dom::object> object(std::string_view key);
  /// One of `values`; empty when absent.
  std::string_view choice(std::string_view key, std::span<const std::string_view> values);
  /// The group that logGroupName names, or logGroupIdentifier by name or ARN.
  std::string_view group_or_identifier();
  /// The group that an ARN of `key` names.
  std::string_view group_of_arn(std::string_view key);

  // For what is read member by member. `path` as the service writes it: "tags", or
  // "logEvents.1.member.message".
  void complain(std::string_view path, std::string_view value, std::string_view constraint);
  void complain_absent(std::string_view path);
  void mistype(const simdjson::dom::element& value, std::string_view wanted);
  bool read_text(const simdjson::dom::element& value, std::string_view& out);
  bool read_integer(const simdjson::dom::element& value, std::int64_t& out);
  void check(std::string_view path, std::string_view value, const TextRule& rule);
  /// What is wrong with the parameters together, in the service's words.
  void refuse(std::string_view message);

  /// The answer that says what was wrong; nothing when all is well so far.
  std::optional<http::Response> wrong() const;

 private:
  std::optional<simdjson::dom::element> member(std::string_view key) const;

  simdjson::dom::parser parser_;
  simdjson::dom::object root_;
  bool is_object_ = false;
  std::string serialization_error_;
  std::vector<std::string> violations_;
  std::string refusal_;
};

/// "/a" of "/a", of "arn:aws:logs:eu-west-1:000000000000:log-group:/a" and of that with ":*"
/// behind; empty when it is no ARN of a group.
std::string_view group_of(std::string_view name_or_arn) noexcept;
/// "arn:aws:logs:eu-west-1:000000000000:log-group:/a"; the partition is that of the region.
std::string group_arn(std::string_view region, std::string_view group);

}  // namespace aloft::console::logs
