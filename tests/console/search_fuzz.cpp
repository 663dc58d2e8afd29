// SPDX-License-Identifier: Apache-2.0
// The search parser and its matcher, and the other texts that a URL of the API carries.
#include "console/search.hpp"
#include "console/store/reader.hpp"
#include "console/trace_id.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft::console;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = Query::parse(text);
  if (const auto* error = std::get_if<QueryError>(&parsed)) {
    if (error->position > size) std::abort();
  } else {
    std::string searchable;
    append_searchable(searchable, text);
    (void)std::get<Query>(parsed).matches(searchable);
  }
  if (const auto cursor = Cursor::parse(text)) {
    if (Cursor::parse(cursor->text()) != cursor) std::abort();
  }
  if (const auto id = TraceId::parse(text)) {
    if (TraceId::parse(id->text()) != id) std::abort();
  }
  return 0;
}
