// SPDX-License-Identifier: Apache-2.0
#include "telemetry/registry.hpp"

#include "core/fork_epoch.hpp"
#include "telemetry/backend.hpp"
#include "telemetry/outcomes.hpp"
#include "telemetry/patient_lock.hpp"
#include "telemetry/unloading.hpp"

#include <pthread.h>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// Longest that a fork waits for running exports, all of them together.
constexpr std::chrono::milliseconds kForkPatience{20};
/// Longest that a shutdown waits for calls that do not block: a thread may have lost its turn.
constexpr std::chrono::milliseconds kCallPatience{50};

/// X-Ray knows a container on ECS by its ARN, a function by its own.
/// Source: OpenTelemetry's samplers for X-Ray (Java), read 2026-11.
ServiceTraits service_of(const Resource& resource) noexcept {
  ServiceTraits service{.type = resource.origin};
  for (const ResourceAttribute& attribute : resource.attributes) {
    if (attribute.key == "aws.ecs.container.arn") service.resource_arn = attribute.value;
    if (attribute.key == "cloud.resource_id" && service.resource_arn.empty()) {
      service.resource_arn = attribute.value;
    }
  }
  return service;
}

/// What is in flight when nobody is left to send it.
Accounting at_the_end(Accounting books) noexcept {
  books.dropped[Reason::owner_gone] += books.in_flight;
  books.in_flight = 0;
  return books;
}

}  // namespace

Registry& Registry::instance() noexcept {
  // Never destroyed, so that spans may end while static destructors run.
  alignas(Registry) static unsigned char storage[sizeof(Registry)];
  static Registry* const registry = new (storage) Registry;
  return *registry;
}

Registry::Registry() {
  // The epoch's handler goes first, so that it has counted when ours runs in the child.
  static_cast<void>(fork_epoch());
  watch_unloading();
  pthread_atfork([] { instance().before_fork(); }, [] { instance().after_fork_in_parent(); },
                 [] { instance().after_fork_in_child(); });
}

Pipeline* Registry::free_pipeline(std::size_t queue_limit_bytes) {
  for (Pipeline* pipeline = first_; pipeline != nullptr; pipeline = pipeline->next_registered_) {
    if (pipeline->lease_ == Lease::free && pipeline->queue_limit_bytes_ == queue_limit_bytes) {
      return pipeline;
    }
  }
  std::unique_ptr<Pipeline> pipeline(new (std::nothrow) Pipeline(queue_limit_bytes));
  const auto is_valid = [](const auto& pool) { return pool != nullptr && pool->valid(); };
  if (pipeline == nullptr || !is_valid(pipeline->pool_) || !is_valid(pipeline->extras_pool_)) {
    return nullptr;
  }
  pipeline->next_registered_ = first_;
  first_ = pipeline.get();
  return pipeline.release();
}

Registry::Remains Registry::take(Pipeline& pipeline) noexcept {
  // Handed over while the last round was not to be had: the next generation must not send them.
  pipeline.abandon_queue();
  if (pipeline.logs_ != nullptr) pipeline.logs_->abandon();
  pipeline.logs_ = nullptr;
  pipeline.lease_ = Lease::free;
  return {std::move(pipeline.settings_), std::move(pipeline.backend_)};
}

std::vector<Registry::Remains> Registry::reclaim() {
  std::vector<Remains> remains;
  each([&](Pipeline& pipeline) {
    if (pipeline.lease_ != Lease::left_behind || pipeline.in_use()) return;
    if (pipeline.backend_->join_if_finished()) remains.push_back(take(pipeline));
  });
  return remains;
}

Result<Pipeline*> Registry::open(Settings settings) {
  std::vector<Remains> remains;  // destroyed when the lock is gone
  const std::lock_guard lock(mutex_);
  remains = reclaim();
  Pipeline* pipeline = free_pipeline(settings.options.queue_limit_bytes);
  if (pipeline == nullptr) {
    return fail(ErrorCode::resource_exhausted, "the queue's memory could not be mapped",
                "lower PipelineOptions::queue_limit_bytes");
  }
  const bool background = settings.options.threading == Threading::background;
  pipeline->reset_counters(0);
  pipeline->headers.store(settings.trace_headers, std::memory_order_relaxed);
  pipeline->settings_ = std::make_unique<Settings>(std::move(settings));
  pipeline->settings_->service = service_of(pipeline->settings_->resource);
  if (pipeline->settings_->keeps_tail) {
    pipeline->settings_->candidate_limit = pipeline->pool_->capacity() / 2;
  }
  pipeline->logs_ = nullptr;
  if (pipeline->settings_->logs != nullptr) {
    Result<Lane*> logs = pipeline->settings_->logs->open(*pipeline);
    if (!logs) {
      remains.push_back(take(*pipeline));
      return unexpected(logs.error());
    }
    pipeline->logs_ = *logs;
  }
  pipeline->backend_ = std::make_unique<Backend>(*pipeline);
  if (background) {
    if (Result<void> started = pipeline->backend_->start_thread(); !started) {
      remains.push_back(take(*pipeline));
      return unexpected(started.error());
    }
  }
  pipeline->lease_ = Lease::open;
  pipeline->is_open_.store(true, std::memory_order_release);
  pipeline->generation.fetch_add(1, std::memory_order_seq_cst);
  pipeline->enabled.store(pipeline->settings_->traces, std::memory_order_release);
  if (pipeline->logs_ != nullptr) pipeline->logs_->set_enabled(true);
  return pipeline;
}

Accounting Registry::close(Pipeline& pipeline, Nanoseconds timeout, Accounting* lines) noexcept {
  pipeline.enabled.store(false, std::memory_order_relaxed);
  if (pipeline.logs_ != nullptr) pipeline.logs_->set_enabled(false);
  pipeline.is_open_.store(false, std::memory_order_seq_cst);
  pipeline.generation.fetch_add(1, std::memory_order_seq_cst);
  const Deadline deadline = Deadline::after(pipeline.clock(), timeout);
  wait_for_calls(pipeline, &Pipeline::in_calls);
  const bool broken = pipeline.broken_.load(std::memory_order_relaxed);
  const bool interrupted = pipeline.in_calls() || Pipeline::flushes_on_this_thread();
  const bool stopped = !broken && pipeline.backend_->stop(deadline, interrupted);
  Accounting books = pipeline.own_accounting();
  if (!broken) {
    // Who waits for the exporter comes back when that ends.
    Exporter& exporter = *pipeline.settings_->exporter;
    const bool ends = stopped && !pipeline.in_calls() && !Pipeline::flushes_on_this_thread();
    pipeline.add_exporters(books, ends ? exporter.shutdown(deadline) : exporter.accounting());
    if (Lane* const logs = pipeline.logs_) {
      if (ends) logs->shut(deadline);
      if (lines != nullptr) *lines = at_the_end(logs->accounting());
    }
  }
  // A flush that was longer than our patience has come to its end with the thread.
  if (stopped) wait_for_calls(pipeline, &Pipeline::in_use);
  const bool left = !stopped || pipeline.in_use();
  books = at_the_end(books);
  const void* code = nullptr;
  Remains remains;  // destroyed when the lock is gone
  {
    const std::unique_lock lock = lock_by(mutex_, Clock::system().steady_now() + kCallPatience);
    if (!left && lock.owns_lock()) {
      remains = take(pipeline);
    } else {
      if (left && !broken) code = code_of_exporter(pipeline);
      pipeline.lease_ = broken ? Lease::lost : Lease::left_behind;
    }
  }
  if (code != nullptr && !unloading()) {
    // Somebody comes back into this code and into the exporter's, whatever dlclose says. Not under
    // the mutex: the loader's lock may belong to a static constructor that starts a Telemetry.
    keep_loaded(reinterpret_cast<const void*>(&Registry::instance));
    keep_loaded(code);
  }
  return books;
}

void Registry::wait_for_calls(const Pipeline& pipeline,
                              bool (Pipeline::*busy)() const noexcept) noexcept {
  // No call under a pin blocks, so that it is a matter of nanoseconds; a guest may take longer.
  const SteadyTime patience = Clock::system().steady_now() + kCallPatience;
  while ((pipeline.*busy)() && Clock::system().steady_now() < patience) std::this_thread::yield();
}

const void* Registry::code_of_exporter(const Pipeline& pipeline) noexcept {
  const Exporter* const exporter = pipeline.settings_->exporter.get();
  const void* table = nullptr;  // of its virtual functions
  std::memcpy(&table, static_cast<const void*>(exporter), sizeof table);
  return table;
}

void Registry::unload() noexcept {
  for (Pipeline* pipeline = first_.exchange(nullptr); pipeline != nullptr;) {
    const std::unique_ptr<Pipeline> mine(pipeline);
    pipeline = pipeline->next_registered_;
    if (mine->lease_ == Lease::open) {
      close(*mine, mine->settings_->options.shutdown_timeout, nullptr);
    }
    // Whoever still is in the exporter would come back to nothing: there is no end without him.
    if (mine->lease_ == Lease::left_behind) mine->backend_->join();
    if (mine->lease_ == Lease::lost) {
      static_cast<void>(mine->backend_.release());  // in an unknown state
      static_cast<void>(mine->settings_.release());
    }
    mine->backend_.reset();
  }
}

void Registry::before_fork() noexcept {
  const SteadyTime give_up = Clock::system().steady_now() + kForkPatience;
  std::unique_lock lock = lock_by(mutex_, give_up);
  locked_for_fork_ = lock.owns_lock();
  static_cast<void>(lock.release());
  if (!locked_for_fork_) return;  // somebody is changing what we would look at
  each([&](Pipeline& pipeline) {
    if (pipeline.lease_ == Lease::open) pipeline.backend_->before_fork(give_up);
  });
}

void Registry::after_fork_in_parent() noexcept {
  if (!locked_for_fork_) return;
  each([](Pipeline& pipeline) {
    if (pipeline.lease_ == Lease::open) pipeline.backend_->after_fork_in_parent();
  });
  mutex_.unlock();
}

void Registry::after_fork_in_child() noexcept {
  // Calls of threads that do not exist here never leave; also not those that met an old handle.
  each([](Pipeline& pipeline) { pipeline.forget_calls(); });
  if (!locked_for_fork_) {
    new (&mutex_) std::mutex;  // held by a thread of the parent
    // Who held it may have been anywhere: no pipeline of the parent is used again, not even a free
    // one, and nothing of theirs is touched but words that are atomic.
    each([](Pipeline& pipeline) {
      if (pipeline.lease_ == Lease::open) {
        pipeline.reset_counters(pipeline.own_accounting().in_flight);
        pipeline.give_up_in_child(
            "a Telemetry was starting or ending during fork; telemetry is off in the child, "
            "create a Telemetry of its own there");
      }
      pipeline.lease_ = Lease::lost;
    });
    return;
  }
  each([](Pipeline& pipeline) {
    if (pipeline.lease_ == Lease::left_behind) pipeline.lease_ = Lease::lost;
    if (pipeline.lease_ == Lease::open) pipeline.after_fork_in_child();
    // After its queue was given up. Nobody will come back with what other threads had.
    if (pipeline.lease_ == Lease::lost) return;
    pipeline.pool_->replace_what_is_out();
    pipeline.extras_pool_->replace_what_is_out();
  });
  mutex_.unlock();
}

Pipeline::Pipeline(std::size_t queue_limit_bytes)
    : pool_(new (std::nothrow) ChunkPool(queue_limit_bytes)),
      extras_pool_(new (std::nothrow) ExtrasPool(kExtrasInFlight * kExtrasBytes)),
      queue_limit_bytes_(queue_limit_bytes),
      wake_step_(static_cast<std::uint32_t>(queue_limit_bytes / kChunkBytes / kWakeSteps)) {}

void Pipeline::reset_counters(std::uint64_t forked_spans) noexcept {
  for (Shard& shard : shards_) {
    for (Counter* counter :
         {&shard.accepted, &shard.entered, &shard.sampled_out, &shard.annotations_dropped,
          &shard.dropped_queue_full, &shard.dropped_span_limit, &shard.wakeups,
          &shard.extras_dropped, &shard.links_dropped}) {
      counter->store(0, std::memory_order_relaxed);
    }
  }
  forget_candidates();
  reset(outcomes_);
  raise(shards_[0].accepted, forked_spans);
  raise(outcomes_.dropped[static_cast<std::size_t>(Reason::forked)], forked_spans);
}

void Pipeline::after_fork_in_child() noexcept {
  // The child's books start with what its parent had begun: accepted, and dropped here.
  const std::uint64_t in_flight = own_accounting().in_flight;
  reset_counters(in_flight);
  abandon_queue();
  // A round was running and could not be waited for: its state cannot be trusted.
  if (!backend_->after_fork_in_child()) {
    give_up_in_child(
        "an export was running during fork; telemetry is off in the child, "
        "create a Telemetry of its own there");
  } else if (logs_ != nullptr) {
    logs_->after_fork_in_child();
  }
}

void Pipeline::give_up_in_child(std::string_view message) noexcept {
  broken_.store(true, std::memory_order_relaxed);
  is_open_.store(false, std::memory_order_relaxed);
  enabled.store(false, std::memory_order_relaxed);
  if (logs_ != nullptr) {
    logs_->forget_locks();
    logs_->set_enabled(false);
  }
  generation.fetch_add(1, std::memory_order_seq_cst);
  settings_->platform.diagnostics.report(ErrorCode::unavailable, "fork", message);
}

void Pipeline::forget_calls() noexcept {
  for (Shard& shard : shards_) shard.pins.store(0, std::memory_order_relaxed);
  guests_.store(0, std::memory_order_relaxed);
  flushers_.store(0, std::memory_order_relaxed);
}

void Pipeline::abandon_queue() noexcept {
  for (Block* block = take_all(); block != nullptr;) {
    Block* const earlier = before(*block);
    abandon(*block);
    block = earlier;
  }
}

void Pipeline::abandon(Block& block) noexcept {
  const std::uint32_t before = block.open.fetch_or(kAbandoned, std::memory_order_acq_rel);
  if (before == 0) block.release(*pool_);
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
