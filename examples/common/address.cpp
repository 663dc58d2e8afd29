// SPDX-License-Identifier: Apache-2.0
#include "common/address.hpp"

#include <aloft/core/text.hpp>

#include <optional>
#include <utility>

namespace example {
namespace {

using aloft::ErrorCode;
using aloft::fail;
using aloft::Result;

constexpr std::string_view kScheme = "http://";
constexpr std::uint64_t kHttpPort = 80;

aloft::Unexpected malformed(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

/// Splits HOST[:PORT]; an IPv6 address stands in brackets, whose colons are not the port's.
std::optional<Address> split(std::string_view authority, std::optional<std::uint64_t> usual_port) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  std::string_view host = has_port ? authority.substr(0, colon) : authority;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::optional<std::uint64_t> port =
      has_port ? aloft::text::parse_decimal(authority.substr(colon + 1)) : usual_port;
  if (host.empty() || host.find('/') != std::string_view::npos || !port || *port > 65'535) {
    return std::nullopt;
  }
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  std::optional<Address> address = split(text, std::nullopt);
  if (!address) return malformed("is not ADDR:PORT");
  return *std::move(address);
}

Result<Address> Address::of_url(std::string_view url) {
  if (!url.starts_with(kScheme)) return malformed("is not http://HOST:PORT");
  std::string_view authority = url.substr(kScheme.size());
  if (authority.ends_with('/')) authority.remove_suffix(1);
  std::optional<Address> address = split(authority, kHttpPort);
  if (!address || address->port == 0) return malformed("is not http://HOST:PORT");
  return *std::move(address);
}

std::string Address::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace example
