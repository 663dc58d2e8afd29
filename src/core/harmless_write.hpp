// SPDX-License-Identifier: Apache-2.0
// A write that can hurt nobody: it waits for a full pipe only as long as it is told, a pipe whose
// reader has gone is an error instead of a SIGPIPE, on whatever thread of the host it happens, and
// errno stays as it was. It can block in one case: another writer fills the pipe, which is in
// blocking mode, between the look at it and the write. The mode is the host's and stays untouched.
#pragma once

#include <cstddef>

namespace aloft {
inline namespace v0 {
namespace detail {

/// A writable pipe takes this much without blocking (PIPE_BUF on Linux, pipe(7)).
inline constexpr std::size_t kHarmlessBytes = 4'096;

/// Writes `bytes`, at most kHarmlessBytes, once the descriptor takes them.
/// @param patience_ms  how long it may take until it does.
/// @return how many were written; 0 when none could be.
std::size_t harmless_write(int descriptor, const char* data, std::size_t bytes,
                           int patience_ms) noexcept;

/// The same for a descriptor that takes what it can without a wait, a file on a disk or one in
/// non-blocking mode: as many bytes as there are, and no look at it before. A file above
/// RLIMIT_FSIZE is an error instead of a SIGXFSZ.
std::size_t ready_write(int descriptor, const char* data, std::size_t bytes) noexcept;

}  // namespace detail
}  // namespace v0
}  // namespace aloft
