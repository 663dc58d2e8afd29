// SPDX-License-Identifier: Apache-2.0
#include "console/map/service_map.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace aloft::console {
namespace {

constexpr std::int64_t kSliceMicroseconds = 10'000'000;
// An hour, and a minute for clocks that are ahead.
constexpr std::int64_t kSlicesBack = 360;
constexpr std::int64_t kSlicesAhead = 6;
// Ours: 16 MiB of buckets, some ten times what a busy hour of fifty services takes.
constexpr std::size_t kMaxBuckets = std::size_t{2} << 20U;

// What is folded together, by a name that no document can bring: it is no UTF-8.
const std::string kFolded = "\xff";

std::int64_t slice_of(std::int64_t us) noexcept { return us / kSliceMicroseconds; }

Slice::EdgeKey edge_key(std::uint32_t from, std::uint32_t to) noexcept {
  return Slice::EdgeKey{from} << 32U | to;
}

const std::pair<NodeKind, std::string> kClients = {NodeKind::client, "clients"};

void count_flags(Slice& slice, const TraceRecord& record, bool add) noexcept {
  const auto step = [add](std::uint64_t& count, bool counts) {
    if (!counts) return;
    if (add) {
      ++count;
    } else if (count != 0) {
      --count;
    }
  };
  step(slice.traces, true);
  step(slice.with_fault, record.fault);
  step(slice.with_error, record.error);
  step(slice.with_throttle, record.throttle);
  step(slice.with_slow, record.duration_us >= kSlowMicroseconds);
  step(slice.in_progress, record.in_progress);
}

}  // namespace

// What everything else is folded into has its place from the start.
ServiceMap::ServiceMap(Clock& clock) : clock_(clock) {
  clients_ = nodes_.add(kClients).value_or(0);
  nodes_.use(clients_);
  other_tenant_ = tenants_.add(kFolded).value_or(0);
  tenants_.use(other_tenant_);
  other_route_ = routes_.add({kFolded, {}, {}, {}}).value_or(0);
  routes_.use(other_route_);
}

void ServiceMap::apply(std::span<const RecordChange> changes) {
  const auto now = clock_.now().wall.time_since_epoch();
  const std::int64_t newest =
      slice_of(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  const std::lock_guard lock(mutex_);
  forget_old(newest);
  for (const RecordChange& change : changes) {
    if (change.before) remove(*change.before);
    const std::int64_t at = slice_of(change.after->start_us);
    if (at > newest - kSlicesBack && at <= newest + kSlicesAhead) {
      add(*change.after);
    } else {
      change.after->footprint.state = Footprint::State::left_out;
    }
  }
}

void ServiceMap::clear() {
  const std::lock_guard lock(mutex_);
  for (auto slice = slices_.begin(); slice != slices_.end();) slice = drop(slice);
}

void ServiceMap::forget_old(std::int64_t newest) {
  while (!slices_.empty() &&
         (slices_.begin()->first <= newest - kSlicesBack || buckets_ > kMaxBuckets)) {
    drop(slices_.begin());
  }
}

ServiceMap::Slices::iterator ServiceMap::drop(Slices::iterator at) {
  const Slice& slice = at->second;
  std::size_t gone = slice.requests.durations.counts().size() + slice.durations.counts().size();
  for (const auto& [node, tally] : slice.nodes) {
    nodes_.release(node);
    gone += tally.durations.counts().size();
  }
  for (const auto& [edge, tally] : slice.edges) {
    release_edge(edge);
    gone += tally.durations.counts().size();
  }
  for (const auto& [tenant, tally] : slice.tenants) {
    tenants_.release(tenant);
    gone += tally.requests.durations.counts().size();
  }
  for (const auto& [route, tally] : slice.routes) {
    routes_.release(route);
    route_totals_[route].remove(tally);
    if (route_totals_[route].requests == 0) route_totals_.erase(route);
  }
  buckets_ -= std::min(buckets_, gone);
  return slices_.erase(at);
}

// An edge keeps its ends, also where nothing of an end itself was counted yet.
void ServiceMap::use_edge(Slice::EdgeKey edge) {
  nodes_.use(static_cast<std::uint32_t>(edge >> 32U));
  nodes_.use(static_cast<std::uint32_t>(edge));
  if (const auto number = edges_.find(edge)) edges_.use(*number);
}

void ServiceMap::release_edge(Slice::EdgeKey edge) {
  nodes_.release(static_cast<std::uint32_t>(edge >> 32U));
  nodes_.release(static_cast<std::uint32_t>(edge));
  if (const auto number = edges_.find(edge)) edges_.release(*number);
}

void ServiceMap::add(const TraceRecord& record) {
  Slice& slice = slices_[slice_of(record.start_us)];
  if (slice.serial == 0) slice.serial = next_serial_++;
  record.footprint = {};
  record.footprint.state = Footprint::State::counted;
  record.footprint.slice = slice.serial;
  count_flags(slice, record, true);
  buckets_ += slice.durations.add(Histogram::bucket_of(record.duration_us));
  add_nodes(slice, record);
  add_calls(slice, record);
  add_to_tenant(slice, record);
  for (const auto& request : record.requests) add_request(slice, record, request);
}

void ServiceMap::add_to_node(Slice& slice, std::uint32_t node, const TraceRecord::Visit& visit) {
  const auto [tally, fresh] = slice.nodes.try_emplace(node);
  if (fresh) nodes_.use(node);
  buckets_ += tally->second.add(visit.outcome, visit.duration_us);
}

Slice::EdgeKey ServiceMap::add_to_edge(Slice& slice, Slice::EdgeKey edge,
                                       const TraceRecord::Call& call) {
  if (!edges_.add(edge)) {
    slice.truncated = true;
    return 0;
  }
  const auto [tally, fresh] = slice.edges.try_emplace(edge);
  if (fresh) use_edge(edge);
  buckets_ += tally->second.add(call.outcome, call.duration_us);
  return edge;
}

void ServiceMap::add_nodes(Slice& slice, const TraceRecord& record) {
  std::vector<std::uint32_t>& numbers = record.footprint.nodes;
  numbers.reserve(record.nodes.size());
  for (const TraceRecord::Node& node : record.nodes) {
    const auto number = nodes_.add({node.kind, node.name});
    numbers.push_back(number.value_or(0));
    if (number) {
      nodes_.note(*number, node.type);
    } else {
      slice.truncated = true;
    }
  }
  for (const TraceRecord::Visit& visit : record.visits) {
    if (numbers[visit.node] != 0) add_to_node(slice, numbers[visit.node], visit);
  }
}

void ServiceMap::add_calls(Slice& slice, const TraceRecord& record) {
  const std::vector<std::uint32_t>& numbers = record.footprint.nodes;
  std::vector<Slice::EdgeKey>& edges = record.footprint.edges;
  edges.reserve(record.calls.size() + record.requests.size());
  for (const TraceRecord::Call& call : record.calls) {
    const bool room = numbers[call.from] != 0 && numbers[call.to] != 0;
    const auto edge = edge_key(numbers[call.from], numbers[call.to]);
    edges.push_back(room ? add_to_edge(slice, edge, call) : 0);
  }
  for (const TraceRecord::Request& request : record.requests) {
    const std::uint32_t node = numbers[request.node];
    if (node != 0) add_to_node(slice, clients_, {0, request.outcome, request.duration_us});
    edges.push_back(node == 0 ? 0
                              : add_to_edge(slice, edge_key(clients_, node),
                                            {0, 0, request.outcome, request.duration_us}));
  }
}

// Where a record would be counted now: the best that is left once the record itself was dropped.
Footprint ServiceMap::guess(const TraceRecord& record) const {
  Footprint out;
  const auto at = slices_.find(slice_of(record.start_us));
  if (at == slices_.end()) return out;
  out.state = Footprint::State::counted;
  out.slice = at->second.serial;
  out.tenant = tenants_.find(record.tenant).value_or(other_tenant_);
  for (const TraceRecord::Node& node : record.nodes) {
    out.nodes.push_back(nodes_.find({node.kind, node.name}).value_or(0));
  }
  for (const TraceRecord::Call& call : record.calls) {
    out.edges.push_back(edge_key(out.nodes[call.from], out.nodes[call.to]));
  }
  for (const TraceRecord::Request& request : record.requests) {
    out.edges.push_back(edge_key(clients_, out.nodes[request.node]));
    out.routes.push_back(routes_.find(route_name(record, request)).value_or(other_route_));
    out.problems.push_back(true);
  }
  return out;
}

void ServiceMap::remove(const TraceRecord& record) {
  const auto at = slices_.find(slice_of(record.start_us));
  if (at == slices_.end()) return;
  const bool known = record.footprint.state != Footprint::State::unknown;
  const Footprint guessed = known ? Footprint() : guess(record);
  const Footprint& footprint = known ? record.footprint : guessed;
  Slice& slice = at->second;
  if (footprint.state != Footprint::State::counted || footprint.slice != slice.serial) return;
  count_flags(slice, record, false);
  buckets_ -= slice.durations.remove(Histogram::bucket_of(record.duration_us));
  remove_calls(slice, record, footprint);
  remove_from_tenant(slice, record, footprint);
  remove_requests(slice, record, footprint);
}

void ServiceMap::remove_from_node(Slice& slice, std::uint32_t node,
                                  const TraceRecord::Visit& visit) {
  const auto at = slice.nodes.find(node);
  if (at == slice.nodes.end()) return;
  buckets_ -= at->second.remove(visit.outcome, visit.duration_us);
  if (at->second.requests() != 0) return;
  slice.nodes.erase(at);
  nodes_.release(node);
}

void ServiceMap::remove_from_edge(Slice& slice, Slice::EdgeKey edge,
                                  const TraceRecord::Call& call) {
  const auto at = slice.edges.find(edge);
  if (at == slice.edges.end()) return;
  buckets_ -= at->second.remove(call.outcome, call.duration_us);
  if (at->second.requests() != 0) return;
  slice.edges.erase(at);
  release_edge(edge);
}

void ServiceMap::remove_calls(Slice& slice, const TraceRecord& record, const Footprint& footprint) {
  for (const TraceRecord::Visit& visit : record.visits) {
    remove_from_node(slice, footprint.nodes[visit.node], visit);
  }
  std::size_t edge = 0;
  for (const TraceRecord::Call& call : record.calls) {
    remove_from_edge(slice, footprint.edges[edge++], call);
  }
  for (const TraceRecord::Request& request : record.requests) {
    const bool room = footprint.nodes[request.node] != 0;
    if (room) remove_from_node(slice, clients_, {0, request.outcome, request.duration_us});
    remove_from_edge(slice, footprint.edges[edge++], {0, 0, request.outcome, request.duration_us});
  }
}

}  // namespace aloft::console
