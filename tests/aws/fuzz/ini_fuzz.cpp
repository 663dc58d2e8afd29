// SPDX-License-Identifier: Apache-2.0
// Shared config files and the command lines in them: whatever they hold, no crash, and no key or
// section without a name.
#include "aws/ini.hpp"
#include "aws/process.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* const generic = data;
  const std::string_view text(static_cast<const char*>(generic), size);
  const auto file = aloft::aws::parse_ini(text);
  if (file && file->size() > aloft::aws::kMaxIniSections) std::abort();
  if (file && file->find("") != nullptr) std::abort();
  const auto words = aloft::aws::split_command(text);
  if (words &&
      (words->empty() || words->front().empty() || words->size() > aloft::aws::kMaxCommandWords)) {
    std::abort();
  }
  return 0;
}
