// SPDX-License-Identifier: Apache-2.0
// Executors for tests of carried context: one that is driven by hand, so that a test decides who
// runs next, and the smallest task of a coroutine on top of it.
#pragma once

#include <aloft/telemetry/coroutine.hpp>

#include "telemetry/schedule.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace aloft {

/// What is ready to run, in the order in which it became so.
class HandExecutor {
 public:
  template <typename Task>
  void submit(Task task) {
    ready_.push_back(std::make_unique<TaskOf<Task>>(std::move(task)));
  }
  std::size_t ready() const { return ready_.size(); }
  void run(std::size_t place) {
    const std::unique_ptr<AnyTask> task = take(place);
    task->run();
  }
  void drop(std::size_t place) { take(place); }

  /// Awaitable: goes on when it is this coroutine's turn.
  auto schedule() {
    struct Awaiter {
      HandExecutor& executor;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> coroutine) {
        executor.submit([coroutine] { coroutine.resume(); });
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
  std::unique_ptr<AnyTask> take(std::size_t place) {
    std::unique_ptr<AnyTask> task = std::move(ready_[place]);
    ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(place));
    return task;
  }

  std::vector<std::unique_ptr<AnyTask>> ready_;
};

/// A coroutine that starts at once and keeps its current span; its frame goes with it at the end.
struct Detached {
  struct promise_type : CurrentSpanPromise {
    using CurrentSpanPromise::CurrentSpanPromise;
    Detached get_return_object() noexcept { return {}; }
    auto initial_suspend() noexcept { return carried(std::suspend_never()); }
    auto final_suspend() noexcept { return carried(std::suspend_never()); }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// A coroutine that starts when it is awaited, and then resumes who awaited it.
class Lazy {
 public:
  struct promise_type : CurrentSpanPromise {
    using CurrentSpanPromise::CurrentSpanPromise;
    struct Last {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().waiter;
      }
      void await_resume() const noexcept {}
    };
    Lazy get_return_object() noexcept {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    auto initial_suspend() noexcept { return carried(std::suspend_always()); }
    auto final_suspend() noexcept { return carried(Last()); }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
    std::coroutine_handle<> waiter;
  };

  Lazy(Lazy&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Lazy(const Lazy&) = delete;
  Lazy& operator=(const Lazy&) = delete;
  Lazy& operator=(Lazy&&) = delete;
  ~Lazy() {
    if (coroutine_) coroutine_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    coroutine_.promise().waiter = waiter;
    return coroutine_;
  }
  void await_resume() const noexcept {}

 private:
  explicit Lazy(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace aloft
