// SPDX-License-Identifier: Apache-2.0
#include "common/problems.hpp"

#include <aloft/core/text.hpp>

#include <string_view>

namespace example {

using aloft::http::Response;

std::optional<Response> require_json(const aloft::http::Request& request) {
  const std::string_view type = request.headers.get("content-type").value_or("");
  const std::string_view essence = aloft::text::trim(type.substr(0, type.find(';')));
  if (aloft::text::equals_ignoring_case(essence, "application/json")) return std::nullopt;
  return Response::problem(415, "Unsupported Media Type", "send application/json");
}

Response bad_request(const aloft::Error& error) {
  return Response::problem(400, "Bad Request", error.message);
}

}  // namespace example
