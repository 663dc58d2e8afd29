// SPDX-License-Identifier: Apache-2.0
// The threads that run user code: a fixed number, behind a queue with a limit. Private to the room.
//
// Thread-safety: all of it; `start` and `stop` from one thread.
#pragma once

#include <aloft/core/result.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_server {

class WorkerPool {
 public:
  using Job = std::function<void()>;

  explicit WorkerPool(std::size_t queue_limit) noexcept : queue_limit_(queue_limit) {}
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { stop(); }

  /// @error resource_exhausted  the system gives no thread.
  Result<void> start(std::size_t threads);
  /// False when the queue is full or the pool is not running: the job is dropped.
  /// Jobs do not throw.
  bool try_submit(Job job);
  /// Drops what waits, joins what runs. Idempotent.
  void stop() noexcept;

 private:
  void run() noexcept;

  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  bool running_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
