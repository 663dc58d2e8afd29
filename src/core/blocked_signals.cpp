// SPDX-License-Identifier: Apache-2.0
#include "core/blocked_signals.hpp"

#include <pthread.h>

#include <initializer_list>

namespace aloft {
inline namespace v0 {
namespace detail {

BlockedSignals::BlockedSignals() noexcept {
  sigset_t others;
  sigfillset(&others);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) sigdelset(&others, own);
  pthread_sigmask(SIG_SETMASK, &others, &before_);
}

BlockedSignals::~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace detail
}  // namespace v0
}  // namespace aloft
