// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/documents.hpp"

#include "console/datagram.hpp"
#include "console/document.hpp"
#include "console/otlp/facts.hpp"
#include "console/otlp/segment_writer.hpp"

#include <aloft/telemetry/format/xray_document.hpp>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace aloft::console::otlp {
namespace {

constexpr std::uint32_t kNone = 0xFFFF'FFFF;
// What a datagram holds behind its header, so that both wires split at the same place.
constexpr std::size_t kMaxDocumentBytes = aloft::kMaxDatagramBytes - kXRayDaemonHeader.size();

struct Key {
  std::uint64_t trace_high;
  std::uint64_t trace_low;
  std::uint64_t id;
  friend bool operator==(const Key&, const Key&) = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    // Ids are random; who sends others only slows down their own request of 10,000 spans.
    return static_cast<std::size_t>(key.trace_high ^ (key.trace_low * 3) ^ (key.id * 7));
  }
};

// A place in the forest of a request.
struct Node {
  std::uint32_t parent = kNone;
  std::uint32_t first_child = kNone;
  std::uint32_t last_child = kNone;
  std::uint32_t next_sibling = kNone;
  std::uint32_t depth = 0;  // 0: not known yet
  bool left_out = false;
};

class Forest {
 public:
  using Take = std::function<void(const Documents&)>;

  Forest(const Request& request, const Take& take)
      : request_(request), take_(take), nodes_(request.spans.size()), buffer_(kMaxDocumentBytes) {
    for (const Resource& resource : request.resources) senders_.emplace_back(resource);
  }

  Leftovers write() {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) admit(i);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) find_parent(i);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) limit_depth(i);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) link(i);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i].left_out && nodes_[i].parent == kNone) write_tree(i);
    }
    hand_over();
    return out_;
  }

 private:
  enum class Extent : std::uint8_t { subtree, alone, without_metadata };
  struct Task {
    std::uint32_t span;
    Extent extent;
  };

  static std::optional<Reject> wrong_with(const Span& span) noexcept {
    constexpr std::uint64_t kMaxTime = kMaxEpochSeconds * 1'000'000'000;
    if (span.id == 0) return Reject::bad_id;
    if ((span.trace_high | span.trace_low) == 0) return Reject::bad_trace_id;
    if (span.bad_parent) return Reject::bad_parent_id;
    if (span.start_ns == 0 || span.start_ns > kMaxTime || span.end_ns > kMaxTime) {
      return Reject::bad_time;
    }
    if (span.end_ns == 0) return Reject::no_end;
    return std::nullopt;
  }

  void admit(std::uint32_t index) {
    const Span& span = request_.spans[index];
    out_.links += span.bad_links;
    Node& node = nodes_[index];
    if (const auto reason = wrong_with(span)) {
      ++count_of(out_.rejected, *reason);
      node.left_out = true;
    } else if (!index_.emplace(Key{span.trace_high, span.trace_low, span.id}, index).second) {
      ++out_.repeated;
      node.left_out = true;
    }
  }

  void find_parent(std::uint32_t index) {
    const Span& span = request_.spans[index];
    if (nodes_[index].left_out || begins_segment(span) || is_detached(span)) return;
    const auto found = index_.find({span.trace_high, span.trace_low, span.parent});
    if (found == index_.end() || request_.spans[found->second].resource != span.resource) return;
    nodes_[index].parent = found->second;
  }

  // Cuts circles, and chains that are too long for a document, where they are met.
  void limit_depth(std::uint32_t index) {
    std::vector<std::uint32_t>& path = path_;
    path.clear();
    std::uint32_t at = index;
    while (at != kNone && nodes_[at].depth == 0) {
      nodes_[at].depth = kNone;  // on the path
      path.push_back(at);
      at = nodes_[at].parent;
    }
    if (at != kNone && nodes_[at].depth == kNone) {
      nodes_[path.back()].parent = kNone;  // a circle
      at = kNone;
    }
    std::uint32_t depth = at == kNone ? 0 : nodes_[at].depth;
    for (auto span = path.rbegin(); span != path.rend(); ++span) {
      if (depth == kMaxNesting) {
        nodes_[*span].parent = kNone;
        depth = 0;
      }
      nodes_[*span].depth = ++depth;
    }
  }

  void link(std::uint32_t index) {
    const std::uint32_t parent = nodes_[index].parent;
    if (parent == kNone) return;
    Node& above = nodes_[parent];
    (above.first_child == kNone ? above.first_child : nodes_[above.last_child].next_sibling) =
        index;
    above.last_child = index;
  }

  void write_tree(std::uint32_t root) {
    tasks_.assign(1, {root, Extent::subtree});
    while (!tasks_.empty()) {
      const Task task = tasks_.back();
      tasks_.pop_back();
      buffer_.clear();
      json::Writer json(buffer_);
      const std::uint32_t spans = write_span(json, task.span, task.extent, false);
      if (buffer_.overflowed()) {
        split(task);
        continue;
      }
      batch_.texts.emplace_back(buffer_.view());
      batch_.spans.push_back(spans);
      batch_bytes_ += buffer_.size();
      if (batch_.texts.size() == kMaxBatchDocuments || batch_bytes_ > kMaxBatchBytes) hand_over();
    }
  }

  void hand_over() {
    if (!batch_.texts.empty()) take_(batch_);
    batch_ = {};
    batch_bytes_ = 0;
  }

  void split(Task task) {
    if (task.extent == Extent::without_metadata) {
      ++count_of(out_.rejected, Reject::too_large);
      return;
    }
    if (task.extent == Extent::alone) {
      tasks_.push_back({task.span, Extent::without_metadata});
      return;
    }
    const auto first = static_cast<std::ptrdiff_t>(tasks_.size());
    for (std::uint32_t child = nodes_[task.span].first_child; child != kNone;
         child = nodes_[child].next_sibling) {
      tasks_.push_back({child, Extent::subtree});
    }
    std::reverse(tasks_.begin() + first, tasks_.end());
    tasks_.push_back({task.span, Extent::alone});
  }

  // The depth is limited, so recursion is.
  std::uint32_t write_span(json::Writer& json, std::uint32_t index, Extent extent, bool nested) {
    const Span& span = request_.spans[index];
    writer_.open(json, span, senders_[span.resource], nested,
                 extent == Extent::without_metadata ? Metadata::without : Metadata::with);
    std::uint32_t spans = 1;
    if (extent == Extent::subtree && nodes_[index].first_child != kNone) {
      json.key("subsegments").begin_array();
      for (std::uint32_t child = nodes_[index].first_child;
           child != kNone && !json.buffer().overflowed(); child = nodes_[child].next_sibling) {
        spans += write_span(json, child, extent, true);
      }
      json.end_array();
    }
    json.end_object();
    return spans;
  }

  const Request& request_;
  const Take& take_;
  Leftovers out_;
  Documents batch_;
  std::size_t batch_bytes_ = 0;
  std::vector<Node> nodes_;
  std::vector<Sender> senders_;
  std::unordered_map<Key, std::uint32_t, KeyHash> index_;
  std::vector<std::uint32_t> path_;
  std::vector<Task> tasks_;
  json::Buffer buffer_;
  SegmentWriter writer_;
};

}  // namespace

Leftovers documents_of(const Request& request, const std::function<void(const Documents&)>& take) {
  return Forest(request, take).write();
}

}  // namespace aloft::console::otlp
