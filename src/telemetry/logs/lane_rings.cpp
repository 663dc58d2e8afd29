// SPDX-License-Identifier: Apache-2.0
// Lines of a request that are only shown when it fails.
#include <aloft/telemetry/log_ring.hpp>

#include "telemetry/backend.hpp"
#include "telemetry/logs/lane_writing.hpp"

#include <cstring>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace detail {

LogRingHead* LogLane::open_ring(Logger& logger) noexcept {
  const std::size_t mine = thread_shard();
  const Pin pin(pipeline_, pipeline_.shard(mine), logger.generation());
  if (!pin.alive()) return nullptr;
  LogRingHead* const ring = rings_.open(logger.stamp_.tenant);
  if (ring == nullptr) {
    raise(shards_[mine].rings_refused);
    return nullptr;
  }
  if (!logger.in_ring()) logger.behind_ = logger.cell_;
  logger.generation_ |= Logger::kInRing;
  logger.cell_ = ring;
  logger.ring_serial_ = ring->lock.serial();
  return ring;
}

void LogLane::end_ring(LogRingHead& ring, const Logger& logger) noexcept {
  if (ring.lock.end(logger.ring_serial_)) rings_.close(ring);
}

/// The pin and the lock are held until the line has ended.
Logger::Line LogLane::keep(const Logger& logger, Message message,
                           std::size_t field_bytes) noexcept {
  LogRingHead& ring = rings_.of(*logger.cell_);
  std::atomic<std::uint32_t>& pins = pipeline_.shard().pins;
  pins.fetch_add(1, std::memory_order_seq_cst);
  if (pipeline_.generation.load(std::memory_order_seq_cst) == logger.generation()) {
    const RingLock::Entered entered = ring.lock.enter(logger.ring_serial_);
    if (entered == RingLock::Entered::inside) {
      if (message.level < location_from_) message.site.file_bytes = 0;
      const LogRingHead::Room room = ring.make_room({logger.context_.data(), logger.context_bytes_},
                                                    bytes_of(message, field_bytes));
      if (room.at != nullptr) {
        return fill({room.at, room.context_at}, logger, message, field_bytes);
      }
      leave(ring);
    } else if (entered == RingLock::Entered::busy) {
      ring.lost.fetch_add(1, std::memory_order_relaxed);
    }
  }
  pins.fetch_sub(1, std::memory_order_release);
  return {};
}

bool LogLane::end_in_ring(const Logger& logger, Logger::Line line) noexcept {
  LogRingHead& ring = rings_.of(*logger.cell_);
  if (!ring.holds(line.line)) return false;
  leave(ring);
  return true;
}

/// With a pin held.
void LogLane::leave(LogRingHead& ring) noexcept {
  RingLock::Left left = ring.lock.leave();
  for (; left == RingLock::Left::to_show; left = ring.lock.leave()) {
    raise(shards_[thread_shard()].ring_lost, show_inside(ring));
  }
  if (left == RingLock::Left::to_close) rings_.close(ring);
}

std::uint32_t LogLane::show_ring(const Logger& logger) noexcept {
  LogRingHead& ring = rings_.of(*logger.cell_);
  const std::size_t mine = thread_shard();
  const Pin pin(pipeline_, pipeline_.shard(mine), logger.generation());
  if (!pin.alive() || !ring.lock.enter_to_show(logger.ring_serial_)) return 0;
  const std::uint32_t not_said = show_inside(ring);
  leave(ring);
  raise(shards_[mine].ring_lost, not_said);
  if (pipeline_.backend().rouses()) wake(shards_[mine]);
  return not_said;
}

/// @return lines that were lost, and of which no line that is shown could tell.
std::uint32_t LogLane::show_inside(LogRingHead& ring) noexcept {
  std::uint32_t lost = ring.lost.exchange(0, std::memory_order_relaxed);
  const std::size_t newer = ring.newer;
  for (const std::size_t one : {1 - newer, newer}) {
    LogRingHead::Half& half = ring.halves[one];
    if (half.lines != 0 && show_half(ring, half, lost)) lost = 0;
    ring.erase(half);
  }
  return lost;
}

/// Half a ring becomes a piece of a chunk as it is. False when there was no room, for debug lines.
bool LogLane::show_half(LogRingHead& ring, LogRingHead::Half& half, std::uint32_t lost) noexcept {
  LogShard& shard = shards_[thread_shard()];
  raise(shard.accepted, half.lines);
  Logger nobody;
  nobody.stamp_.tenant = ring.tenant;
  const Place place = find_room(shard, nobody, {LogLevel::debug, half.bytes, half.lines});
  if (place.at == nullptr) return false;
  std::memcpy(place.at, ring.data(half), half.bytes);
  auto& chunk = *static_cast<LogChunk*>(pool_.at(pool_.index(place.at)));
  const auto moved_by = static_cast<std::uint16_t>((place.at - chunk.data()) / 8);
  for (std::size_t at = 0; at < half.bytes;) {
    auto& line = *reinterpret_cast<LogLine*>(place.at + at);
    at += line.bytes;
    if (line.kind != LogLineKind::line) continue;
    if (line.context_at != kNoContext) line.context_at += moved_by;
    if (lost != 0) {
      raise(shard.ring_lost, lost);
      line.held_back += std::exchange(lost, 0);
    }
  }
  raise(shard.entered, half.lines);
  chunk.commit(half.bytes);
  return true;
}

}  // namespace detail

LogRing::LogRing(const Logger& log) noexcept : log_(log) {
  if (log_.lane_ != nullptr) ring_ = log_.lane_->open_ring(log_);
}

LogRing::~LogRing() {
  if (ring_ != nullptr) log_.lane_->end_ring(*ring_, log_);
}

void LogRing::fail() noexcept {
  if (ring_ != nullptr) log_.lane_->show_ring(log_);
}

}  // namespace v0
}  // namespace aloft
