// SPDX-License-Identifier: Apache-2.0
// What traces pass on beside their ids lives in cells of a pool of its own: a trace that is not
// recorded has no block, and passes it on all the same. A cell belongs to the spans that hold it;
// the last one gives it back. Spans know it by its number, which finds room where a pointer would
// make each span, and each task that carries one, eight bytes longer.
#include "telemetry/pipeline.hpp"

#include <aloft/telemetry/trace_extras.hpp>

#include <atomic>
#include <new>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

struct Cell {
  std::atomic<std::uint32_t> holders{1};
  TraceExtras extras;
};
static_assert(sizeof(Cell) <= kExtrasBytes && kExtrasBytes - sizeof(Cell) < 64);
static_assert(2 * kExtrasInFlight < 0xFFFF, "a span knows its cell by 16 bits");

Cell& cell_of(const ExtrasPool& pool, std::uint16_t extras) noexcept {
  return *std::launder(static_cast<Cell*>(pool.at(extras - 1u)));
}

}  // namespace

void Pipeline::share_extras(std::uint16_t extras) noexcept {
  cell_of(*extras_pool_, extras).holders.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace detail

void Span::pass_on(const TraceExtras& extras) noexcept {
  if (pipeline_ == nullptr || extras.empty()) return;
  detail::ExtrasPool& pool = pipeline_->extras_pool();
  void* const memory = pool.take();
  if (memory == nullptr) {
    detail::raise(pipeline_->shard().extras_dropped);
    return;
  }
  auto* const cell = new (memory) detail::Cell;
  cell->extras = extras;
  if (extras_ != 0) release_extras();
  extras_ = static_cast<std::uint16_t>(pool.index(memory) + 1);
}

const TraceExtras& Span::extras() const noexcept {
  static const TraceExtras none;
  return extras_ == 0 ? none : detail::cell_of(pipeline_->extras_pool(), extras_).extras;
}

void Span::release_extras() noexcept {
  detail::ExtrasPool& pool = pipeline_->extras_pool();
  detail::Cell& cell = detail::cell_of(pool, extras_);
  extras_ = 0;
  if (cell.holders.fetch_sub(1, std::memory_order_acq_rel) == 1) pool.put(&cell);
}

}  // namespace v0
}  // namespace aloft
