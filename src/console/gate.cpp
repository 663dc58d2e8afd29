// SPDX-License-Identifier: Apache-2.0
#include "console/gate.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/context.hpp>

#include <arpa/inet.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace aloft::console {
namespace {

using http::GuardDecision;
using http::Response;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kHeaders = {{
    {"content-security-policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
     "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "no-referrer"},
    {"cross-origin-opener-policy", "same-origin"},
    {"cross-origin-resource-policy", "same-origin"},
}};

// "[::1]:8000" and "Name:8000" without port, lower case; nothing when malformed.
std::optional<std::string> host_name(std::string_view host) {
  if (!host.empty() && host.front() == '[') {
    const std::size_t close = host.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = host.substr(1, close - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  if (host.empty()) return std::nullopt;
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(), text::to_lower);
  return name;
}

bool is_ip_literal(const std::string& name) noexcept {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

// The value of one cookie of a Cookie header.
std::string_view cookie_of(std::string_view header, std::string_view name) noexcept {
  while (!header.empty()) {
    const std::size_t semicolon = header.find(';');
    const std::string_view pair = text::trim(header.substr(0, semicolon));
    if (pair.size() > name.size() && pair.substr(0, name.size()) == name &&
        pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    if (semicolon == std::string_view::npos) break;
    header.remove_prefix(semicolon + 1);
  }
  return {};
}

GuardDecision refuse(int status, std::string_view title, std::string_view detail) {
  return GuardDecision::refuse(Response::problem(status, title, detail));
}

}  // namespace

Gate::Gate(GateOptions options)
    : options_(std::move(options)),
      cookie_("aloft_console_" + std::to_string(options_.bound.port)) {}

GuardDecision Gate::begin(http::Context& context, const http::Request& request) {
  for (const auto& [name, value] : kHeaders) context.response_headers.try_set(name, value);
  const bool api = is_api_path(request.path());
  if (api) context.response_headers.try_set("cache-control", "no-store");
  if (!allows_host(request.host)) {
    return refuse(421, "Misdirected Request",
                  "this host name is not allowed; start with --allow-host to allow it");
  }
  if (!allows_origin(request)) {
    return refuse(403, "Forbidden", "changes are only taken from the console's own page");
  }
  if (options_.token.empty()) return GuardDecision::proceed();
  if (request.path() == "/") {
    if (const auto token = request.query.get("token")) return sign_in(*token);
  }
  if (api && !allows_reader(request)) {
    return refuse(401, "Unauthorized", "open the address of the ready line, which has the token");
  }
  return GuardDecision::proceed();
}

bool Gate::allows_host(std::string_view host_and_port) const {
  const auto name = host_name(host_and_port);
  if (!name) return false;
  if (*name == "localhost" || *name == "127.0.0.1" || *name == "::1") return true;
  if (*name == options_.bound.address) return true;
  // Rebinding needs a name. A socket that listens everywhere is reached by any of its addresses.
  if (options_.bound.is_wildcard() && is_ip_literal(*name)) return true;
  const auto& allowed = options_.allowed_hosts;
  return std::find(allowed.begin(), allowed.end(), *name) != allowed.end();
}

bool Gate::allows_origin(const http::Request& request) const {
  if (request.method == http::Method::get || request.method == http::Method::head) return true;
  const auto site = request.headers.get("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") return false;
  const auto origin = request.headers.get("origin");
  if (!origin) return true;  // no browser: curl, a script
  const std::size_t slashes = origin->find("://");
  return slashes != std::string_view::npos &&
         text::equals_ignoring_case(origin->substr(slashes + 3), request.host);
}

bool Gate::allows_reader(const http::Request& request) const {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view authorization = request.headers.get("authorization").value_or("");
  if (authorization.size() > kScheme.size() &&
      text::equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme) &&
      is_token(authorization.substr(kScheme.size()))) {
    return true;
  }
  return is_token(cookie_of(request.headers.get("cookie").value_or(""), cookie_));
}

GuardDecision Gate::sign_in(std::string_view token) const {
  if (!is_token(token)) return refuse(401, "Unauthorized", "this is not the token");
  return GuardDecision::refuse(Response::empty(303)
                                   .with("location", "/")
                                   .with("cache-control", "no-store")
                                   .with("set-cookie", cookie_ + "=" + options_.token +
                                                           "; Path=/; HttpOnly; SameSite=Strict"));
}

bool Gate::is_token(std::string_view candidate) const noexcept {
  return equal_in_constant_time(candidate, options_.token);
}

bool is_api_path(std::string_view path) noexcept {
  return path == "/api" || path.substr(0, 5) == "/api/" || path.substr(0, 4) == "/v1/";
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

std::string random_token() {
  std::array<std::uint64_t, 2> bits{};
  if (getrandom(bits.data(), sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) return {};
  std::string token(32, '0');
  text::write_hex(bits[0], token.data());
  text::write_hex(bits[1], token.data() + 16);
  return token;
}

}  // namespace aloft::console
