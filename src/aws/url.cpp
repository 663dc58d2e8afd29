// SPDX-License-Identifier: Apache-2.0
#include "aws/url.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace aws {

std::optional<Url> split_url(std::string_view url) noexcept {
  Url parts;
  for (const std::string_view scheme : {"http", "https"}) {
    if (url.substr(0, scheme.size()) == scheme && url.substr(scheme.size(), 3) == "://") {
      parts.scheme = scheme;
    }
  }
  if (parts.scheme.empty()) return std::nullopt;
  url.remove_prefix(parts.scheme.size() + 3);
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  const std::string_view authority = url.substr(0, end);
  if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
  const std::size_t bracket = authority.front() == '[' ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const std::size_t colon = authority.find(':', bracket);
  parts.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) parts.port = authority.substr(colon + 1);
  if (parts.host.empty()) return std::nullopt;
  const std::string_view target = url.substr(end);
  const std::size_t question = std::min(target.find('?'), target.size());
  parts.path = target.substr(0, question);
  if (question < target.size()) parts.query = target.substr(question + 1);
  return parts;
}

std::string Url::host_field() const {
  std::string field(host);
  std::transform(field.begin(), field.end(), field.begin(), text::to_lower);
  const std::string_view implied = is_https() ? "443" : "80";
  if (!port.empty() && port != implied) field.append(":").append(port);
  return field;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (text::is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4u];
    encoded += kDigits[byte & 15u];
  }
  return encoded;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::optional<std::uint64_t> byte = text[i] == '%' && text.size() - i > 2
                                                  ? text::parse_hex(text.substr(i + 1, 2))
                                                  : std::nullopt;
    decoded += byte ? static_cast<char>(*byte) : text[i];
    if (byte) i += 2;
  }
  return decoded;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
