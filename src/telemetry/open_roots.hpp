// SPDX-License-Identifier: Apache-2.0
// The sampled roots that are still open, oldest first: who is open for long has a document in
// progress due (`PipelineOptions::in_progress_after`).
//
// A request thread hands a block over as it begins (`watch`), the backend takes it into its list
// (`gather`) and out of it when the root has ended (`leave`) or is due. In between the list holds
// the block as an open span does, so that its memory stays what it is, whoever ends the generation.
// What may be read of an open root is what stood there when it was watched: its ids, its start, its
// name; its thread goes on writing behind that.
//
// Thread-safety: `watch` from any thread, the others from one at a time.
#pragma once

#include "telemetry/block.hpp"

#include <atomic>

namespace aloft {
inline namespace v0 {
namespace detail {

class OpenRoots {
 public:
  explicit OpenRoots(ChunkPool& pool) noexcept : pool_(pool) {}
  ~OpenRoots() { let_all_go(); }
  OpenRoots(const OpenRoots&) = delete;
  OpenRoots& operator=(const OpenRoots&) = delete;

  /// What may still be dropped, and what belongs under a span that was sent, is told of once.
  static bool may_hold(const Block& block) noexcept {
    return block.has_root && block.verdict == Verdict::sampled;
  }
  /// By the thread that made the block and has named its root, before anybody else knows it.
  void watch(Block& block) noexcept;
  /// Takes what was watched since the last call. Before `leave`, and after the blocks to leave were
  /// taken from the queue: then each of them has been gathered.
  void gather() noexcept;
  /// Its root has ended.
  void leave(Block& block) noexcept;
  /// The oldest that began at `latest` or before, or null. It is listed no more, and held until
  /// `let_go`.
  Block* take_due(SteadyTime latest) noexcept;
  void let_go(Block& block) noexcept;
  void let_all_go() noexcept;

 private:
  void unlink(Block& block) noexcept;

  ChunkPool& pool_;
  std::atomic<Block*> watched_{nullptr};  // newest first
  Block* oldest_ = nullptr;
  Block* newest_ = nullptr;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
