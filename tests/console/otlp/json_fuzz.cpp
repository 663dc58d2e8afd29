// SPDX-License-Identifier: Apache-2.0
// A body of OTLP as JSON: what is read becomes documents that the store takes.
#include "otlp_checks.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft::console::otlp;
  const std::string body(reinterpret_cast<const char*>(data), size);
  JsonReader reader;
  const auto read = reader.read(body);
  if (const auto* request = std::get_if<Request>(&read)) check_documents(*request);
  return 0;
}
