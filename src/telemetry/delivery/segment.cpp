// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/segment.hpp"

namespace aloft {
inline namespace v0 {
namespace delivery {

void Segment::add(std::uint64_t offset, std::uint32_t count) {
  places_.push_back({static_cast<std::uint32_t>(offset / kFrameAlignment), count});
  ++live_;
  ++frames_;
  live_items_ += count;
}

void Segment::add_lost(std::uint32_t count) { add(kLost * kFrameAlignment, count); }

void Segment::settle(std::uint64_t sequence) noexcept {
  Place& at = place(sequence);
  --live_;
  live_items_ -= at.count;
  at = {};
}

void Segment::lose(std::uint64_t sequence) noexcept { place(sequence).eighth = kLost; }

void Segment::move(std::uint64_t sequence, std::uint64_t offset) noexcept {
  place(sequence).eighth = static_cast<std::uint32_t>(offset / kFrameAlignment);
}

void Segment::cut(std::uint64_t from) noexcept {
  for (std::uint64_t sequence = from; sequence < end(); ++sequence) {
    if (is_live(sequence)) settle(sequence);
  }
  places_.resize(static_cast<std::size_t>(from - first_));
}

void Segment::note_settled(std::uint64_t sequence) {
  if (!unwritten_.empty()) {
    Run& last = unwritten_.back();
    if (sequence == last.first + last.count) {
      ++last.count;
      return;
    }
  }
  unwritten_.push_back({sequence, 1});
}

void Segment::note_all_settled() {
  unwritten_.clear();
  for (std::uint64_t sequence = first_; sequence < end(); ++sequence) {
    if (!is_live(sequence)) note_settled(sequence);
  }
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
