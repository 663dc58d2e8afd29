// SPDX-License-Identifier: Apache-2.0
#include "http_client/request_check.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/target.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

/// Longest name of the DNS. Source: RFC 1035, 2.3.4, read 2026-11.
constexpr std::size_t kMaxHostBytes = 255;

constexpr std::array<std::string_view, 13> kConnectionFields = {"connection",
                                                                "content-length",
                                                                "expect",
                                                                "host",
                                                                "http2-settings",
                                                                "keep-alive",
                                                                "proxy-authenticate",
                                                                "proxy-authorization",
                                                                "proxy-connection",
                                                                "te",
                                                                "trailer",
                                                                "transfer-encoding",
                                                                "upgrade"};

Unexpected refused(std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, std::string(what), std::string(remedy));
}

std::size_t scheme_bytes(std::string_view url) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text::equals_ignoring_case(url.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

bool is_host_name(std::string_view host) noexcept {
  return !host.empty() && host.size() <= kMaxHostBytes &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return text::is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

/// "[::1]"; that it is an address is for the connection to find out.
bool is_bracketed(std::string_view host) noexcept {
  if (host.size() < 4 || host.size() > 64 || host.front() != '[' || host.back() != ']') {
    return false;
  }
  const std::string_view address = host.substr(1, host.size() - 2);
  return std::all_of(address.begin(), address.end(), [](char c) {
    return text::parse_hex(std::string_view(&c, 1)) || c == ':' || c == '.';
  });
}

bool is_authority(std::string_view authority) noexcept {
  std::string_view host = authority;
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    host = authority.substr(0, colon);
    const std::optional<std::uint64_t> port = text::parse_decimal(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > 65'535) return false;
  }
  return is_host_name(host) || is_bracketed(host);
}

}  // namespace

Result<UrlParts> split_url(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return refused("the url is too long", "use at most 16 KiB");
  const std::size_t scheme = scheme_bytes(url);
  if (scheme == 0) {
    return refused("the url has another scheme than http or https", "begin it with http://");
  }
  const std::size_t end = std::min(url.find_first_of("/?#", scheme), url.size());
  if (!is_authority(url.substr(scheme, end - scheme))) {
    return refused("the url has no valid host and port",
                   "use host or host:port, without user name and password");
  }
  const UrlParts parts{url.substr(0, end), url.substr(end)};
  if (parts.target.find('#') != std::string_view::npos) {
    return refused("the url has a fragment", "leave out what follows '#'");
  }
  if (!parts.target.empty() && parts.target.front() == '/') {
    if (Result<http::TargetParts> ok = http::split_target(parts.target); !ok) {
      return unexpected(ok.error());
    }
  } else if (!parts.target.empty()) {
    return refused("the url has a query without a path", "write host/?query");
  }
  // What a server would read as the end of the target, or a proxy differently from a server.
  const bool plain = std::all_of(parts.target.begin(), parts.target.end(),
                                 [](char c) { return c > ' ' && c <= '~'; });
  if (!plain) {
    return refused("the url has a byte that must be percent-encoded", "encode it as %XX");
  }
  return parts;
}

std::string host_key(std::string_view origin) {
  std::string key(origin);
  std::transform(key.begin(), key.end(), key.begin(), text::to_lower);
  const std::size_t colon = key.rfind(':');
  const bool has_port = colon > 5 && key.find(']', colon) == std::string::npos;
  if (!has_port) key += key.compare(0, 8, "https://") == 0 ? ":443" : ":80";
  return key;
}

bool belongs_to_connection(std::string_view header_name) noexcept {
  return std::any_of(
      kConnectionFields.begin(), kConnectionFields.end(),
      [&](std::string_view field) { return text::equals_ignoring_case(field, header_name); });
}

Result<std::string> check_request(const ClientRequest& request) {
  const Result<UrlParts> url = split_url(request.url);
  if (!url) return unexpected(url.error());
  // Names and values were checked when they were put into `Headers`.
  for (const http::HeaderField field : request.headers) {
    if (belongs_to_connection(field.name)) {
      return refused("a field of the request belongs to the connection",
                     "leave out host, content-length, transfer-encoding, connection, expect, "
                     "upgrade, te, trailer and the proxies' fields");
    }
  }
  const bool bodyless = request.method == http::Method::get || request.method == http::Method::head;
  if (bodyless && !request.body.empty()) {
    return refused("GET and HEAD have no body", "use POST, or leave the body empty");
  }
  return std::string(url->origin);
}

bool is_idempotent(http::Method method) noexcept {
  return method != http::Method::post && method != http::Method::patch;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
