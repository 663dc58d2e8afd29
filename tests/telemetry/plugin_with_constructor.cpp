// SPDX-License-Identifier: Apache-2.0
// A library whose static constructor calls the program, with the loader's lock in its hands.

extern "C" void aloft_test_in_static_constructor();

namespace {

struct Calls {
  Calls() { aloft_test_in_static_constructor(); }
} const calls;

}  // namespace
