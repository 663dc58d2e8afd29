// SPDX-License-Identifier: Apache-2.0
// How a tree of spans that is too long for one document becomes several.
#include <aloft/telemetry/format/xray_document.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {
namespace {

constexpr std::uint32_t kNone = 0xFFFF'FFFF;
/// What stands around children in their parent, and between two of them.
constexpr std::size_t kAroundChildren = std::string_view(R"(,"subsegments":[])").size();
/// What an independent subsegment has beyond a nested one.
constexpr std::size_t kIndependentBytes =
    std::string_view(R"("trace_id":"1-12345678-123456789012345678901234",)"
                     R"("parent_id":"1234567890123456","type":"subsegment",)")
        .size();

}  // namespace

/// Spans stand behind their parents, so from the last one on each meets its children measured. What
/// has left its parent is put in front of it: it is complete, and the root is sent last.
void XRayDocumentWriter::split(std::uint32_t root) {
  const auto count = static_cast<std::uint32_t>(trace_->spans.size());
  measures_.assign(count, Measure{});
  measures_[root].in_tree = true;
  for (std::uint32_t i = root; i < count; ++i) {
    if (!measures_[i].in_tree) continue;
    for (std::uint32_t child = links_[i].first_child; child != kNone;
         child = links_[child].next_sibling) {
      measures_[child].in_tree = true;
    }
  }
  const std::size_t limit = limit_ - std::min(limit_, prefix_.size());
  const std::size_t nested_limit = limit - std::min(limit, kIndependentBytes);
  std::vector<std::uint32_t> leaves;
  for (std::uint32_t i = count; i-- > root;) {
    if (!measures_[i].in_tree) continue;
    measures_[i].bytes = measure(i, i != root);
    let_go(i, i == root ? limit : nested_limit, leaves);
  }
  tasks_.push_back(root);
  tasks_.insert(tasks_.end(), leaves.rbegin(), leaves.rend());
}

/// Without its children; and without its metadata when it does not fit with them.
std::size_t XRayDocumentWriter::measure(std::uint32_t index, bool nested) {
  for (const bool has_metadata : {true, false}) {
    links_[index].has_metadata = has_metadata;
    buffer_.clear();
    buffer_.append(prefix_);
    json::Writer json(buffer_);
    json.begin_object();
    write_members(json, index, false);
    json.end_object();
    if (!fits()) continue;
    const std::size_t bytes = buffer_.size() - prefix_.size();
    return nested ? bytes - std::min(bytes, kIndependentBytes) : bytes;
  }
  return limit_;
}

/// Children leave until the rest fits, the large ones first; the trouble stays beside its root,
/// even where others leave for it.
void XRayDocumentWriter::let_go(std::uint32_t index, std::size_t limit,
                                std::vector<std::uint32_t>& leaves) {
  const SpanRecord& span = trace_->spans[index];
  Measure& measure = measures_[index];
  measure.is_bad = span.error || span.throttle || span.fault;
  std::vector<std::uint32_t> children;
  for (std::uint32_t child = links_[index].first_child; child != kNone;
       child = links_[child].next_sibling) {
    children.push_back(child);
    measure.is_bad = measure.is_bad || measures_[child].is_bad;
    measure.bytes += measures_[child].bytes + 1;  // with the comma behind it
  }
  if (children.empty()) return;
  measure.bytes += kAroundChildren - 1;
  if (measure.bytes <= limit) return;

  std::vector<std::uint32_t> by_leave = children;
  std::stable_sort(by_leave.begin(), by_leave.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Measure& one = measures_[a];
    const Measure& other = measures_[b];
    return one.is_bad != other.is_bad ? other.is_bad : one.bytes > other.bytes;
  });
  std::size_t gone = 0;
  for (; measure.bytes > limit && gone < by_leave.size(); ++gone) {
    measure.bytes -= measures_[by_leave[gone]].bytes + 1;
    measures_[by_leave[gone]].has_left = true;
  }
  std::size_t kept = by_leave.size() - gone;
  if (kept == 0) measure.bytes -= kAroundChildren - 1;
  // What had to go for a large one that went all the same comes back, the bad and small ones first.
  for (std::size_t i = gone; i-- > 0;) {
    Measure& child = measures_[by_leave[i]];
    const std::size_t more = child.bytes + 1 + (kept == 0 ? kAroundChildren - 1 : 0);
    if (measure.bytes + more > limit) {
      leaves.push_back(by_leave[i]);
      continue;
    }
    child.has_left = false;
    measure.bytes += more;
    ++kept;
  }
  links_[index].first_child = kNone;
  for (const std::uint32_t child : children) {
    links_[child].next_sibling = kNone;
    if (!measures_[child].has_left) add_child(index, child);
  }
}

}  // namespace v0
}  // namespace aloft
