// SPDX-License-Identifier: Apache-2.0
#include "http_server/worker_pool.hpp"

#include <system_error>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_server {

Result<void> WorkerPool::start(std::size_t threads) {
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
  }
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    stop();
    return fail(ErrorCode::resource_exhausted, "the system gives no thread for a worker",
                "lower ServerOptions::workers or raise the limit of threads");
  }
  return {};
}

bool WorkerPool::try_submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::stop() noexcept {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    dropped.swap(queue_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::run() noexcept {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !running_ || !queue_.empty(); });
    if (!running_) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is let go outside of the lock
    lock.lock();
  }
}

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
