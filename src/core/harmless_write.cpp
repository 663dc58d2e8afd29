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

/// Blocks SIGPIPE and SIGXFSZ for this thread, and takes back the one that a write of ours made:
/// both go to the thread that writes (write(2)), and to no other.
class NoWriteSignals {
 public:
  NoWriteSignals() noexcept {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGPIPE);
    sigaddset(&blocked, SIGXFSZ);
    sigset_t pending;
    const bool is_known = sigpending(&pending) == 0;
    sigemptyset(&ours_);
    for (const int signal : {SIGPIPE, SIGXFSZ}) {
      // One that is pending already is the host's, and stays.
      if (is_known && sigismember(&pending, signal) == 0) sigaddset(&ours_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~NoWriteSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoWriteSignals(const NoWriteSignals&) = delete;
  NoWriteSignals& operator=(const NoWriteSignals&) = delete;

  std::size_t write(int descriptor, const char* data, std::size_t bytes) const noexcept {
    const ssize_t written = ::write(descriptor, data, bytes);
    if (written >= 0) return static_cast<std::size_t>(written);
    const timespec at_once{0, 0};
    if (errno == EPIPE || errno == EFBIG) sigtimedwait(&ours_, nullptr, &at_once);
    return 0;
  }

 private:
  sigset_t ours_{};
  sigset_t before_{};
};

}  // namespace

std::size_t harmless_write(int descriptor, const char* data, std::size_t bytes,
                           int patience_ms) noexcept {
  const KeptErrno kept;
  pollfd ready{descriptor, POLLOUT, 0};
  if (poll(&ready, 1, patience_ms) != 1 || ready.revents != POLLOUT) return 0;
  return NoWriteSignals().write(descriptor, data, std::min(bytes, kHarmlessBytes));
}

std::size_t ready_write(int descriptor, const char* data, std::size_t bytes) noexcept {
  const KeptErrno kept;
  return NoWriteSignals().write(descriptor, data, bytes);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
