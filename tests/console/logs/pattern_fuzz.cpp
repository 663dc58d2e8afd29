// SPDX-License-Identifier: Apache-2.0
// A filter pattern, and on the lines below it an event. What is accepted matches or does not; what
// is refused says why, at a place that exists.
#include "console/logs/filter_pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

namespace {

using namespace aloft::console;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  const std::string_view pattern = text.substr(0, end);
  const std::string_view message =
      end == std::string_view::npos ? std::string_view() : text.substr(end + 1);

  const auto parsed = logs::FilterPattern::read(pattern);
  if (const auto* wrong = std::get_if<expression::SyntaxError>(&parsed)) {
    if (wrong->message.empty() || wrong->position > pattern.size()) std::abort();
    if (logs::FilterPattern::parse(pattern)) std::abort();
    return 0;
  }
  const auto& filter = std::get<logs::FilterPattern>(parsed);
  const bool first = filter.matches(message);
  if (filter.matches_all() && !first) std::abort();
  if (filter.matches(message) != first) std::abort();
  return 0;
}
