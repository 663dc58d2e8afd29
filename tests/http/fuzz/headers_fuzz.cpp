// SPDX-License-Identifier: Apache-2.0
// Lines `name:value` into a header map: what was taken can be written to a wire as it is.
#include <aloft/http/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = aloft::http;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  http::Headers headers;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (headers.try_add(name, value) && !headers.has(name)) std::abort();
    if (value == "remove" && headers.remove(name) > 0 && headers.has(name)) std::abort();
  }
  for (const http::HeaderField field : headers) {
    if (field.name.find_first_of(": \r\n") != std::string_view::npos) std::abort();
    for (const char c : field.value) {
      if (c == '\r' || c == '\n' || c == '\0') std::abort();
    }
  }
  return 0;
}
