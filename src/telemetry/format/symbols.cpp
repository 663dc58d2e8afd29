// SPDX-License-Identifier: Apache-2.0
#include "telemetry/format/symbols.hpp"

#include "telemetry/format/symbol_table.hpp"

#include <cxxabi.h>
#include <errno.h>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace {

void append_hex(std::string& out, std::uintptr_t value) {
  char digits[2 * sizeof value];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
  out.append("0x").append(digits, end);
}

struct Free {
  void operator()(char* text) const noexcept { std::free(text); }
};

}  // namespace

Symbol symbolise(std::uintptr_t return_address) {
  const std::uintptr_t call = return_address - 1;
  Symbol symbol;
  const SymbolOfFile place = find_symbol(call);
  if (!place.found) {
    symbol.module = "unknown";
    append_hex(symbol.label, call);
    return symbol;
  }
  const std::size_t slash = place.file.rfind('/');
  symbol.module = place.file.empty()
                      ? program_invocation_short_name
                      : place.file.substr(slash == std::string::npos ? 0 : slash + 1);
  if (place.symbol.empty()) {
    append_hex(symbol.label, call - place.base);
    return symbol;
  }
  int status = 0;
  const std::unique_ptr<char, Free> readable(
      abi::__cxa_demangle(place.symbol.c_str(), nullptr, nullptr, &status));
  symbol.label = readable ? readable.get() : place.symbol;
  symbol.label.append(" + ");
  append_hex(symbol.label, call - place.start);
  return symbol;
}

}  // namespace v0
}  // namespace aloft
