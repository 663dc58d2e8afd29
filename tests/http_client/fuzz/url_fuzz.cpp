// SPDX-License-Identifier: Apache-2.0
// A url, and a route with a value: what is taken can stand in a request line.
#include "http_client/request_check.hpp"
#include "http_client/route.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void must_be_one_word(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '#') std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace client = aloft::http_client;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto parts = client::split_url(input)) {
    must_be_one_word(parts->origin);
    must_be_one_word(parts->target);
    if (parts->origin.find('@') != std::string_view::npos) std::abort();
  }
  const std::string_view value = input.substr(0, input.find('\n'));
  if (const auto target = client::expand_route("/v1/{a}/b", {{"a", value}})) {
    must_be_one_word(*target);
    // One segment, whatever the value holds.
    if (target->find('/', 4) != target->size() - 2) std::abort();
    if (!client::split_url("http://a" + *target) && target->find("%0") == std::string_view::npos &&
        target->find("%1") == std::string_view::npos &&
        target->find("%7F") == std::string_view::npos &&
        target->size() < client::kMaxUrlBytes - 8) {
      std::abort();
    }
  }
  client::expand_route(input, {{"a", "1"}}).has_value();
  return 0;
}
