// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/method.hpp>

namespace aloft {
inline namespace v0 {
namespace http {

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
  }
  return "GET";
}

std::optional<Method> parse_method(std::string_view text) noexcept {
  for (const Method method : kMethods) {
    if (to_string(method) == text) return method;
  }
  return std::nullopt;
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
