// SPDX-License-Identifier: Apache-2.0
// Between the thread that receives and the thread that stores: a bounded pile of datagrams that
// changes hands as a whole.
//
// The receiver never waits: what does not fit is refused. The writer takes everything that has
// gathered; it waits a moment after the first datagram so that a batch is worth a transaction.
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/clock.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {

/// Datagrams one after the other in one buffer.
struct DatagramBatch {
  std::string bytes;
  std::vector<std::uint32_t> ends;

  std::size_t size() const noexcept { return ends.size(); }
  std::string_view at(std::size_t index) const noexcept {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
};

class IntakeQueue {
 public:
  IntakeQueue(Clock& clock, std::size_t limit_bytes) noexcept
      : clock_(clock), limit_bytes_(limit_bytes) {}

  /// False when it is full.
  bool push(std::string_view datagram);
  /// Blocks until there are datagrams and swaps them into `batch`; false when closed and empty.
  bool take(DatagramBatch& batch);
  /// Takes no more; what is in it can still be taken.
  void close() noexcept;

 private:
  Clock& clock_;
  const std::size_t limit_bytes_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  DatagramBatch gathered_;
  bool closed_ = false;
};

}  // namespace aloft::console
