// SPDX-License-Identifier: Apache-2.0
// The request methods Aloft knows. A method outside this list never reaches a handler: the server
// answers 501, and the router has no word for it.
//
// Thread-safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http {

/// In the order in which an `Allow` header lists them.
enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };

inline constexpr std::array kMethods = {Method::get,   Method::head,    Method::post,   Method::put,
                                        Method::patch, Method::delete_, Method::options};

/// Upper case as on the wire, e.g. "DELETE".
std::string_view to_string(Method method) noexcept;
/// Exact, case-sensitive (RFC 9110, 9.1); nothing for a method outside the list.
std::optional<Method> parse_method(std::string_view text) noexcept;

}  // namespace http
}  // namespace v0
}  // namespace aloft
