// SPDX-License-Identifier: Apache-2.0
// The traces that were written to lately, so that a trace whose documents arrive one by one is not
// read back for each. Two generations: when the young one is full it becomes the old one and the
// old one goes; a trace that is used moves to the young.
//
// Thread-safety: none.
#pragma once

#include "console/map/trace_graph.hpp"
#include "console/trace_state.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace aloft::console {

struct CachedTrace {
  explicit CachedTrace(const TraceId& id) : state(id), graph(id) {}

  TraceState state;
  TraceGraph graph;
  std::shared_ptr<const TraceRecord> counted;  ///< what the map has of it; null: nothing
  std::int64_t key = 0;
  std::uint64_t documents = 0;
  std::uint64_t bytes = 0;  ///< of its documents, unpacked
  bool stored = false;      ///< the store has a row of it
  bool stale = false;       ///< `state` must be folded anew from the stored documents
  bool changed = false;     ///< in this batch
  bool unmapped = false;    ///< the map keeps what it counted before the trace was evicted
};

/// The traces that were evicted last. One that goes on is a new one to the store; the map has
/// counted it, and cannot tell what of it has come back.
class EvictedTraces {
 public:
  void add(const TraceId& id) {
    if (!ids_.insert(id).second) return;
    order_.push_back(id);
    if (order_.size() <= kMaxIds) return;
    ids_.erase(order_.front());
    order_.pop_front();
  }
  bool has(const TraceId& id) const { return ids_.count(id) != 0; }
  void clear() {
    ids_.clear();
    order_.clear();
  }

 private:
  // Ours: some five megabytes; traces that go on mostly do so within seconds.
  static constexpr std::size_t kMaxIds = 65'536;
  std::unordered_set<TraceId, TraceIdHash> ids_;
  std::deque<TraceId> order_;
};

class TraceCache {
 public:
  /// Null when not cached. Valid until `age`, `erase` of it or `clear`.
  CachedTrace* find(const TraceId& id) {
    if (const auto young = young_.find(id); young != young_.end()) return young->second.get();
    const auto old = old_.find(id);
    if (old == old_.end()) return nullptr;
    CachedTrace* trace = old->second.get();
    young_.insert(old_.extract(old));
    return trace;
  }
  CachedTrace& add(const TraceId& id) {
    auto& slot = young_[id];
    slot = std::make_unique<CachedTrace>(id);
    return *slot;
  }
  /// Says that a trace of the young generation has grown by so many spans.
  void weigh(std::size_t spans) noexcept { young_spans_ += spans; }
  /// Call between batches: lets the oldest go once there are too many.
  void age() {
    if (young_.size() < kGeneration && young_spans_ < kGenerationSpans) return;
    old_ = std::move(young_);
    young_.clear();
    young_spans_ = 0;
  }
  void erase(const TraceId& id) {
    young_.erase(id);
    old_.erase(id);
  }
  void clear() {
    young_.clear();
    old_.clear();
    young_spans_ = 0;
  }

 private:
  // A second of 4,000 traces: most are complete before they leave. A trace takes about a kilobyte
  // here, a span a fifth of one: some ten megabytes, and twice that under hostile load.
  static constexpr std::size_t kGeneration = 4096;
  static constexpr std::size_t kGenerationSpans = 65'536;
  using Map = std::unordered_map<TraceId, std::unique_ptr<CachedTrace>, TraceIdHash>;
  Map young_;
  Map old_;
  std::size_t young_spans_ = 0;
};

}  // namespace aloft::console
