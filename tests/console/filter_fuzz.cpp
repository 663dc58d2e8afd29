// SPDX-License-Identifier: Apache-2.0
// A filter expression, and on the lines below it the documents of a trace. What is accepted holds
// or does not, and its negation the other way round; the search of the page reads the same line.
#include "console/trace_search.hpp"
#include "console/xray/filter.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace aloft::console;

TraceDetail detail_of(std::string_view lines) {
  TraceDetail detail;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    // The store keeps no empty document.
    if (!line.empty()) {
      if (!detail.documents.empty()) detail.documents += ',';
      detail.documents += line;
      detail.ends.push_back(detail.documents.size());
    }
    lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
  }
  return detail;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  const std::string_view expression = text.substr(0, end);
  const std::string_view lines =
      end == std::string_view::npos ? std::string_view() : text.substr(end + 1);

  const auto search = TraceSearch::parse(expression);
  if (const auto* wrong = std::get_if<QueryError>(&search)) {
    if (wrong->position > expression.size()) std::abort();
  }
  const auto parsed = xray::Filter::parse(expression);
  if (const auto* wrong = std::get_if<expression::SyntaxError>(&parsed)) {
    if (wrong->message.empty() || wrong->position > expression.size()) std::abort();
    return 0;
  }
  const auto& filter = std::get<xray::Filter>(parsed);
  xray::TraceFolder folder;
  const xray::TraceFold fold = folder.fold(detail_of(lines), xray::FoldDepth::spans);
  const bool holds = filter.matches(fold);
  const auto negated = xray::Filter::parse("!(" + std::string(expression) + ")");
  // It may be too deep or too long by now, or empty.
  if (const auto* other = std::get_if<xray::Filter>(&negated)) {
    if (other->matches(fold) == holds) std::abort();
  }
  return 0;
}
