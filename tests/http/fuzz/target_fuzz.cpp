// SPDX-License-Identifier: Apache-2.0
// Targets and queries: what is accepted has no control byte and no dot segment once decoded.
#include <aloft/http/request.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = aloft::http;
  const std::string target(reinterpret_cast<const char*>(data), size);
  const aloft::Result<http::Request> request = http::Request::create(http::Method::get, target);
  if (!request || target == "*") return 0;
  std::string_view rest = request->path();
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    const std::optional<std::string> decoded = http::percent_decode(segment);
    if (!decoded || *decoded == "." || *decoded == "..") std::abort();
  }
  if (request->query.parameters().size() > http::kMaxQueryParameters) std::abort();
  return 0;
}
