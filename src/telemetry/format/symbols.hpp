// SPDX-License-Identifier: Apache-2.0
// Names for addresses, as far as the dynamic symbol table knows them; on the backend's thread only.
#pragma once

#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {

struct Symbol {
  std::string module;  ///< file name of the program or library, without its folder
  std::string label;   ///< "name + 0x12", or "0x4f2a0": an offset for addr2line
};

/// @param return_address  as the unwinder gives it: the call stands just before.
Symbol symbolise(std::uintptr_t return_address);

}  // namespace v0
}  // namespace aloft
