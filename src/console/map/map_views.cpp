// SPDX-License-Identifier: Apache-2.0
// The reading half of the map: adds up slices.
#include "console/map/service_map.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace aloft::console {
namespace {

constexpr std::int64_t kSliceMicroseconds = 10'000'000;
// A failure that paused for longer began anew.
constexpr std::int64_t kPauseMicroseconds = 60'000'000;
constexpr std::size_t kMaxProblems = 10;
// Ours: a few slow requests of many are no problem yet.
constexpr double kSlowShare = 0.05;
// Of the API document: what a client does wrong is news only when most of it is wrong, and not
// when one browser asked for one icon.
constexpr double kErrorShare = 0.5;
constexpr std::uint64_t kMinErrorRequests = 5;

bool is_call(NodeKind kind) noexcept { return kind == NodeKind::remote || kind == NodeKind::aws; }

double share_of(const ProblemView& problem) noexcept {
  return problem.of == 0 ? 1 : static_cast<double>(problem.count) / static_cast<double>(problem.of);
}

bool is_news(const ProblemView& problem) noexcept {
  switch (problem.key.kind) {
    case ProblemKind::fault:
    case ProblemKind::throttle:
      return true;
    case ProblemKind::error:
      return problem.of >= kMinErrorRequests && share_of(problem) > kErrorShare;
    case ProblemKind::slow:
      return share_of(problem) > kSlowShare;
  }
  return true;
}

bool more_harmful(const ProblemView& a, const ProblemView& b) noexcept {
  if (a.key.kind != b.key.kind) return a.key.kind < b.key.kind;
  const double a_harm = share_of(a) * static_cast<double>(a.count);
  const double b_harm = share_of(b) * static_cast<double>(b.count);
  if (a_harm != b_harm) return a_harm > b_harm;
  return a.key < b.key;
}

}  // namespace

void ServiceMap::add_view(const Slices& slices, std::int64_t from, std::int64_t to,
                          MapView& out) const {
  std::unordered_map<std::uint32_t, Sum> nodes;
  std::unordered_map<Slice::EdgeKey, Sum> edges;
  for (auto at = slices.lower_bound(from); at != slices.end() && at->first <= to; ++at) {
    out.truncated |= at->second.truncated;
    for (const auto& [node, tally] : at->second.nodes) nodes[node].add(tally);
    for (const auto& [edge, tally] : at->second.edges) edges[edge].add(tally);
  }
  // A host that was called by the name of a service is that service, also when it did not answer.
  std::unordered_map<std::uint32_t, std::uint32_t> stands_for;
  for (const auto& [node, sum] : nodes) {
    const auto& [kind, name] = nodes_.name(node);
    if (!is_call(kind)) continue;
    const auto service = nodes_.find({NodeKind::service, name});
    if (service && nodes.count(*service) != 0) stands_for.emplace(node, *service);
  }
  std::unordered_map<Slice::EdgeKey, Sum> joined;
  for (const auto& [edge, sum] : edges) {
    const auto to_node = static_cast<std::uint32_t>(edge);
    const auto found = stands_for.find(to_node);
    const std::uint32_t target = found == stands_for.end() ? to_node : found->second;
    joined[(edge >> 32U << 32U) | target].add(sum);
  }
  for (const auto& [edge, sum] : joined) {
    nodes.try_emplace(static_cast<std::uint32_t>(edge >> 32U));
    nodes.try_emplace(static_cast<std::uint32_t>(edge));
  }
  const auto clients = nodes_.find({NodeKind::client, "clients"});
  for (auto& [node, sum] : nodes) {
    if (stands_for.count(node) != 0) continue;
    const auto& [kind, name] = nodes_.name(node);
    const bool root = clients && joined.count(Slice::EdgeKey{*clients} << 32U | node) != 0;
    out.nodes.push_back({node, kind, name, nodes_.note(node), root, std::move(sum)});
  }
  for (auto& [edge, sum] : joined) {
    out.edges.push_back({static_cast<std::uint32_t>(edge >> 32U), static_cast<std::uint32_t>(edge),
                         std::move(sum)});
  }
  std::sort(out.nodes.begin(), out.nodes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.name, a.kind, a.id) < std::tie(b.name, b.kind, b.id);
  });
  const auto ends = [&](const MapView::Edge& edge) {
    return std::tie(nodes_.name(edge.from).second, nodes_.name(edge.to).second, edge.from, edge.to);
  };
  std::sort(out.edges.begin(), out.edges.end(),
            [&](const auto& a, const auto& b) { return ends(a) < ends(b); });
}

MapView ServiceMap::view(std::int64_t from_us, std::int64_t to_us) const {
  MapView out;
  const std::lock_guard lock(mutex_);
  add_view(slices_, from_us / kSliceMicroseconds, to_us / kSliceMicroseconds, out);
  return out;
}

// When a problem began: as far back as it goes without a pause, also before the window.
std::int64_t ServiceMap::began(const ProblemKey& key, std::int64_t last_us) const {
  std::int64_t first_us = last_us;
  auto at = slices_.upper_bound(last_us / kSliceMicroseconds);
  while (at != slices_.begin()) {
    --at;
    if (first_us - (at->first + 1) * kSliceMicroseconds > kPauseMicroseconds) break;
    const Problems& problems = at->second.problems(key.kind);
    const auto found = problems.find(key);
    if (found == problems.end()) continue;
    if (first_us - found->second.last_us > kPauseMicroseconds) break;
    first_us = std::min(first_us, found->second.first_us);
  }
  return first_us;
}

void ServiceMap::add_slice(const Slice& slice, OverviewView& out) const {
  out.requests.add(slice.requests);
  out.traces.add(slice.durations);
  out.with_fault += slice.with_fault;
  out.with_error += slice.with_error;
  out.with_throttle += slice.with_throttle;
  out.with_slow += slice.with_slow;
  out.in_progress += slice.in_progress;
}

std::vector<ProblemView> ServiceMap::worst(std::int64_t from, std::int64_t to) const {
  std::unordered_map<std::uint32_t, std::uint64_t> routes;
  std::map<ProblemKey, ProblemView> problems;
  for (auto at = slices_.lower_bound(from); at != slices_.end() && at->first <= to; ++at) {
    const Slice& slice = at->second;
    for (const auto& [route, tally] : slice.routes) routes[route] += tally.requests;
    for (const Problems* kinds : {&slice.failures, &slice.lesser}) {
      for (const auto& [key, problem] : *kinds) {
        ProblemView& view = problems[key];
        view.count += problem.count;
        view.last_us = std::max(view.last_us, problem.last_us);
        if (problem.examples.empty()) continue;
        view.trace = problem.examples.back().trace;
        view.reason = problem.examples.back().reason;
      }
    }
  }
  std::vector<ProblemView> out;
  for (auto& [key, view] : problems) {
    view.key = key;
    view.of = routes[key.route];
    view.folded = key.route == other_route_;
    if (!view.folded) {
      std::tie(view.tenant, view.service, view.method, view.route) = routes_.name(key.route);
    }
    if (is_news(view)) out.push_back(std::move(view));
  }
  std::sort(out.begin(), out.end(), more_harmful);
  if (out.size() > kMaxProblems) out.resize(kMaxProblems);
  for (ProblemView& view : out) view.first_us = began(view.key, view.last_us);
  return out;
}

OverviewView ServiceMap::overview(std::int64_t from_us, std::int64_t to_us) const {
  OverviewView out;
  const std::int64_t from = from_us / kSliceMicroseconds;
  const std::int64_t to = to_us / kSliceMicroseconds;
  std::unordered_map<std::uint32_t, OverviewView::Tenant> tenants;
  for (std::int64_t slice = from; slice <= to; ++slice) {
    out.series.push_back({slice * kSliceMicroseconds, {}});
  }
  const std::lock_guard lock(mutex_);
  for (auto at = slices_.lower_bound(from); at != slices_.end() && at->first <= to; ++at) {
    out.series[static_cast<std::size_t>(at->first - from)].sum.add(at->second.requests);
    add_slice(at->second, out);
    for (const auto& [tenant, tally] : at->second.tenants) {
      OverviewView::Tenant& view = tenants[tenant];
      view.sum.add(tally.requests);
      view.with_fault += tally.with_fault;
      view.with_error += tally.with_error;
    }
  }
  out.problems = worst(from, to);
  for (auto& [tenant, view] : tenants) {
    view.folded = tenant == other_tenant_;
    if (!view.folded) view.name = tenants_.name(tenant);
    out.tenants.push_back(std::move(view));
  }
  std::sort(out.tenants.begin(), out.tenants.end(), [](const auto& a, const auto& b) {
    const auto left = a.sum.requests();
    const auto right = b.sum.requests();
    return left != right ? left > right : a.name < b.name;
  });
  add_view(slices_, from, to, out.map);
  return out;
}

}  // namespace aloft::console
