// SPDX-License-Identifier: Apache-2.0
#include "http_server/request_builder.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {
namespace {

/// Ours: the longest name DNS allows is 253 bytes; a port needs six more.
constexpr std::size_t kMaxHostBytes = 260;

Refusal malformed(std::string_view detail) {
  return {400, detail, &ServerStats::refused_malformed};
}

bool is_valid_host(std::string_view host) noexcept {
  return host.size() <= kMaxHostBytes && std::all_of(host.begin(), host.end(), [](char c) {
           return text::is_alnum(c) ||
                  std::string_view("-._~:[]").find(c) != std::string_view::npos;
         });
}

/// RFC 9112, 6: two ways of framing, or one given twice, is how requests are smuggled.
std::optional<Refusal> check_framing(const http::Headers& headers, unsigned version) {
  const std::optional<std::string_view> coding = headers.get("transfer-encoding");
  const std::optional<std::string_view> length = headers.get("content-length");
  if (coding && length) return malformed("both transfer-encoding and content-length");
  if (headers.count("content-length") > 1) return malformed("content-length is repeated");
  if (length && !text::parse_decimal(*length)) return malformed("content-length is not a number");
  if (!coding) return std::nullopt;
  if (version != 11) return malformed("transfer-encoding needs HTTP/1.1");
  if (headers.count("transfer-encoding") > 1 || !text::equals_ignoring_case(*coding, "chunked")) {
    return malformed("the only transfer-encoding understood is chunked");
  }
  return std::nullopt;
}

/// Takes "http://host" off an absolute-form target (RFC 9112, 3.2.2), whose host wins.
void strip_authority(std::string_view& target, std::string_view& host) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text::equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    host = target.substr(0, target.find_first_of("/?#"));
    target.remove_prefix(host.size());
    return;
  }
}

}  // namespace

std::optional<Refusal> finish_request(const RequestLine& line, const ServerOptions& options,
                                      http::Request& request, Framing& framing) {
  if (line.version != 10 && line.version != 11) {
    return Refusal{505, "only HTTP/1.0 and HTTP/1.1", &ServerStats::refused_version};
  }
  if (line.target.size() > options.target_limit_bytes) {
    return Refusal{414, "the target is too long", &ServerStats::refused_target_length};
  }
  const std::optional<http::Method> method = http::parse_method(line.method);
  if (!method) return Refusal{501, "the method is not known", &ServerStats::refused_method};
  if (auto refusal = check_framing(request.headers, line.version)) return refusal;

  const std::size_t hosts = request.headers.count("host");
  if (hosts > 1 || (hosts == 0 && line.version == 11)) return malformed("exactly one host needed");
  std::string_view host = request.headers.get("host").value_or("");
  std::string_view target = line.target;
  strip_authority(target, host);
  if (!is_valid_host(host)) return malformed("the host has a byte that is not allowed");

  Result<http::Request> parsed =
      http::Request::create(*method, target.empty() ? std::string("/") : std::string(target));
  if (!parsed) return malformed("the target is not acceptable");
  request.method = *method;
  request.target = std::move(parsed->target);
  request.query = std::move(parsed->query);
  request.scheme = options.scheme;
  request.host = host;

  if (const auto expect = request.headers.get("expect")) {
    framing.expects_continue = text::equals_ignoring_case(*expect, "100-continue");
    if (!framing.expects_continue) {
      return Refusal{417, "the expectation is not known", &ServerStats::refused_expectation};
    }
  }
  return std::nullopt;
}

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
