// SPDX-License-Identifier: Apache-2.0
// `std::uncaught_exceptions()` at the price of two loads: a span asks twice, and the library call
// costs 41 instructions each time.
//
// Source: Itanium C++ ABI, exception handling, 2.2.2: __cxa_get_globals gives the thread's
// __cxa_eh_globals, whose second member counts the uncaught exceptions. Read 2026-11.
#pragma once

#include <cxxabi.h>

namespace aloft {
inline namespace v0 {
namespace detail {

struct ExceptionGlobals {
  void* caught;
  unsigned int uncaught;
};

inline unsigned int exceptions_in_flight() noexcept {
  [[gnu::tls_model("initial-exec")]] thread_local constinit const ExceptionGlobals* globals =
      nullptr;
  if (globals == nullptr) [[unlikely]] {
    globals = reinterpret_cast<const ExceptionGlobals*>(abi::__cxa_get_globals());
  }
  return globals->uncaught;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
