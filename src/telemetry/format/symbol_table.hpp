// SPDX-License-Identifier: Apache-2.0
// Which loaded file and which of its exported symbols an address belongs to: dladdr without the
// loader's lock. That lock is held for the whole of a dlclose, whose static destructors wait for
// the very thread that asks here.
#pragma once

#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {

struct SymbolOfFile {
  bool found = false;  // the file
  std::string file;    // its path; empty for the program itself
  std::uintptr_t base = 0;
  std::string symbol;  // mangled; empty when none covers the address
  std::uintptr_t start = 0;
};

SymbolOfFile find_symbol(std::uintptr_t address);

}  // namespace v0
}  // namespace aloft
