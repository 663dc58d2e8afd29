// SPDX-License-Identifier: Apache-2.0
// A datagram, from the socket's bytes to the summary of its trace.
#include "console/datagram.hpp"
#include "console/document.hpp"
#include "console/search.hpp"
#include "console/trace_state.hpp"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace aloft::console;

// What the page gets must be JSON, whatever the document held.
void check_summary(const Document& document) {
  TraceState state(document.trace);
  state.add(document);
  state.add(document);
  const std::string json = state.summary_json(1);
  simdjson::dom::parser parser;
  if (json.size() > kMaxSummaryBytes) std::abort();
  if (parser.parse(json).error() != simdjson::SUCCESS) std::abort();
  // The duration stands in front, in characters that no field may hold.
  const std::string searchable = state.searchable();
  for (const char c : searchable.substr(searchable.find(kFieldSeparator))) {
    if (static_cast<unsigned char>(c) < ' ' && c != kFieldSeparator) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static DocumentParser parser;
  const std::string_view datagram(reinterpret_cast<const char*>(data), size);
  const auto split = split_datagram(datagram);
  // Without a header the bytes are tried as a document, so that the fuzzer reaches it sooner.
  const auto* body = std::get_if<std::string_view>(&split);
  const auto parsed = parser.parse(body == nullptr ? datagram : *body);
  if (const Document* document = std::get_if<Document>(&parsed)) check_summary(*document);
  return 0;
}
