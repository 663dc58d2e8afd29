// SPDX-License-Identifier: Apache-2.0
// GetServiceGraph, from the map that is kept anyway, and GetTraceGraph, the same made from a few
// traces.
#include "console/map/trace_graph.hpp"
#include "console/xray/operations.hpp"
#include "console/xray/requests.hpp"
#include "console/xray/trace_fold.hpp"

#include <aloft/core/json_writer.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aloft::console::xray {
namespace {

using http::Response;

// 256 services and 1,024 edges, each with its histograms.
constexpr std::size_t kMaxAnswerBytes = std::size_t{16} << 20U;
constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;
// Four buckets make one entry: 17 % wide.
constexpr std::size_t kEntryBuckets = 4;

/// Stands still, so that every trace counts, however old.
class StillClock final : public Clock {
 public:
  explicit StillClock(std::int64_t us) noexcept : now_(std::chrono::microseconds(us)) {}
  TimePoint now() const noexcept override { return {WallTime(now_), SteadyTime(now_)}; }
  SteadyTime steady_now() const noexcept override { return SteadyTime(now_); }
  void wait_until(std::unique_lock<std::mutex>&, std::condition_variable&, SteadyTime) override {}

 private:
  Nanoseconds now_;
};

void write_statistics(json::Writer& json, const Sum& sum) {
  json.key("SummaryStatistics").begin_object();
  json.key("OkCount").integer(static_cast<std::int64_t>(sum.ok));
  json.key("ErrorStatistics").begin_object();
  json.key("ThrottleCount").integer(static_cast<std::int64_t>(sum.throttle));
  json.key("OtherCount").integer(static_cast<std::int64_t>(sum.error - sum.throttle));
  json.key("TotalCount").integer(static_cast<std::int64_t>(sum.error));
  json.end_object();
  json.key("FaultStatistics").begin_object();
  json.key("OtherCount").integer(static_cast<std::int64_t>(sum.fault));
  json.key("TotalCount").integer(static_cast<std::int64_t>(sum.fault));
  json.end_object();
  json.key("TotalCount").integer(static_cast<std::int64_t>(sum.requests()));
  json.key("TotalResponseTime").number(static_cast<double>(sum.total_us) / 1e6);
  json.end_object();
}

template <std::size_t N>
void write_histogram(json::Writer& json, const char (&name)[N], const Sum& sum) {
  json.key(name).begin_array();
  for (std::size_t begin = 0; begin < sum.durations.size(); begin += kEntryBuckets) {
    std::uint64_t count = 0;
    for (std::size_t i = begin; i < begin + kEntryBuckets && i < sum.durations.size(); ++i) {
      count += sum.durations[i];
    }
    if (count == 0) continue;
    json.begin_object();
    json.key("Value").number(Histogram::seconds_of(begin, kEntryBuckets));
    json.key("Count").integer(static_cast<std::int64_t>(count));
    json.end_object();
  }
  json.end_array();
}

class GraphWriter {
 public:
  GraphWriter(json::Writer& json, const MapView& view, TimeRange range) noexcept
      : json_(json), view_(view), range_(range) {}

  void write() {
    json_.key("Services").begin_array();
    for (const MapView::Node& node : view_.nodes) {
      if (node.kind != NodeKind::client) write_service(node);
    }
    // X-Ray knows the callers of each entry service as a node of the service's own name.
    for (const MapView::Edge& edge : view_.edges) {
      const MapView::Node* from = find(edge.from);
      const MapView::Node* to = find(edge.to);
      if (from == nullptr || to == nullptr || from->kind != NodeKind::client) continue;
      open(kClientIds + to->id, to->name, "client");
      json_.key("State").text("unknown");
      write_times();
      json_.key("Edges").begin_array();
      write_edge(edge);
      json_.end_array();
      write_statistics(json_, edge.sum);
      json_.end_object();
    }
    json_.end_array();
  }

 private:
  // Above every number of the map's nodes.
  static constexpr std::int64_t kClientIds = std::int64_t{1} << 30U;

  const MapView::Node* find(std::uint32_t id) const {
    for (const MapView::Node& node : view_.nodes) {
      if (node.id == id) return &node;
    }
    return nullptr;
  }

  void open(std::int64_t id, std::string_view name, std::string_view type) {
    json_.begin_object();
    json_.key("ReferenceId").integer(id);
    json_.key("Name").text(name);
    json_.key("Names").begin_array();
    json_.text(name);
    json_.end_array();
    json_.key("AccountId").text(kAccount);
    if (!type.empty()) json_.key("Type").text(type);
  }

  void write_times() {
    json_.key("StartTime").epoch_seconds(range_.start_us * kNanosecondsPerMicrosecond);
    json_.key("EndTime").epoch_seconds(range_.end_us * kNanosecondsPerMicrosecond);
  }

  void write_edge(const MapView::Edge& edge) {
    json_.begin_object();
    json_.key("ReferenceId").integer(edge.to);
    write_times();
    write_statistics(json_, edge.sum);
    write_histogram(json_, "ResponseTimeHistogram", edge.sum);
    json_.key("Aliases").begin_array();
    json_.end_array();
    json_.end_object();
  }

  void write_service(const MapView::Node& node) {
    open(node.id, node.name, node.type);
    if (node.root) json_.key("Root").boolean(true);
    json_.key("State").text(node.kind == NodeKind::service ? "active" : "unknown");
    write_times();
    json_.key("Edges").begin_array();
    for (const MapView::Edge& edge : view_.edges) {
      if (edge.from == node.id) write_edge(edge);
    }
    json_.end_array();
    write_statistics(json_, node.sum);
    write_histogram(json_, "DurationHistogram", node.sum);
    write_histogram(json_, "ResponseTimeHistogram", node.sum);
    json_.end_object();
  }

  json::Writer& json_;
  const MapView& view_;
  TimeRange range_;
};

Response finished(const json::Buffer& buffer) {
  if (buffer.overflowed()) return error(500, "InternalFailure", "the answer is too large");
  return Response::json(200, std::string(buffer.view()));
}

// What the trace adds to a map, by its stored documents.
std::shared_ptr<const TraceRecord> record_of(const TraceId& id, const TraceDetail& detail) {
  DocumentParser parser;
  TraceGraph graph(id);
  for (std::size_t i = 0; i < detail.ends.size(); ++i) {
    auto parsed = parser.parse(detail.document(i));
    if (const auto* document = std::get_if<Document>(&parsed)) graph.add(*document);
  }
  return std::make_shared<const TraceRecord>(graph.record({}));
}

}  // namespace

Response get_service_graph(const OperationParts& parts, std::string_view body) {
  const auto parsed = ServiceGraphRequest::parse(body);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return invalid(wrong->message);
  const TimeRange range = std::get<ServiceGraphRequest>(parsed).range;
  const MapView view = parts.map.view(range.start_us, range.end_us);
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("StartTime").epoch_seconds(range.start_us * kNanosecondsPerMicrosecond);
  json.key("EndTime").epoch_seconds(range.end_us * kNanosecondsPerMicrosecond);
  GraphWriter(json, view, range).write();
  json.key("ContainsOldGroupVersions").boolean(false);
  json.end_object();
  return finished(buffer);
}

Response get_trace_graph(const OperationParts& parts, std::string_view body) {
  auto parsed = TraceIdsRequest::parse(body);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return invalid(wrong->message);
  TimeRange range;
  std::vector<RecordChange> changes;
  for (const TraceId& id : std::get<TraceIdsRequest>(parsed).ids) {
    const auto found = parts.store.find(id);
    if (!found) return error(500, "InternalFailure", found.error().message);
    if (!*found) continue;
    auto record = record_of(id, **found);
    const std::int64_t end_us = record->start_us + record->duration_us;
    range.start_us =
        changes.empty() ? record->start_us : std::min(range.start_us, record->start_us);
    range.end_us = std::max(range.end_us, end_us);
    changes.push_back({nullptr, std::move(record)});
  }
  // A map of its own; each trace at a time when it counts.
  StillClock clock(range.start_us);
  ServiceMap map(clock);
  for (RecordChange& change : changes) {
    TraceRecord moved = *change.after;
    moved.start_us = range.start_us;
    change.after = std::make_shared<const TraceRecord>(std::move(moved));
  }
  map.apply(changes);
  const MapView view = map.view(range.start_us, range.start_us);
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  GraphWriter(json, view, range).write();
  json.end_object();
  return finished(buffer);
}

}  // namespace aloft::console::xray
