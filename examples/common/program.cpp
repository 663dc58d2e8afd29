// SPDX-License-Identifier: Apache-2.0
#include "common/program.hpp"

namespace example {

int refuse(std::string_view program, const aloft::Error& error) {
  std::cerr << program << ": " << error.message;
  if (!error.remedy.empty()) std::cerr << "; " << error.remedy;
  std::cerr << '\n';
  return kCannotStart;
}

}  // namespace example
