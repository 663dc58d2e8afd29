// SPDX-License-Identifier: Apache-2.0
// While it lives, the calling thread blocks every signal but those that it causes itself, and a
// thread that it starts inherits that: the process's signals belong to the process's own threads,
// and a closed pipe is an error, not a SIGPIPE.
//
//   const detail::BlockedSignals blocked;
//   pthread_create(…);
//
// Thread-safety: one object a thread.
#pragma once

#include <csignal>

namespace aloft {
inline namespace v0 {
namespace detail {

class BlockedSignals {
 public:
  BlockedSignals() noexcept;
  ~BlockedSignals();
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
