// SPDX-License-Identifier: Apache-2.0
// With ALOFT_COVERAGE, `_exit` of the tests: gcov writes its counters when a process returns from
// main, which the child of a fork does not. The linker puts this in front (--wrap).
extern "C" {

// Of gcov and of the linker, which choose such names.
// NOLINTBEGIN(bugprone-reserved-identifier)
void __gcov_dump();
[[noreturn]] void __real__exit(int status);
[[noreturn]] void __wrap__exit(int status);

void __wrap__exit(int status) {
  __gcov_dump();
  __real__exit(status);
}
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"
