// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/trace_headers.hpp>

#include <aloft/core/text.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace {

/// The first of `list`, which is without it then.
std::string_view next_word(std::string_view& list) noexcept {
  const std::size_t end = std::min(list.find(','), list.size());
  const std::string_view word = text::trim(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return word;
}

}  // namespace

std::optional<HeaderFormats> parse_header_formats(std::string_view list) noexcept {
  std::optional<HeaderFormats> found;
  while (!list.empty()) {
    const std::string_view word = next_word(list);
    const auto is = [&](std::string_view known) { return text::equals_ignoring_case(word, known); };
    if (is("none")) return HeaderFormats::none;
    if (is("xray")) {
      if (!found) found = HeaderFormats::xray;
      if (found == HeaderFormats::w3c) found = HeaderFormats::w3c_then_xray;
    } else if (is("w3c") || is("tracecontext")) {
      if (!found) found = HeaderFormats::w3c;
      if (found == HeaderFormats::xray) found = HeaderFormats::xray_then_w3c;
    }
  }
  return found;
}

bool are_header_formats(std::string_view list) noexcept {
  do {
    if (!parse_header_formats(next_word(list))) return false;
  } while (!list.empty());
  return true;
}

}  // namespace v0
}  // namespace aloft
