// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/target.hpp>

#include "http/percent.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

using detail::PercentReader;

/// Empty when `encoded` is a segment we accept, else what is wrong with it.
std::string_view why_invalid_segment(std::string_view encoded) noexcept {
  PercentReader reader(encoded);
  std::size_t dots = 0;
  std::size_t bytes = 0;
  while (!reader.done()) {
    const char c = reader.next();
    if (!reader.ok()) return "the path has a bad percent escape";
    if (detail::is_control(c)) return "the path has a control byte";
    if (c == '.') ++dots;
    ++bytes;
  }
  if (bytes > 0 && dots == bytes && bytes <= 2) return "the path has a dot segment";
  return {};
}

std::string_view why_invalid_path(std::string_view path) noexcept {
  if (path.empty() || path.front() != '/') return "the target does not start with '/'";
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    const std::string_view why = why_invalid_segment(segment);
    if (!why.empty()) return why;
    path.remove_prefix(segment.size());
  }
  return {};
}

/// Nothing for a bad escape or a control byte.
std::optional<std::string> decode(std::string_view encoded, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(encoded.size());
  PercentReader reader(encoded);
  std::string_view raw = encoded;
  while (!reader.done()) {
    const bool plus = plus_is_blank && raw.front() == '+';
    raw.remove_prefix(raw.front() == '%' ? std::min<std::size_t>(3, raw.size()) : 1);
    const char c = reader.next();
    if (!reader.ok() || detail::is_control(c)) return std::nullopt;
    decoded.push_back(plus ? ' ' : c);
  }
  return decoded;
}

}  // namespace

Result<TargetParts> split_target(std::string_view target) {
  if (target == "*") return TargetParts{target, {}};
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const std::string_view why = why_invalid_path(path);
  if (!why.empty()) return fail(ErrorCode::invalid_argument, std::string(why));
  if (target.find('#') != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, "the target has a fragment");
  }
  return TargetParts{path,
                     mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
}

std::optional<std::string> percent_decode(std::string_view encoded) {
  return decode(encoded, false);
}

Result<Query> Query::parse(std::string_view encoded) {
  Query query;
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (query.parameters_.size() == kMaxQueryParameters) {
      return fail(ErrorCode::resource_exhausted, "the query has more than 256 parameters");
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::optional<std::string> name = decode(pair.substr(0, equals), true);
    std::optional<std::string> value = decode(pair.substr(std::min(pair.size(), equals + 1)), true);
    if (!name || !value) {
      return fail(ErrorCode::invalid_argument, "the query has a bad escape or a control byte");
    }
    query.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<std::string_view> Query::get(std::string_view name) const noexcept {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::size_t Query::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      parameters_.begin(), parameters_.end(), [&](const auto& one) { return one.first == name; }));
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
