// SPDX-License-Identifier: Apache-2.0
// What one live tail has not read yet: the events since it last asked, bounded, with what was lost.
//
// The store adds; the listener's owner takes. A listener that is not read holds at most
// `limit_events` and `limit_bytes`; what came beyond is counted in `lost` and left out (the newest
// go: the owner reads the store again, from where it was).
//
//   auto listener = store.listen({.on_ready = [&] { wakeup.notify_one(); }});   // null: too many
//   LogListener::Taken taken = listener->take();
//
// Dropping the last `shared_ptr` ends it. Thread-safety: all of it.
#pragma once

#include "console/logs/log_event.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace aloft::console::logs {

/// Events that were stored by one call, shared by all listeners.
using LogBatch = std::vector<StoredEvent>;

struct ListenOptions {
  std::size_t limit_events = 10'000;
  std::size_t limit_bytes = std::size_t{4} << 20U;  ///< of messages
  /// Called after something was added (also when it was lost), by the thread that wrote it: be
  /// quick, and do not call the store.
  std::function<void()> on_ready;
};

class LogListener {
 public:
  struct Taken {
    std::vector<std::shared_ptr<const LogBatch>> batches;  ///< in order of arrival
    std::uint64_t lost = 0;                                ///< events, since the last take
    bool reset = false;  ///< the store was cleared, or groups or streams were deleted
  };

  explicit LogListener(ListenOptions options) : options_(std::move(options)) {}

  Taken take() {
    const std::lock_guard lock(mutex_);
    events_ = bytes_ = 0;
    return std::exchange(taken_, {});
  }

  /// By the store only.
  void add(const std::shared_ptr<const LogBatch>& batch, std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      if (events_ + batch->size() > options_.limit_events ||
          bytes_ + bytes > options_.limit_bytes) {
        taken_.lost += batch->size();
      } else {
        events_ += batch->size();
        bytes_ += bytes;
        taken_.batches.push_back(batch);
      }
    }
    if (options_.on_ready) options_.on_ready();
  }
  /// By the store only.
  void add_reset() {
    {
      const std::lock_guard lock(mutex_);
      taken_.batches.clear();
      events_ = bytes_ = 0;
      taken_.reset = true;
    }
    if (options_.on_ready) options_.on_ready();
  }

 private:
  ListenOptions options_;
  std::mutex mutex_;
  Taken taken_;
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace aloft::console::logs
