// SPDX-License-Identifier: Apache-2.0
// A pointer line and a document: no crash, and nothing of the document in an error.
#include <aloft/http/json_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = aloft::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view pointer = input.substr(0, line);
  const auto document =
      http::JsonDocument::parse(input.substr(line + 1), {.bytes = 4096, .depth = 8});
  if (!document) {
    if (document.error().message.size() > 64) std::abort();
    return 0;
  }
  const bool there = document->has(pointer);
  const int kinds = document->text(pointer).has_value() + document->integer(pointer).has_value() +
                    document->boolean(pointer).has_value() + document->size(pointer).has_value();
  if (document->texts(pointer) && !document->size(pointer)) std::abort();
  if (kinds > 1 || (kinds == 1 && !there)) std::abort();
  if (document->integer(pointer) && !document->number(pointer)) std::abort();
  return 0;
}
