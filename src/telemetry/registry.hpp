// SPDX-License-Identifier: Apache-2.0
// The one process-wide object: the list of immortal pipelines. It hands out one that is free (or a
// new one), and brings all of them through a fork, through the end of the process and through the
// unloading of the library.
//
// What could not be ended in time is *left behind*: the exporter's thread that hangs, the call that
// a signal handler interrupted on its way to exit. Such a pipeline is not handed out again before
// its thread has ended, and the library is kept loaded for that thread.
#pragma once

#include "telemetry/pipeline.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

class Registry {
 public:
  static Registry& instance() noexcept;

  Result<Pipeline*> open(Settings settings);
  /// Ends the generation: sends what has ended until the timeout, and returns the final books.
  /// @param lines  takes those of log lines, if there are any; may be null.
  Accounting close(Pipeline& pipeline, Nanoseconds timeout, Accounting* lines) noexcept;
  /// The code is about to be unmapped: waits for every thread in it and frees everything.
  void unload() noexcept;

 private:
  /// What a pipeline ran with, on its way out; destroyed without a lock, for it is users' code.
  struct Remains {
    std::unique_ptr<Settings> settings;  // outlives the backend that refers to it
    std::unique_ptr<Backend> backend;
  };

  Registry();
  static Remains take(Pipeline& pipeline) noexcept;
  /// Frees what was left behind and has come back since.
  std::vector<Remains> reclaim();
  Pipeline* free_pipeline(std::size_t queue_limit_bytes);
  /// Bounded: a call that a signal handler interrupted on its way to exit never leaves.
  static void wait_for_calls(const Pipeline& pipeline,
                             bool (Pipeline::*busy)() const noexcept) noexcept;
  /// An address in the file that made the exporter.
  static const void* code_of_exporter(const Pipeline& pipeline) noexcept;
  template <typename Visit>
  void each(Visit visit) noexcept {
    for (Pipeline* pipeline = first_; pipeline != nullptr; pipeline = pipeline->next_registered_) {
      visit(*pipeline);
    }
  }
  void before_fork() noexcept;
  void after_fork_in_parent() noexcept;
  void after_fork_in_child() noexcept;

  std::mutex mutex_;
  /// Atomic for a fork that does not get the mutex: its child finds a whole list.
  std::atomic<Pipeline*> first_{nullptr};
  bool locked_for_fork_ = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
