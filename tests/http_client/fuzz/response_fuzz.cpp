// SPDX-License-Identifier: Apache-2.0
// Lines as libcurl hands them out, then a body: within the limits, and only what may be passed on.
#include "http_client/response_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = aloft::http;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  aloft::http_client::ResponseReader reader(4'096, 256);
  while (!rest.empty() && !reader.head_complete()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line =
        rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
    rest.remove_prefix(line.size());
    if (!reader.header_line(line)) break;
  }
  if (reader.problem() == aloft::http_client::ResponseReader::Problem::none) reader.body(rest);

  const aloft::http_client::ClientResponse& response = reader.response();
  if (response.body.size() > 256) std::abort();
  if (reader.head_complete() && (response.status < 200 || response.status > 599)) std::abort();
  for (const http::HeaderField field : response.headers) {
    if (!http::is_valid_header_name(field.name)) std::abort();
    if (!http::is_valid_header_value(field.value)) std::abort();
  }
  return 0;
}
