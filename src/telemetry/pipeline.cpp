// SPDX-License-Identifier: Apache-2.0
#include "telemetry/pipeline.hpp"

#include "core/fork_epoch.hpp"
#include "telemetry/backend.hpp"
#include "telemetry/exceptions_in_flight.hpp"
#include "telemetry/recorder.hpp"

#include <thread>

namespace aloft {
inline namespace v0 {
namespace detail {

constinit Switch always_off;

namespace {

constexpr std::uint64_t kDepthOne = std::uint64_t{1} << 32;

/// Without asking whether the handler that counts forks is registered: the registry did that.
std::uint32_t current_epoch() noexcept {
  return fork_epoch_counter.load(std::memory_order_relaxed);
}

SpanId span_id(std::uint64_t draw) noexcept { return {draw != 0 ? draw : 1}; }

TraceId trace_id(WallTime now, std::uint64_t high, std::uint64_t low) noexcept {
  // The epoch second in front makes the id valid for X-Ray and, as 32 hex digits, for W3C.
  // Source: X-Ray developer guide, "Trace ID format", read 2026-11.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const std::uint64_t epoch = static_cast<std::uint32_t>(seconds.count());
  return {epoch << 32 | high >> 32, low};
}

}  // namespace

[[gnu::always_inline]] inline bool Pipeline::sample(std::string_view name,
                                                    const StartOptions& options,
                                                    const RequestTraits* request,
                                                    SampledBy& by) const noexcept {
  const Settings& settings = *settings_;
  const bool continued = options.parent.trace_id.valid();
  if (settings.sampler == nullptr) {
    // The default, parent-based at a fixed rate, without a virtual call and, at rate 1 or 0,
    // without a draw.
    if (continued && options.parent.sampled == Sampled::yes) return true;
    if (settings.sampling_threshold >= kEveryDraw) return true;
    return settings.sampling_threshold != 0 &&
           settings.platform.random.next() >> 11 < settings.sampling_threshold;
  }
  static constexpr TraceContext kNoParent{};
  by.clear();
  return settings.sampler->sample({.name = name.empty() ? settings.resource.service_name : name,
                                   .parent = continued ? options.parent : kNoParent,
                                   .tenant = options.tenant,
                                   .draw = settings.platform.random.next(),
                                   .request = request != nullptr ? *request : RequestTraits{},
                                   .service = settings.service,
                                   .by = &by});
}

void Pipeline::watch(Span& span, const SampledBy& by) noexcept {
  if (settings_->keeps_tail && span.block_ != nullptr) span.block_->watched = by.watched();
}

void Pipeline::record_rule(Span& span, const SampledBy& by) noexcept {
  watch(span, by);
  // What a candidate is kept for is not a rule; the reader names it.
  if (span.context_.sampled != Sampled::yes) return;
  if (by.rule().empty() || span.slot_ == nullptr) return;
  Recorder(*span.block_, *pool_, span.slot())
      .text(EntryType::sampling_rule, {}, {}, by.rule(), by.rule().size());
}

[[gnu::always_inline]] inline void Pipeline::begin(Span& span, Block& block, Slot& slot,
                                                   std::string_view name) noexcept {
  span.block_ = &block;
  span.slot_ = &slot;
  span.unwinding_ = static_cast<std::uint8_t>(exceptions_in_flight());
  if (name.size() <= kShortBytes) [[likely]] {
    slot.at = put_short(begin_short(slot, EntryType::name, {}, name.size()), name);
  } else {
    Recorder(block, *pool_, slot).text(EntryType::name, {}, {}, name, kMaxNameBytes);
  }
}

[[gnu::always_inline]] inline void Pipeline::assign(Span& span, std::uint32_t in_generation,
                                                    TraceId trace_id, SpanId id,
                                                    Sampled sampled) noexcept {
  span.pipeline_ = this;
  span.generation_ = in_generation;
  span.context_ = {trace_id, id, sampled};
}

[[gnu::always_inline]] inline Span Pipeline::continue_dropped(std::uint32_t in_generation,
                                                              const TraceId& trace_id) noexcept {
  Span span;
  Shard& counts = shard();
  const Pin pin(*this, counts, in_generation);
  if (!pin.alive()) return span;
  raise(counts.sampled_out);
  assign(span, in_generation, trace_id, span_id(settings_->platform.random.next()), Sampled::no);
  return span;
}

[[gnu::always_inline]] inline void Pipeline::assign_dropped_root(
    Span& span, std::uint32_t in_generation) noexcept {
  const Platform& platform = settings_->platform;
  std::uint64_t draws[2];
  platform.random.fill(draws);
  assign(span, in_generation, trace_id(platform.clock.now().wall, draws[0], draws[1]),
         span_id(draws[0]), Sampled::no);
}

Span Pipeline::start_dropped(std::uint32_t in_generation) noexcept {
  Span span;
  Shard& counts = shard();
  const Pin pin(*this, counts, in_generation);
  if (!pin.alive()) return span;
  raise(counts.sampled_out);
  assign_dropped_root(span, in_generation);
  return span;
}

Span Pipeline::pass_through(std::uint32_t in_generation, const TraceContext& parent) noexcept {
  Span span;
  Shard& counts = shard();
  const Pin pin(*this, counts, in_generation);
  if (!pin.alive()) return span;
  raise(counts.sampled_out);
  assign(span, in_generation, parent.trace_id, parent.span_id, parent.sampled);
  return span;
}

/// What this process does not want is looked at again when it has ended; not so many at a time that
/// what it does want finds no room.
[[gnu::always_inline]] inline bool Pipeline::admits_candidate() noexcept {
  const std::uint32_t limit = settings_->candidate_limit;
  if (limit == 0) return false;
  const bool has_room = candidates_.fetch_add(1, std::memory_order_relaxed) < limit;
  if (!has_room) {
    candidates_.fetch_sub(1, std::memory_order_relaxed);
    raise(outcomes_.tail_full);
  }
  return has_room;
}

[[gnu::always_inline]] inline Span Pipeline::start(std::uint32_t in_generation,
                                                   std::string_view name,
                                                   const StartOptions& options,
                                                   const RequestTraits* request) noexcept {
  Span span;
  Shard& counts = shard();
  const Pin pin(*this, counts, in_generation);
  if (!pin.alive()) return span;
  const Platform& platform = settings_->platform;
  const bool continued = options.parent.trace_id.valid();
  SampledBy by;
  Sampled told = Sampled::yes;
  if (!sample(name, options, request, by)) {
    if (!admits_candidate()) {
      // First, because nothing behind it needs name and options any more: eight instructions less.
      raise(counts.sampled_out);
      if (continued) {
        assign(span, in_generation, options.parent.trace_id, span_id(platform.random.next()),
               Sampled::no);
      } else {
        assign_dropped_root(span, in_generation);
      }
      return span;
    }
    // A candidate of the tail says no to everybody and is recorded all the same.
    told = Sampled::no;
  }
  if (continued) {
    assign(span, in_generation, options.parent.trace_id, span_id(platform.random.next()), told);
    start_block(span, counts, name,
                {{span.id(), options.parent.span_id, 0, options.kind}, Origin::continued});
  } else {
    // 160 bits of ids from 128 drawn: half of the span id stands in the trace id, too. The epoch
    // second goes in with the first look at the clock.
    std::uint64_t draws[2];
    platform.random.fill(draws);
    assign(span, in_generation, {draws[0], draws[1]}, span_id(draws[0]), told);
    start_block(span, counts, name, {{span.id(), {}, 0, options.kind}, Origin::new_trace});
  }
  if (settings_->sampler != nullptr) record_rule(span, by);
  return span;
}

void Pipeline::start_block(Span& span, Shard& counts, std::string_view name,
                           const Opening& opening) noexcept {
  const TimePoint now = settings_->platform.clock.now();
  if (opening.origin == Origin::new_trace) {
    const TraceId drawn = span.context_.trace_id;
    span.context_.trace_id = trace_id(now.wall, drawn.high, drawn.low);
  }
  const Verdict verdict =
      span.context_.sampled == Sampled::yes ? Verdict::sampled : Verdict::candidate;
  raise(counts.accepted);
  Block* const block = make_block(*pool_,
                                  {span.context_.trace_id, now, span.generation_, current_epoch(),
                                   opening.origin != Origin::after_parent, verdict},
                                  opening.root);
  if (block == nullptr) {
    backend_->revive();
    raise(counts.dropped_queue_full);
    if (verdict == Verdict::candidate) candidates_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  raise(counts.entered);
  span.root_ = true;
  begin(span, *block, *block->newest.load(std::memory_order_relaxed),
        name.empty() ? settings_->resource.service_name : name);
  backend_->begun(*block);
}

Span Pipeline::child(const Span& parent, std::string_view name, SpanKind kind) noexcept {
  Span span;
  Shard& counts = shard();
  const Pin pin(*this, counts, parent.generation_);
  if (!pin.alive() || !enabled.load(std::memory_order_relaxed)) return span;
  const Platform& platform = settings_->platform;
  assign(span, parent.generation_, parent.trace_id(), span_id(platform.random.next()),
         parent.context_.sampled);
  if (parent.extras_ != 0) {
    share_extras(parent.extras_);
    span.extras_ = parent.extras_;
  }
  // A candidate of the tail says no to everybody and is recorded all the same.
  if (span.context_.sampled != Sampled::yes && parent.slot_ == nullptr) {
    // Passed through: whoever is called has the same parent as we.
    if (span.context_.sampled != Sampled::no) span.context_ = parent.context_;
    return span;
  }
  SlotStart start{span.id(), parent.id(), 0, kind};
  if (parent.block_ == nullptr) {
    // The parent found no room: neither does what is under it, else one large trace would starve
    // all others with blocks of its own.
    raise(counts.accepted);
    raise(counts.dropped_queue_full);
    return span;
  }
  Block* const block = parent.slot_ != nullptr ? parent.block_ : nullptr;
  if (block == nullptr || block->fork_epoch != current_epoch()) {
    // The parent has been handed over: a block of its own, sent under that parent. A candidate's
    // child would be one of nothing.
    if (span.context_.sampled != Sampled::yes) return span;
    start_block(span, counts, name, {start, Origin::after_parent});
    return span;
  }
  raise(counts.accepted);
  if (block->spans.load(std::memory_order_relaxed) >= kMaxSpansPerBlock) {
    raise(counts.dropped_span_limit);
    return span;
  }
  // The parent is open, so the block stays; from here on this child keeps it too.
  block->open.fetch_add(1, std::memory_order_relaxed);
  start.start_ns = (platform.clock.steady_now() - block->start.steady).count();
  Slot* const slot = block->add_slot(*pool_, start);
  if (slot == nullptr) {
    block->open.fetch_sub(1, std::memory_order_relaxed);
    const bool full = block->chunks.load(std::memory_order_relaxed) >= kMaxChunksPerBlock;
    raise(full ? counts.dropped_span_limit : counts.dropped_queue_full);
    return span;
  }
  raise(counts.entered);
  begin(span, *block, *slot, name);
  return span;
}

void Pipeline::finish(Span& span) noexcept {
  Slot& slot = span.slot();
  Block& block = *span.block_;
  span.slot_ = nullptr;
  slot.current->used = static_cast<std::uint32_t>(slot.at - slot.current->data());
  const Pin pin(*this, shard(), span.generation_);
  if (!pin.alive() || block.fork_epoch != current_epoch()) {
    // Nobody takes this block any more; the last span out frees it.
    const std::uint32_t change = span.root_ ? kAbandoned - 1 : std::uint32_t(-1);
    const std::uint32_t left = block.open.fetch_add(change, std::memory_order_acq_rel) + change;
    if (left == kAbandoned) block.release(*pool_);
    return;
  }
  slot.end_ns = (settings_->platform.clock.steady_now() - block.start.steady).count();
  slot.state.store(SlotState::ended, std::memory_order_release);
  block.open.fetch_sub(1, std::memory_order_acq_rel);
  // A child's decrement is its last touch: the root pushes, and the backend frees.
  if (span.root_) push(block);
}

void Pipeline::push(Block& block) noexcept {
  const std::uint32_t index = pool_->index(&block);
  const std::uint64_t weight = block.chunks.load(std::memory_order_relaxed) * kDepthOne;
  std::uint64_t head = queue_.load(std::memory_order_relaxed);
  std::uint64_t pushed = 0;
  do {
    block.next_index = static_cast<std::uint32_t>(head);
    pushed = ((head & ~(kDepthOne - 1)) + weight) | (index + 1);
  } while (!queue_.compare_exchange_weak(head, pushed, std::memory_order_seq_cst,
                                         std::memory_order_relaxed));
  const std::uint64_t before = (head >> 32) / wake_step_;
  const std::uint64_t now = (pushed >> 32) / wake_step_;
  if ((now != before && now >= kWakeSteps / 2) || backend_->rouses()) [[unlikely]] {
    raise(shard().wakeups);
    backend_->wake();
  }
}

Tracer Pipeline::tracer(std::uint32_t in_generation) noexcept {
  const bool broken = broken_.load(std::memory_order_relaxed);
  return broken ? Tracer() : Tracer(*this, in_generation);
}

void Pipeline::set_enabled(bool on) noexcept {
  on = on && !broken_.load(std::memory_order_relaxed);
  enabled.store(on && settings_->traces, std::memory_order_relaxed);
  if (logs_ != nullptr) logs_->set_enabled(on);
}

Block* Pipeline::take_all() noexcept {
  const std::uint64_t head = queue_.exchange(0, std::memory_order_acquire);
  return block_at(static_cast<std::uint32_t>(head));
}

Block* Pipeline::block_at(std::uint32_t link) const noexcept {
  return link == 0 ? nullptr : first_block(pool_->at(link - 1));
}

}  // namespace detail

Span Tracer::continue_dropped(const TraceId& trace_id) const noexcept {
  return static_cast<detail::Pipeline*>(switch_)->continue_dropped(generation_, trace_id);
}

Span Tracer::start_dropped() const noexcept {
  return static_cast<detail::Pipeline*>(switch_)->start_dropped(generation_);
}

Span Tracer::pass_through(const TraceContext& parent) const noexcept {
  const bool decided = parent.sampled == Sampled::yes || parent.sampled == Sampled::no;
  if (decided || !enabled()) return start({}, {.parent = parent});
  return static_cast<detail::Pipeline*>(switch_)->pass_through(generation_, parent);
}

Span Tracer::start_enabled(std::string_view name, const StartOptions& options) const noexcept {
  return static_cast<detail::Pipeline*>(switch_)->start(generation_, name, options, nullptr);
}

Span Tracer::start_enabled_for(std::string_view name, const StartOptions& options,
                               const RequestTraits& request) const noexcept {
  return static_cast<detail::Pipeline*>(switch_)->start(generation_, name, options, &request);
}

Span Span::child(std::string_view name, SpanKind kind) noexcept {
  return pipeline_ != nullptr ? pipeline_->child(*this, name, kind) : Span{};
}

TraceHeaders Span::trace_headers() const noexcept {
  if (pipeline_ == nullptr) return {};
  return pipeline_->headers.load(std::memory_order_relaxed);
}

void Span::finish() noexcept { pipeline_->finish(*this); }

void Span::count_exceptions_from_here() noexcept {
  unwinding_ = static_cast<std::uint8_t>(detail::exceptions_in_flight());
}

void Span::finish_in_destructor() noexcept {
  if (detail::exceptions_in_flight() > unwinding_) slot().fault = true;
  finish();
}

}  // namespace v0
}  // namespace aloft
