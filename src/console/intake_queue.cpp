// SPDX-License-Identifier: Apache-2.0
#include "console/intake_queue.hpp"

#include <chrono>
#include <utility>

namespace aloft::console {
namespace {

// A trace is seen by the page within this, and under load a transaction holds hundreds of
// documents: at most fifty transactions a second.
constexpr auto kGather = std::chrono::milliseconds(20);
// From here on a transaction is worth it at once.
constexpr std::size_t kEnoughBytes = std::size_t{256} << 10U;
// What is charged for a datagram beside its bytes, so that empty ones cannot pile up.
constexpr std::size_t kOverheadBytes = 64;
// After a burst the buffers shrink back to this.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;

void recycle(DatagramBatch& batch) {
  if (batch.bytes.capacity() > kKeptBytes) batch = DatagramBatch();
  batch.bytes.clear();
  batch.ends.clear();
}

}  // namespace

bool IntakeQueue::push(std::string_view datagram) {
  bool notify = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t held = gathered_.bytes.size() + gathered_.size() * kOverheadBytes;
    if (closed_ || held + datagram.size() + kOverheadBytes > limit_bytes_) return false;
    const std::size_t before = gathered_.bytes.size();
    gathered_.bytes += datagram;
    gathered_.ends.push_back(static_cast<std::uint32_t>(gathered_.bytes.size()));
    notify =
        gathered_.size() == 1 || (before < kEnoughBytes && gathered_.bytes.size() >= kEnoughBytes);
  }
  if (notify) wakeup_.notify_one();
  return true;
}

bool IntakeQueue::take(DatagramBatch& batch) {
  recycle(batch);
  std::unique_lock lock(mutex_);
  wakeup_.wait(lock, [&] { return closed_ || gathered_.size() != 0; });
  const SteadyTime until = clock_.steady_now() + kGather;
  while (!closed_ && gathered_.bytes.size() < kEnoughBytes && clock_.steady_now() < until) {
    clock_.wait_until(lock, wakeup_, until);
  }
  std::swap(batch, gathered_);
  return batch.size() != 0;
}

void IntakeQueue::close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wakeup_.notify_one();
}

}  // namespace aloft::console
