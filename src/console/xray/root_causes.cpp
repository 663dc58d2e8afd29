// SPDX-License-Identifier: Apache-2.0
#include "console/xray/root_causes.hpp"

#include <algorithm>
#include <utility>

namespace aloft::console::xray {
namespace {

constexpr std::uint32_t kNone = TraceSpan::kNone;

class Causes {
 public:
  Causes(const TraceSpans& spans, CauseKind kind)
      : spans_(spans.all()), children_(spans.children()), kind_(kind), root_(spans.root()) {
    if (root_ != kNone) root_seconds_ = spans_[root_].seconds();
  }

  std::vector<RootCause> find() {
    if (kind_ == CauseKind::response_time) {
      if (root_seconds_ > 0) add(slowest());
      return std::move(causes_);
    }
    for (std::uint32_t i = 0; i < spans_.size() && causes_.size() < kMaxCauses; ++i) {
      if (failed(i) && !failed_below(i)) add(way_to(i));
    }
    return std::move(causes_);
  }

 private:
  bool failed(std::uint32_t i) const {
    return kind_ == CauseKind::fault ? spans_[i].facts.fault : spans_[i].facts.error;
  }

  template <typename Visit>
  void each_child(std::uint32_t i, Visit visit) const {
    auto at = std::lower_bound(children_.begin(), children_.end(), std::pair(i, std::uint32_t{0}));
    for (; at != children_.end() && at->first == i; ++at) visit(at->second);
  }

  bool failed_below(std::uint32_t i) const {
    bool any = false;
    each_child(i, [&](std::uint32_t child) { any |= failed(child); });
    return any;
  }

  // From the topmost to `i`; of a way that is too long, or a circle, its end.
  std::vector<std::uint32_t> way_to(std::uint32_t i) const {
    std::vector<std::uint32_t> way;
    for (; i != kNone && way.size() < kMaxCauseEntities; i = spans_[i].parent) way.push_back(i);
    std::reverse(way.begin(), way.end());
    return way;
  }

  std::vector<std::uint32_t> slowest() const {
    std::vector<std::uint32_t> way{root_};
    const std::int64_t whole_us = spans_[root_].facts.duration_us();
    while (way.size() < kMaxCauseEntities) {
      std::uint32_t next = kNone;
      each_child(way.back(), [&](std::uint32_t child) {
        const std::int64_t longest_us = next == kNone ? 0 : spans_[next].facts.duration_us();
        if (spans_[child].facts.duration_us() > longest_us) next = child;
      });
      if (next == kNone || spans_[next].facts.duration_us() * 2 < whole_us) break;
      way.push_back(next);
    }
    return way;
  }

  void add(const std::vector<std::uint32_t>& way) {
    RootCause cause;
    cause.client_impacting =
        kind_ == CauseKind::response_time ||
        (way.front() == root_ &&
         std::all_of(way.begin(), way.end(), [&](std::uint32_t i) { return failed(i); }));
    for (const std::uint32_t i : way) {
      const TraceSpan& span = spans_[i];
      if (span.is_segment()) cause.services.push_back({span.name, span.facts.type, false, {}});
      // The segment of a subsegment that travelled alone may not have come.
      if (cause.services.empty()) cause.services.emplace_back();
      CauseEntity entity{span.name, span.is_call(), coverage(span), &span.exceptions};
      cause.services.back().path.push_back(entity);
    }
    const TraceSpan& last = spans_[way.back()];
    if (last.is_unanswered()) {
      const CauseEntity entity{last.facts.name, false, coverage(last), nullptr};
      cause.services.push_back({last.facts.name, last.facts.type, true, {entity}});
    }
    causes_.push_back(std::move(cause));
  }

  double coverage(const TraceSpan& span) const {
    return root_seconds_ > 0 ? span.seconds() / root_seconds_ : 0;
  }

  const std::vector<TraceSpan>& spans_;
  const std::vector<std::pair<std::uint32_t, std::uint32_t>>& children_;
  CauseKind kind_;
  std::uint32_t root_;
  double root_seconds_ = 0;
  std::vector<RootCause> causes_;
};

}  // namespace

std::vector<RootCause> root_causes(const TraceSpans& spans, CauseKind kind) {
  return Causes(spans, kind).find();
}

}  // namespace aloft::console::xray
