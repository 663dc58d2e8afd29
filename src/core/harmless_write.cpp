// SPDX-License-Identifier: Apache-2.0
#include "core/harmless_write.hpp"

#include <errno.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <ctime>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// The host's errno: even a write that succeeds would change it, as no SIGPIPE is to be taken back.
class KeptErrno {
 public:
  KeptErrno() noexcept = default;
  ~KeptErrno() { errno = before_; }
  KeptErrno(const KeptErrno&) = delete;
  KeptErrno& operator=(const KeptErrno&) = delete;

 private:
  int before_ = errno;
};

/// Blocks SIGPIPE for this thread, and takes back the one that a write of ours made.
class NoPipeSignal {
 public:
  NoPipeSignal() noexcept {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    was_pending_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec at_once{0, 0};
    if (!was_pending_) static_cast<void>(sigtimedwait(&pipe_, nullptr, &at_once));
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace

std::size_t harmless_write(int descriptor, const char* data, std::size_t bytes,
                           int patience_ms) noexcept {
  const KeptErrno kept;
  pollfd ready{descriptor, POLLOUT, 0};
  if (poll(&ready, 1, patience_ms) != 1 || ready.revents != POLLOUT) return 0;
  const NoPipeSignal guard;
  const ssize_t written = write(descriptor, data, std::min(bytes, kHarmlessBytes));
  return written > 0 ? static_cast<std::size_t>(written) : 0;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
