// SPDX-License-Identifier: Apache-2.0
// The library as a mapped file: whether dlclose is removing it, and how to keep it.
#pragma once

namespace aloft {
inline namespace v0 {
namespace detail {

/// True from the moment that dlclose finalises the library; never while the process exits. The
/// caller's thread then holds the loader's lock.
bool unloading() noexcept;
/// From here on the end of the process and dlclose can be told apart.
void watch_unloading() noexcept;
/// Keeps the file with this code or data mapped until the process ends. Nothing for the program
/// itself.
void keep_loaded(const void* address) noexcept;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
