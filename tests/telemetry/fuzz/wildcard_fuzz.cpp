// SPDX-License-Identifier: Apache-2.0
// A pattern line and a text: the same verdict as a table of every prefix with every prefix gives.
#include <aloft/core/text.hpp>
#include <aloft/telemetry/sampling_rule.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

std::size_t character_length(std::string_view text) {
  return std::max<std::size_t>(1, aloft::text::utf8_length(text));
}

bool matches_by_table(std::string_view pattern, std::string_view text) {
  std::vector<bool> reached(text.size() + 1);
  reached[0] = true;
  for (const char p : pattern) {
    std::vector<bool> next(text.size() + 1);
    for (std::size_t t = 0; t <= text.size(); ++t) {
      if (!reached[t]) continue;
      if (p == '*') {
        for (std::size_t end = t; end < text.size(); end += character_length(text.substr(end))) {
          next[end] = true;
        }
        next[text.size()] = true;
      } else if (t < text.size() && p == '?') {
        next[t + character_length(text.substr(t))] = true;
      } else if (t < text.size() && aloft::text::to_lower(p) == aloft::text::to_lower(text[t])) {
        next[t + 1] = true;
      }
    }
    reached = std::move(next);
  }
  return reached[text.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos || size > 512) return 0;
  const std::string_view pattern = input.substr(0, line);
  const std::string_view text = input.substr(line + 1);
  // A pattern that begins or ends inside of a character is matched byte by byte: not compared.
  const auto is_beyond_ascii = [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; };
  if (std::any_of(pattern.begin(), pattern.end(), is_beyond_ascii)) return 0;
  if (aloft::matches_wildcard(pattern, text) != matches_by_table(pattern, text)) std::abort();
  return 0;
}
