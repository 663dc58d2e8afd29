// SPDX-License-Identifier: Apache-2.0
// The meeting point of a pending guard and whoever waits for its decision: settled exactly once, by
// a resolution or by the deadline, whichever comes first. For adapters only; guards use
// `GuardDecision::pending()`.
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/http/guard.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace aloft {
inline namespace v0 {
namespace http {
namespace detail {

class PendingWaiter {
 public:
  /// Nothing: the deadline passed. Called once, outside of all locks.
  virtual void on_decision(std::optional<GuardDecision> decision) noexcept = 0;

 protected:
  ~PendingWaiter() = default;
};

class PendingState {
 public:
  /// False when settled before.
  bool resolve(GuardDecision decision) noexcept;
  /// Settles without a decision; false when settled before.
  bool expire() noexcept;
  struct Taken {
    bool settled = false;
    std::optional<GuardDecision> decision;  ///< nothing: expired, or not settled yet
  };
  /// What is settled already; else `waiter` will be told, and must live until then.
  Taken take_or_wait(PendingWaiter& waiter) noexcept;
  /// Blocks until settled or `deadline`, which settles it; nothing then.
  std::optional<GuardDecision> wait(Clock& clock, Deadline deadline) noexcept;

 private:
  bool settle(std::optional<GuardDecision> decision) noexcept;

  std::mutex mutex_;
  std::condition_variable settled_changed_;
  bool settled_ = false;
  std::optional<GuardDecision> decision_;
  PendingWaiter* waiter_ = nullptr;
};

/// Which pending guard a run waits for, readable by the thread that watches the deadline.
class CurrentPending {
 public:
  void set(std::shared_ptr<PendingState> pending) noexcept;
  void clear() noexcept { set(nullptr); }
  std::shared_ptr<PendingState> get() const noexcept;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<PendingState> pending_;
};

inline bool expire_pending(const CurrentPending& current) noexcept {
  const std::shared_ptr<PendingState> pending = current.get();
  return pending && pending->expire();
}

}  // namespace detail
}  // namespace http
}  // namespace v0
}  // namespace aloft
