// SPDX-License-Identifier: Apache-2.0
// Whether a request may go out: everything that would let a value become another line, another
// field or another host is refused here, before a socket is opened. Private to the room.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/http_client/client.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http_client {

/// Views into the url that was split.
struct UrlParts {
  std::string_view origin;  ///< "http://ledger:8081": fit to be shown
  std::string_view target;  ///< path and query; empty when the url ends with the authority
};

/// Splits and checks; refuses other schemes, user info, fragments, and all but letters, digits and
/// `. - _` in a host name (brackets, hex digits, `:` and `.` in an address).
/// @error invalid_argument  never quotes the url.
Result<UrlParts> split_url(std::string_view url);

/// "http://Ledger" and "http://ledger:80" are one host: "http://ledger:80".
std::string host_key(std::string_view origin);

/// A field that libcurl or the connection decides about.
bool belongs_to_connection(std::string_view header_name) noexcept;

/// Url, fields, and a body that fits the method.
/// @return scheme and authority of the url.
/// @error invalid_argument  what cannot be sent, without quoting it.
Result<std::string> check_request(const ClientRequest& request);

/// Whether it may be sent twice without harm (RFC 9110, 9.2.2).
bool is_idempotent(http::Method method) noexcept;

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
