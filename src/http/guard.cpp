// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/guard.hpp>

#include <aloft/http/pending.hpp>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

Response abandoned() {
  return Response::problem(500, "Internal Server Error", "a guard gave no decision");
}

}  // namespace

/// Shared by the copies of one completion; its end is the last chance to decide.
struct Completion::Owner {
  explicit Owner(std::shared_ptr<detail::PendingState> pending) noexcept
      : state(std::move(pending)) {}
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() { state->resolve(GuardDecision::refuse(abandoned())); }

  std::shared_ptr<detail::PendingState> state;
};

std::pair<GuardDecision, Completion> GuardDecision::pending() {
  auto state = std::make_shared<detail::PendingState>();
  auto owner = std::make_shared<Completion::Owner>(state);
  return {GuardDecision(std::move(state)), Completion(std::move(owner))};
}

bool Completion::resolve(GuardDecision decision) noexcept {
  if (decision.is_pending()) decision = GuardDecision::refuse(abandoned());
  return owner_->state->resolve(std::move(decision));
}

void Guard::end(Context&, const Request&, Outcome&) noexcept {}

namespace detail {

bool PendingState::resolve(GuardDecision decision) noexcept { return settle(std::move(decision)); }

bool PendingState::expire() noexcept { return settle(std::nullopt); }

bool PendingState::settle(std::optional<GuardDecision> decision) noexcept {
  PendingWaiter* waiter = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (settled_) return false;
    settled_ = true;
    waiter = waiter_;
    if (waiter == nullptr) {
      decision_ = std::move(decision);
      settled_changed_.notify_all();
    }
  }
  // Moved above only when there is no waiter.
  // NOLINTNEXTLINE(bugprone-use-after-move)
  if (waiter != nullptr) waiter->on_decision(std::move(decision));
  return true;
}

PendingState::Taken PendingState::take_or_wait(PendingWaiter& waiter) noexcept {
  const std::lock_guard lock(mutex_);
  if (settled_) return {true, std::move(decision_)};
  waiter_ = &waiter;
  return {};
}

std::optional<GuardDecision> PendingState::wait(Clock& clock, Deadline deadline) noexcept {
  std::unique_lock lock(mutex_);
  while (!settled_) {
    if (deadline.passed(clock.steady_now())) {
      settled_ = true;
      return std::nullopt;
    }
    clock.wait_until(lock, settled_changed_, deadline.at);
  }
  return std::move(decision_);
}

void CurrentPending::set(std::shared_ptr<PendingState> pending) noexcept {
  const std::lock_guard lock(mutex_);
  pending_.swap(pending);
}

std::shared_ptr<PendingState> CurrentPending::get() const noexcept {
  const std::lock_guard lock(mutex_);
  return pending_;
}

}  // namespace detail
}  // namespace http
}  // namespace v0
}  // namespace aloft
