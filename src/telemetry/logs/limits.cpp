// SPDX-License-Identifier: Apache-2.0
// What a limit or a sample says to a line.
#include <aloft/telemetry/log_limit.hpp>

#include "telemetry/logs/lane.hpp"
#include "telemetry/pipeline.hpp"

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t kHeldBack = -1;

}  // namespace

template <typename Passes>
std::int64_t LogLane::admit(const Logger& logger, LogGate& gate, Passes passes) noexcept {
  const std::size_t mine = thread_shard();
  const Pin pin(pipeline_, pipeline_.shard(mine), logger.generation_);
  if (!pin.alive()) return kHeldBack;  // and of nobody
  if (!passes(pipeline_.settings().platform.clock)) {
    gate.held_back.fetch_add(1, std::memory_order_relaxed);
    raise(shards_[mine].held_back);
    return kHeldBack;
  }
  if (gate.held_back.load(std::memory_order_relaxed) == 0) return 0;
  return gate.held_back.exchange(0, std::memory_order_relaxed);
}

}  // namespace detail

void Logger::say_held_back(Line line, std::uint32_t lines) noexcept {
  line.line->held_back = lines;
}

std::int64_t Logger::admit(detail::LogGate& gate, const detail::CellRate& rate) const noexcept {
  return lane_->admit(*this, gate, [&](const Clock& clock) {
    return gate.cells.take(rate, clock.steady_now().time_since_epoch().count());
  });
}

std::int64_t Logger::admit(detail::LogGate& gate, std::uint32_t one_in) const noexcept {
  return lane_->admit(*this, gate, [&](const Clock& /*clock*/) {
    return gate.seen.fetch_add(1, std::memory_order_relaxed) % one_in == 0;
  });
}

}  // namespace v0
}  // namespace aloft
