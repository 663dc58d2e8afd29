// SPDX-License-Identifier: Apache-2.0
// A body of OTLP as protobuf, also gzipped: what is read becomes documents that the store takes.
#include "console/otlp/inflate.hpp"
#include "otlp_checks.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft::console::otlp;
  std::string_view body(reinterpret_cast<const char*>(data), size);
  auto inflated = inflate_gzip(body, 1 << 16);
  if (const auto* plain = std::get_if<std::string>(&inflated)) {
    if (plain->size() > 1 << 16) std::abort();
    body = *plain;
  }
  const auto read = ProtobufReader().read(body);
  if (const auto* request = std::get_if<Request>(&read)) check_documents(*request);
  return 0;
}
