// SPDX-License-Identifier: Apache-2.0
// The control block of one `Telemetry`: the request side (start, child, finish) and the hand-over
// queue to the backend.
//
// Pipelines are immortal and recycled: a `Span` or `Tracer` holds a pointer and the generation it
// was made in, so one that outlives its Telemetry finds another generation and does nothing. Calls
// that touch what belongs to one generation (clock, sampler, options) hold a `Pin`; closing raises
// the generation first and then waits until no pin is held, which is brief, because no call blocks.
//
// Queue: a stack of block indexes in one word with its depth in chunks; producers push, the backend
// takes all at once, so there is no ABA. Who pushes it over half of the pool wakes the backend, and
// so does each eighth after that: a notification that came too early is made good by the next. So
// does the first block after a second of nothing.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/telemetry/sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "telemetry/block.hpp"
#include "telemetry/chunk_pool.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/lane.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

class Backend;

/// A sampling threshold that no draw reaches.
inline constexpr std::uint64_t kEveryDraw = std::uint64_t{1} << 53;

/// Parts of the pool; half of them are left when the backend is woken, which is enough until it has
/// come.
inline constexpr std::uint32_t kWakeSteps = 8;

/// Ours: as many requests with extras may be in flight; 3.4 MB, touched as needed.
inline constexpr std::uint32_t kExtrasInFlight = 4'096;

/// What one generation runs with; constant while it lives.
struct Settings {
  Platform platform = Platform::system();
  Resource resource;
  std::shared_ptr<const Sampler> sampler;  // null: parent-based at `sampling_threshold`
  ServiceTraits service;                   // of `resource`, for the sampler
  std::uint64_t sampling_threshold = 0;    // of the upper 53 bits of a draw
  std::unique_ptr<Exporter> exporter;
  std::unique_ptr<Logging> logs;  // null: there are none
  bool traces = true;             // or only logs
  PipelineOptions options;
  TailOptions tail;
  bool keeps_tail = false;            // `tail.kept_per_second` is above 0
  std::uint32_t candidate_limit = 0;  // of the pool's chunks; 0 without a tail
  std::vector<DefaultEntry> default_annotations;
  std::vector<DefaultMetadata> default_metadata;
  TraceHeaders trace_headers;
};

/// Who has a pipeline.
enum class Lease : std::uint8_t {
  free,
  open,         ///< a Telemetry
  left_behind,  ///< a thread or a call that did not come back in time; free once it has
  lost,         ///< nobody who could come back: a copy made by a fork
};

class Pipeline : public Switch {
 public:
  /// Does nothing when the generation has ended.
  Tracer tracer(std::uint32_t in_generation) noexcept;
  void set_enabled(bool on) noexcept;
  /// False at once when the generation has ended.
  bool flush(std::uint32_t in_generation, Nanoseconds timeout) noexcept;
  bool flush(std::uint32_t in_generation, Deadline deadline) noexcept;
  /// Nothing when the generation has ended.
  void poll() noexcept;
  const Clock& clock() const noexcept { return settings_->platform.clock; }

  /// Of the pipeline and of what its exporter has taken.
  Accounting accounting() const noexcept;
  TraceCounters counters() const noexcept;
  /// Of lines, and what their exporter has taken.
  Accounting log_accounting() const noexcept;
  /// What the redactor took out of spans and lines, by place.
  RedactionCounts redactions(RedactionPlace place) const noexcept;
  /// The lane of this generation's logs, or null.
  Lane* logs() const noexcept { return logs_; }

  // The request side.
  /// @param request  null when nothing is known of it.
  Span start(std::uint32_t in_generation, std::string_view name, const StartOptions& options,
             const RequestTraits* request) noexcept;
  /// The continuation of a trace that upstream does not record.
  Span continue_dropped(std::uint32_t in_generation, const TraceId& trace_id) noexcept;
  /// A new trace that upstream does not record, though it gave no id to continue.
  Span start_dropped(std::uint32_t in_generation) noexcept;
  /// A span that only hands `parent` on.
  Span pass_through(std::uint32_t in_generation, const TraceContext& parent) noexcept;
  Span child(const Span& parent, std::string_view name, SpanKind kind) noexcept;
  void finish(Span& span) noexcept;
  ChunkPool& pool() noexcept { return *pool_; }
  ExtrasPool& extras_pool() noexcept { return *extras_pool_; }
  Shard& shard() noexcept { return shards_[thread_shard()]; }
  Shard& shard(std::size_t of_thread) noexcept { return shards_[of_thread]; }

  // The backend's side.
  /// The blocks pushed since the last call, newest first; null when none.
  Block* take_all() noexcept;
  bool has_work() const noexcept {
    return queue_.load(std::memory_order_seq_cst) != 0 || (logs_ != nullptr && logs_->has_work());
  }
  /// The one pushed before `block`.
  Block* before(const Block& block) const noexcept { return block_at(block.next_index); }
  const Settings& settings() const noexcept { return *settings_; }
  Backend& backend() const noexcept { return *backend_; }
  bool broken() const noexcept { return broken_.load(std::memory_order_relaxed); }
  Outcomes& outcomes() noexcept { return outcomes_; }
  /// A candidate has been looked at.
  void candidate_decided() noexcept { candidates_.fetch_sub(1, std::memory_order_relaxed); }
  void forget_candidates() noexcept { candidates_.store(0, std::memory_order_relaxed); }
  /// Leaves the block to its last open span; frees it when there is none.
  void abandon(Block& block) noexcept;

 private:
  friend class Registry;
  friend class LogLane;
  bool flush_exporter(Deadline deadline) noexcept;
  static bool flushes_on_this_thread() noexcept;
  /// What the exporter has taken is left out.
  Accounting own_accounting() const noexcept;
  void add_exporters(Accounting& books, const Accounting& later) const noexcept;
  explicit Pipeline(std::size_t queue_limit_bytes);

  void assign(Span& span, std::uint32_t in_generation, TraceId trace_id, SpanId id,
              Sampled sampled) noexcept;
  bool sample(std::string_view name, const StartOptions& options, const RequestTraits* request,
              SampledBy& by) const noexcept;
  /// The sampler is told how this root went, where it asks for that.
  void watch(Span& span, const SampledBy& by) noexcept;
  /// `watch`, and on the record of a root that a sampler has taken, its rule.
  void record_rule(Span& span, const SampledBy& by) noexcept;
  /// Records `span`, which has its context, as the root of a new block: a candidate's where the
  /// context does not say that it is sampled.
  enum class Origin : std::uint8_t { new_trace, continued, after_parent };
  struct Opening {
    SlotStart root;
    Origin origin;
  };
  void assign_dropped_root(Span& span, std::uint32_t in_generation) noexcept;
  bool admits_candidate() noexcept;
  void start_block(Span& span, Shard& counts, std::string_view name,
                   const Opening& opening) noexcept;
  /// One more holder of what the parent passes on.
  void share_extras(std::uint16_t extras) noexcept;
  void begin(Span& span, Block& block, Slot& slot, std::string_view name) noexcept;
  void push(Block& block) noexcept;
  Block* block_at(std::uint32_t link) const noexcept;
  void reset_counters(std::uint64_t forked_spans) noexcept;
  void forget_calls() noexcept;
  void abandon_queue() noexcept;
  void after_fork_in_child() noexcept;
  /// In the child of a fork: nothing made before works, and the backend is not touched.
  void give_up_in_child(std::string_view message) noexcept;
  bool in_calls() const noexcept;
  /// The same, or in the exporter's flush.
  bool in_use() const noexcept;

  friend class aloft::Span;

  std::unique_ptr<Settings> settings_;
  std::unique_ptr<Backend> backend_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // of all generations; each has another size
  Lane* logs_ = nullptr;
  std::unique_ptr<ChunkPool> pool_;
  std::unique_ptr<ExtrasPool> extras_pool_;
  std::size_t queue_limit_bytes_;
  std::uint32_t wake_step_;  // chunks: the backend is woken at each step from the fourth on
  Pipeline* next_registered_ = nullptr;
  Lease lease_ = Lease::free;  // guarded by the registry's mutex
  /// The copy of a pipeline that was in the middle of a round at a fork: nothing works any more.
  std::atomic<bool> broken_{false};
  std::atomic<bool> is_open_{false};             // there is a backend for guests
  mutable std::atomic<std::int32_t> guests_{0};  // calls that use the exporter, and may wait
  std::atomic<std::int32_t> flushers_{0};        // calls of `flush`, also while no guest
  std::atomic<std::uint32_t> candidates_{0};     // of the tail, not looked at yet
  Outcomes outcomes_;
  std::array<Shard, kShards> shards_;
  /// Depth in the upper half, index + 1 of the newest block in the lower.
  alignas(128) std::atomic<std::uint64_t> queue_{0};
};

/// Keeps a generation alive for the length of one call, if it still is.
class Pin {
 public:
  Pin(const Pipeline& pipeline, Shard& shard, std::uint32_t generation) noexcept
      : pins_(shard.pins) {
    // Sequentially consistent on both sides: either this sees the new generation, or `close` sees
    // this pin.
    pins_.fetch_add(1, std::memory_order_seq_cst);
    alive_ = pipeline.generation.load(std::memory_order_seq_cst) == generation;
  }
  ~Pin() { pins_.fetch_sub(1, std::memory_order_release); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  bool alive() const noexcept { return alive_; }

 private:
  std::atomic<std::uint32_t>& pins_;
  bool alive_;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
