// SPDX-License-Identifier: Apache-2.0
// Where a wire's threads leave their answers, and what wakes the engine's thread. Shared with every
// `Done`, so that one which is called after the engine has gone does no harm.
//
// Thread-safety: all calls.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

class Inbox {
 public:
  struct Letter {
    std::uint64_t id;
    Answer answer;
  };

  void put(std::uint64_t id, Answer answer) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    letters_.push_back({id, std::move(answer)});
    rouse();
  }
  /// Ends a wait, or the next one.
  void wake() {
    const std::lock_guard lock(mutex_);
    rouse();
  }
  /// Into an empty vector, whose memory is used for the next ones.
  void take(std::vector<Letter>& letters) {
    const std::lock_guard lock(mutex_);
    letters_.swap(letters);
  }
  /// Answers that come later are nobody's.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    letters_.clear();
  }
  /// Until an answer came, somebody called `wake`, or `until`; now and then for no reason.
  void wait_until(Clock& clock, SteadyTime until) {
    std::unique_lock lock(mutex_);
    if (!woken_ && clock.steady_now() < until) clock.wait_until(lock, wakeup_, until);
    woken_ = false;
  }

 private:
  void rouse() {
    if (!std::exchange(woken_, true)) wakeup_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::vector<Letter> letters_;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
