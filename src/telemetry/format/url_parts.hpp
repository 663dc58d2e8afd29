// SPDX-License-Identifier: Apache-2.0
// A URL as it is recorded (scheme, host, port, path; never a query), in pieces.
#pragma once

#include <aloft/core/text.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

struct UrlParts {
  std::string_view scheme;
  std::string_view host;   ///< IPv6 without brackets
  std::uint16_t port = 0;  ///< 0: none was given, or none that is a port
  std::string_view path;   ///< with its slash, or empty
  /// Scheme, "://", host, a colon and the port if there is one, and the path are the whole of it.
  bool exact = false;
};

inline UrlParts split_url(std::string_view url) noexcept {
  UrlParts parts;
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, colon);
  std::string_view rest = url.substr(colon + 3);
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) parts.path = rest.substr(slash);
  std::string_view authority = rest.substr(0, slash);
  parts.exact = colon != 0;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return {};
    parts.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
    parts.exact = false;
  } else {
    parts.host = authority.substr(0, authority.find(':'));
    parts.exact = parts.exact && !parts.host.empty();
    authority.remove_prefix(parts.host.size());
  }
  if (authority.empty()) return parts;
  const auto port = text::parse_decimal(authority.substr(1));
  if (port && *port >= 1 && *port <= 65'535 && authority[1] != '0') {
    parts.port = static_cast<std::uint16_t>(*port);
  } else {
    parts.exact = false;
  }
  return parts;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
