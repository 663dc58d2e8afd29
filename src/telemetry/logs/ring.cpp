// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/ring.hpp"

#include "telemetry/chunk_pool_members.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {

template class MemoryPool<kLogRingBytes>;

char* LogRingHead::data(const Half& half) noexcept {
  return reinterpret_cast<char*>(this + 1) + (&half == &halves[0] ? 0 : kLogRingHalf);
}

bool LogRingHead::knows(const Half& half, std::string_view context) noexcept {
  const char* const there = data(half) + half.context_at + sizeof(LogLine);
  return context == std::string_view(there, half.context_bytes);
}

void LogRingHead::erase(Half& half) noexcept {
  std::memset(data(half), 0, half.bytes);
  half = {};
}

LogRingHead::Room LogRingHead::make_room(std::string_view context, std::size_t bytes) noexcept {
  const std::size_t with_context =
      context.empty() ? bytes : bytes + line_bytes(sizeof(LogLine) + context.size());
  if (with_context > kLogRingHalf) {
    lost.fetch_add(1, std::memory_order_relaxed);
    return {nullptr, kNoContext};
  }
  Half* half = &halves[newer];
  const bool is_known = context.empty() || knows(*half, context);
  if (half->bytes + (is_known ? bytes : with_context) > kLogRingHalf) {
    newer ^= 1;
    half = &halves[newer];
    lost.fetch_add(half->lines, std::memory_order_relaxed);
    erase(*half);
  }
  if (!context.empty() && !knows(*half, context)) {
    half->context_at = half->bytes;
    half->context_bytes = static_cast<std::uint32_t>(context.size());
    auto* const line = new (data(*half) + half->bytes)
        LogLine{.bytes = static_cast<std::uint32_t>(with_context - bytes),
                .kind = LogLineKind::context,
                .entry_bytes = half->context_bytes};
    std::memcpy(line + 1, context.data(), context.size());
    half->bytes += line->bytes;
  }
  char* const at = data(*half) + half->bytes;
  half->bytes += static_cast<std::uint32_t>(bytes);
  ++half->lines;
  return {at, context.empty() ? kNoContext : static_cast<std::uint16_t>(half->context_at / 8)};
}

LogRingHead* LogRings::open(std::uint8_t tenant) noexcept {
  // As many as are left: whoever comes next finds as many as any other may have.
  const std::uint32_t taken = open_.load(std::memory_order_relaxed);
  if (taken >= pool_.capacity() ||
      of_tenant_[tenant].load(std::memory_order_relaxed) >= pool_.capacity() - taken) {
    return nullptr;
  }
  void* const memory = pool_.take();
  if (memory == nullptr) return nullptr;
  open_.fetch_add(1, std::memory_order_relaxed);
  of_tenant_[tenant].fetch_add(1, std::memory_order_relaxed);
  const std::uint32_t used = pool_.index(memory) + 1;
  std::uint32_t before = ever_.load(std::memory_order_relaxed);
  while (before < used && !ever_.compare_exchange_weak(before, used, std::memory_order_relaxed)) {
  }
  auto* const ring = static_cast<LogRingHead*>(memory);  // zeroes, or as `close` left it
  ring->level.store(LogLevel::debug, std::memory_order_relaxed);
  ring->tenant = tenant;
  return ring;
}

void LogRings::close(LogRingHead& ring) noexcept {
  for (LogRingHead::Half& half : ring.halves) ring.erase(half);
  ring.lost.store(0, std::memory_order_relaxed);
  open_.fetch_sub(1, std::memory_order_relaxed);
  of_tenant_[ring.tenant].fetch_sub(1, std::memory_order_relaxed);
  ring.lock.renew();
  pool_.put(&ring);
}

void LogRings::after_fork_in_child() noexcept {
  for (std::uint32_t i = 0; i < ever_.load(std::memory_order_relaxed); ++i) {
    auto* const ring = static_cast<LogRingHead*>(pool_.at(i));
    for (LogRingHead::Half& half : ring->halves) ring->erase(half);
    ring->lost.store(0, std::memory_order_relaxed);
    ring->lock.renew();
  }
  open_.store(0, std::memory_order_relaxed);
  for (auto& open : of_tenant_) open.store(0, std::memory_order_relaxed);
  pool_.take_all_back();
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
