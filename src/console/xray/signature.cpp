// SPDX-License-Identifier: Apache-2.0
#include "console/xray/signature.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>

namespace aloft::console::xray {
namespace {

constexpr std::string_view kScheme = "AWS4-HMAC-SHA256";
// Ours: access key ids of AWS are 20 characters, the console's token is at most 128; regions are
// at most 14 characters today.
constexpr std::size_t kMaxKeyBytes = 128;
constexpr std::size_t kMaxNameBytes = 32;
constexpr std::size_t kDateDigits = 8;
constexpr std::size_t kScopeParts = 5;

bool is_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxKeyBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return text::is_digit(c) || c == '-' || (c >= 'a' && c <= 'z');
         });
}

// The value of `name=` among members that are separated by commas.
std::string_view member(std::string_view members, std::string_view name) noexcept {
  while (!members.empty()) {
    const std::size_t comma = members.find(',');
    const std::string_view one = text::trim(members.substr(0, comma));
    if (one.size() > name.size() && one.substr(0, name.size()) == name && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
    if (comma == std::string_view::npos) break;
    members.remove_prefix(comma + 1);
  }
  return {};
}

}  // namespace

std::optional<Signer> Signer::parse(std::string_view authorization) {
  if (authorization.size() <= kScheme.size() ||
      authorization.substr(0, kScheme.size()) != kScheme || authorization[kScheme.size()] != ' ') {
    return std::nullopt;
  }
  const std::string_view members = authorization.substr(kScheme.size() + 1);
  if (member(members, "SignedHeaders").empty() || member(members, "Signature").empty()) {
    return std::nullopt;
  }
  // From the end: an access key id may hold slashes, the rest may not.
  std::string_view scope = member(members, "Credential");
  std::array<std::string_view, kScopeParts> parts;
  for (std::size_t i = kScopeParts - 1; i > 0; --i) {
    const std::size_t slash = scope.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    parts[i] = scope.substr(slash + 1);
    scope = scope.substr(0, slash);
  }
  parts[0] = scope;
  const bool dated = parts[1].size() == kDateDigits && text::parse_decimal(parts[1]);
  if (!is_key(parts[0]) || !dated || !is_name(parts[2]) || !is_name(parts[3]) ||
      parts[4] != "aws4_request") {
    return std::nullopt;
  }
  return Signer{std::string(parts[0]), std::string(parts[2]), std::string(parts[3])};
}

std::string_view partition_of(std::string_view region) noexcept {
  if (region.substr(0, 3) == "cn-") return "aws-cn";
  return region.substr(0, 7) == "us-gov-" ? "aws-us-gov" : "aws";
}

}  // namespace aloft::console::xray
