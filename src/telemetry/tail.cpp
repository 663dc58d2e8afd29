// SPDX-License-Identifier: Apache-2.0
#include "telemetry/tail.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

constexpr Nanoseconds kSecond = std::chrono::seconds(1);

/// @return whether any span that has ended failed, or the root took so long.
bool is_worth_it(const Block& block, Nanoseconds slow) noexcept {
  constexpr std::uint16_t kFirstError = 400;  // 4xx is an error, 5xx a fault
  for (const Slot* slot = block.newest.load(std::memory_order_acquire); slot != nullptr;
       slot = slot->next) {
    if (slot->state.load(std::memory_order_acquire) != SlotState::ended) continue;
    if (slot->error || slot->throttle || slot->fault || slot->http_status >= kFirstError) {
      return true;
    }
    const bool is_root = slot->sequence == 0;
    if (is_root && slow > Nanoseconds::zero() && Nanoseconds(slot->end_ns) >= slow) return true;
  }
  return false;
}

}  // namespace

Tail::Tail(const TailOptions& options) noexcept
    : slow_(options.slow),
      interval_(options.kept_per_second > 0
                    ? Nanoseconds(static_cast<std::int64_t>(1e9 / options.kept_per_second))
                    : Nanoseconds::zero()),
      // A second's worth may come at once, and one always.
      burst_(std::max(kSecond, interval_) - interval_) {}

bool Tail::keeps(Block& block, SteadyTime now) noexcept {
  if (block.verdict == Verdict::candidate) {
    block.verdict = is_worth_it(block, slow_) && takes(now) ? Verdict::kept : Verdict::let_go;
  }
  return block.verdict != Verdict::let_go;
}

/// The generic cell rate algorithm.
bool Tail::takes(SteadyTime now) noexcept {
  const SteadyTime due = std::max(due_, now);
  if (due - now > burst_) return false;
  due_ = due + interval_;
  return true;
}

std::size_t Tail::let_go(Block& block) noexcept {
  std::size_t spans = 0;
  for (Slot* slot = block.newest.load(std::memory_order_acquire); slot != nullptr;
       slot = slot->next) {
    if (slot->state.load(std::memory_order_acquire) != SlotState::ended) continue;
    slot->state.store(SlotState::taken, std::memory_order_relaxed);
    ++spans;
  }
  return spans;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
