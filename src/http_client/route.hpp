// SPDX-License-Identifier: Apache-2.0
// From a route template and values to a target. Private to the room.
//
//   expand_route("/v1/entries/{id}", {{"id", "a/b"}})   // "/v1/entries/a%2Fb"
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/http_client/service_client.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {

/// Appends `text` with all but the unreserved bytes of RFC 3986, 2.3 as %XX, so that a value is
/// one segment or one query value, whatever it holds.
void append_encoded(std::string& out, std::string_view text);

/// @error invalid_argument  a brace without its partner, a name without a value, or a value that
///                          would be an empty or a dot segment.
Result<std::string> expand_route(std::string_view route, const std::vector<NamedValue>& params);

/// Appends "?name=value&…".
void append_query(std::string& target, const std::vector<NamedValue>& query);

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
