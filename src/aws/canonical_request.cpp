// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/signing.hpp>

#include "aws/url.hpp"

#include <aloft/core/text.hpp>
#include <aloft/http/method.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

// Fields that proxies and tracing on the way may change. Source: botocore auth.py, the blacklist of
// signed headers, 1.29; the connection's own fields never are in a ClientRequest.
constexpr std::array<std::string_view, 4> kUnsignedFields = {"authorization", "expect",
                                                             "user-agent", "x-amzn-trace-id"};

using Pair = std::pair<std::string, std::string>;

/// Without `.`, `..` and empty segments, as services resolve a path before they hash it.
std::string normal_path(std::string_view path) {
  std::vector<std::string_view> kept;
  std::size_t at = 0;
  while (at < path.size()) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, slash - at);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    at = slash + 1;
  }
  std::string normal;
  for (const std::string_view segment : kept) normal.append("/").append(segment);
  if (kept.empty() || path.back() == '/') normal += '/';
  return normal;
}

std::string canonical_path(std::string_view path) {
  std::string encoded;
  for (const char c : normal_path(path)) {
    if (c == '/') {
      encoded += c;
    } else {
      encoded += percent_encode(std::string_view(&c, 1));
    }
  }
  return encoded;
}

/// Each name and value decoded and encoded again, so that both sides write them alike; sorted.
std::string canonical_query(std::string_view query) {
  std::vector<Pair> pairs;
  std::size_t at = 0;
  while (at < query.size()) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      const std::string_view value =
          equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
      pairs.emplace_back(percent_encode(percent_decode(pair.substr(0, equals))),
                         percent_encode(percent_decode(value)));
    }
    at = end + 1;
  }
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const Pair& pair : pairs) {
    if (!text.empty()) text += '&';
    text.append(pair.first).append("=").append(pair.second);
  }
  return text;
}

std::string lower_case(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), text::to_lower);
  return lower;
}

/// Trimmed, and every run of blanks one blank.
std::string canonical_value(std::string_view value) {
  std::string text;
  bool blank = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank = !text.empty();
      continue;
    }
    if (blank) text += ' ';
    blank = false;
    text += c;
  }
  return text;
}

std::vector<Pair> canonical_fields(const http::Headers& headers, std::string_view host) {
  std::vector<Pair> fields = {{"host", std::string(host)}};
  for (const http::HeaderField field : headers) {
    std::string name = lower_case(field.name);
    const bool left_out =
        std::find(kUnsignedFields.begin(), kUnsignedFields.end(), name) != kUnsignedFields.end();
    if (!left_out) fields.emplace_back(std::move(name), canonical_value(field.value));
  }
  // Those of one name keep their order.
  std::stable_sort(fields.begin(), fields.end(),
                   [](const Pair& a, const Pair& b) { return a.first < b.first; });
  return fields;
}

}  // namespace

Result<CanonicalRequest> canonical_request(const http_client::ClientRequest& request,
                                           std::string_view payload_hash) {
  const std::optional<Url> url = split_url(request.url);
  if (!url) {
    return fail(ErrorCode::invalid_argument, "the url to sign has no scheme and host",
                "give it as https://host/path?query");
  }
  CanonicalRequest canonical;
  canonical.text.append(http::to_string(request.method)).append("\n");
  canonical.text.append(canonical_path(url->path)).append("\n");
  canonical.text.append(canonical_query(url->query)).append("\n");
  const std::vector<Pair> fields = canonical_fields(request.headers, url->host_field());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0 && fields[i].first == fields[i - 1].first) {
      canonical.text.back() = ',';
      canonical.text.append(fields[i].second).append("\n");
      continue;
    }
    canonical.text.append(fields[i].first).append(":").append(fields[i].second).append("\n");
    if (i > 0) canonical.signed_headers += ';';
    canonical.signed_headers += fields[i].first;
  }
  canonical.text.append("\n").append(canonical.signed_headers).append("\n").append(payload_hash);
  return canonical;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
