// SPDX-License-Identifier: Apache-2.0
#include "telemetry/tail.hpp"

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

constexpr Nanoseconds kSecond = std::chrono::seconds(1);

constexpr std::uint16_t kFirstError = 400;  // 4xx is an error, 5xx a fault
constexpr std::uint16_t kFirstFault = 500;

bool has_failed(const Slot& slot) noexcept {
  return slot.error || slot.throttle || slot.fault || slot.http_status >= kFirstError;
}

/// What is the caller's mistake by its status is nobody's anomaly.
bool is_failure_of_ours(const Slot& slot) noexcept {
  if (slot.http_status != 0) return slot.fault || slot.http_status >= kFirstFault;
  return has_failed(slot);
}

/// @return whether any span that has ended failed, or the root took so long.
template <typename Failed>
bool has_ended_badly(const Block& block, Nanoseconds slow, const Failed& failed) noexcept {
  for (const Slot* slot = block.newest.load(std::memory_order_acquire); slot != nullptr;
       slot = slot->next) {
    if (slot->state.load(std::memory_order_acquire) != SlotState::ended) continue;
    const bool is_root = slot->sequence == 0;
    const bool is_slow = is_root && slow > Nanoseconds::zero() && Nanoseconds(slot->end_ns) >= slow;
    if (is_slow || failed(*slot)) return true;
  }
  return false;
}

}  // namespace

Tail::Tail(const TailOptions& options) noexcept : slow_(options.slow) {
  if (options.kept_per_second <= 0) return;
  rate_.interval = static_cast<std::int64_t>(1e9 / options.kept_per_second);
  // A second's worth may come at once, and one always.
  rate_.burst = std::max(Nanoseconds(kSecond).count(), rate_.interval) - rate_.interval;
}

bool Tail::keeps(Block& block, SteadyTime now) noexcept {
  if (block.verdict == Verdict::candidate) {
    const bool keeps = has_ended_badly(block, slow_, has_failed) &&
                       cells_.take(rate_, now.time_since_epoch().count());
    block.verdict = keeps ? Verdict::kept : Verdict::let_go;
  }
  return block.verdict != Verdict::let_go;
}

bool Tail::is_anomaly(const Block& block) const noexcept {
  return has_ended_badly(block, slow_, is_failure_of_ours);
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
