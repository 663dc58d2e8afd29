// SPDX-License-Identifier: Apache-2.0
// A pool of threads that passes tasks and coroutines around: each goes to the next thread in turn.
#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace aloft {

class HopPool {
 public:
  explicit HopPool(std::size_t threads) : workers_(threads) {
    for (Worker& worker : workers_) {
      worker.thread = std::thread([&worker] { worker.run(); });
    }
  }
  HopPool(const HopPool&) = delete;
  HopPool& operator=(const HopPool&) = delete;
  /// Runs what is there, and what that submits, to its end.
  ~HopPool() {
    for (Worker& worker : workers_) worker.stop();
    for (Worker& worker : workers_) worker.thread.join();
  }

  template <typename Task>
  void submit(Task task) {
    next().push(std::make_unique<TaskOf<Task>>(std::move(task)));
  }
  /// Awaitable: goes on in another thread.
  auto hop() noexcept {
    struct Awaiter {
      HopPool& pool;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> coroutine) const {
        pool.submit([coroutine] { coroutine.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

 private:
  struct AnyTask {
    virtual ~AnyTask() = default;
    virtual void run() = 0;
  };
  template <typename Task>
  struct TaskOf final : AnyTask {
    explicit TaskOf(Task&& given) : task(std::move(given)) {}
    void run() override { task(); }
    Task task;
  };
  using Tasks = std::vector<std::unique_ptr<AnyTask>>;

  struct Worker {
    void push(std::unique_ptr<AnyTask> task) {
      bool was_empty = false;
      {
        const std::lock_guard lock(mutex);
        was_empty = waiting.empty();
        waiting.push_back(std::move(task));
      }
      if (was_empty) wakeup.notify_one();
    }
    void stop() {
      {
        const std::lock_guard lock(mutex);
        stopping = true;
      }
      wakeup.notify_one();
    }
    void run() {
      Tasks taken;
      for (;;) {
        {
          std::unique_lock lock(mutex);
          wakeup.wait(lock, [this] { return stopping || !waiting.empty(); });
          if (waiting.empty()) return;
          taken.swap(waiting);
        }
        for (const std::unique_ptr<AnyTask>& task : taken) task->run();
        taken.clear();
      }
    }

    std::mutex mutex;
    std::condition_variable wakeup;
    Tasks waiting;
    bool stopping = false;
    std::thread thread;
  };

  Worker& next() noexcept {
    return workers_[turn_.fetch_add(1, std::memory_order_relaxed) % workers_.size()];
  }

  std::deque<Worker> workers_;  // they stay where they are
  std::atomic<std::size_t> turn_{0};
};

}  // namespace aloft
