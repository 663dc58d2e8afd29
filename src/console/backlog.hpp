// SPDX-License-Identifier: Apache-2.0
// What one reader of the event stream has not been sent yet: the latest form of each changed trace,
// oldest change first, bounded. Beyond the bound the reader is told to read the list again.
//
// Thread-safety: none; the broadcaster guards it.
#pragma once

#include "console/store.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace aloft::console {

/// Of the API document: most traces of one event.
inline constexpr std::size_t kMaxEventTraces = 200;
/// Ours: half of what a stream may hold unsent, so that one event never closes it.
inline constexpr std::size_t kMaxEventBytes = std::size_t{128} << 10U;

class Backlog {
 public:
  using Item = std::shared_ptr<const TraceChange>;

  void add(const Item& change) {
    auto [slot, fresh] = latest_.try_emplace(change->id, change);
    if (!fresh) {
      slot->second = change;
    } else if (order_.size() >= kMaxTraces) {
      clear();
      overflowed_ = true;
    } else {
      order_.push_back(change->id);
    }
  }
  void clear() {
    latest_.clear();
    order_.clear();
  }
  bool empty() const noexcept { return order_.empty(); }
  /// True once after each time it overflowed.
  bool take_overflow() noexcept { return std::exchange(overflowed_, false); }

  /// Takes the next event's summaries as the elements of a JSON array.
  std::string take_summaries() {
    std::string out;
    for (std::size_t count = 0; count < kMaxEventTraces && !order_.empty(); ++count) {
      const auto next = latest_.find(order_.front());
      const std::string& summary = next->second->summary;
      if (count != 0 && out.size() + summary.size() + 1 > kMaxEventBytes) break;
      if (count != 0) out += ',';
      out += summary;
      latest_.erase(next);
      order_.pop_front();
    }
    return out;
  }

 private:
  // Two and a half seconds at the highest rate of the stream; a slower reader starts over.
  static constexpr std::size_t kMaxTraces = 2000;
  std::unordered_map<TraceId, Item, TraceIdHash> latest_;
  std::deque<TraceId> order_;
  bool overflowed_ = false;
};

}  // namespace aloft::console
