// SPDX-License-Identifier: Apache-2.0
// The parts of a url that signing and endpoints speak of, and percent-encoding as AWS wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

struct Url {
  std::string_view scheme{};  ///< as written: "https"
  std::string_view host{};    ///< without port; "[::1]" with its brackets
  std::string_view port{};    ///< empty when none was written
  std::string_view path{};    ///< with its '/', or empty
  std::string_view query{};   ///< without '?'

  bool is_https() const noexcept { return scheme == "https"; }
  /// What the `Host` field says: in lower case, and without a port that the scheme implies.
  std::string host_field() const;
};

/// Nothing without `http://` or `https://`, without host, or with user info.
std::optional<Url> split_url(std::string_view url) noexcept;

/// Everything but A-Z a-z 0-9 - _ . ~ as %XX with upper-case digits. Source: IAM user guide,
/// "Create a signed AWS API request", UriEncode, read 2026-11.
std::string percent_encode(std::string_view text);
/// %XX as bytes; what is no escape stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
