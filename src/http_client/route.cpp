// SPDX-License-Identifier: Apache-2.0
#include "http_client/route.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_unreserved(char c) noexcept {
  return text::is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

Unexpected refused(std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, std::string(what), std::string(remedy));
}

}  // namespace

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHexDigits[byte >> 4U];
      out += kHexDigits[byte & 15U];
    }
  }
}

Result<std::string> expand_route(std::string_view route, const std::vector<NamedValue>& params) {
  std::string target;
  while (true) {
    const std::size_t open = route.find_first_of("{}");
    target += route.substr(0, open);
    if (open == std::string_view::npos) return target;
    const std::size_t close = route.find_first_of("{}", open + 1);
    if (route[open] == '}' || close == std::string_view::npos || route[close] == '{') {
      return refused("the route has a brace without its partner", "write /path/{name}");
    }
    const std::string_view name = route.substr(open + 1, close - open - 1);
    const auto param = std::find_if(params.begin(), params.end(),
                                    [&](const NamedValue& one) { return one.name == name; });
    if (param == params.end()) {
      return refused("a parameter of the route has no value", "add it to ServiceRequest::params");
    }
    // An empty or a dot segment would name another resource than the template does.
    if (param->value.empty() || param->value == "." || param->value == "..") {
      return refused("a parameter of the route is empty or a dot segment",
                     "check the value before the call");
    }
    append_encoded(target, param->value);
    route.remove_prefix(close + 1);
  }
}

void append_query(std::string& target, const std::vector<NamedValue>& query) {
  char separator = '?';
  for (const NamedValue& parameter : query) {
    target += separator;
    append_encoded(target, parameter.name);
    target += '=';
    append_encoded(target, parameter.value);
    separator = '&';
  }
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
