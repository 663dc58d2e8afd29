// SPDX-License-Identifier: Apache-2.0
// The half of the map that counts entry requests: by tenant, by route, and by what was wrong.
#include "console/map/service_map.hpp"

#include <utility>

namespace aloft::console {
namespace {

bool is_problem(const TraceRecord::Request& request) noexcept {
  return request.slow || request.outcome != Outcome::ok;
}

ProblemKey problem_key(std::uint32_t route, const TraceRecord::Request& request) {
  ProblemKind kind = ProblemKind::slow;
  if (request.outcome == Outcome::fault) kind = ProblemKind::fault;
  if (request.outcome == Outcome::throttle) kind = ProblemKind::throttle;
  if (request.outcome == Outcome::error) kind = ProblemKind::error;
  return {route, kind, request.status, request.culprit};
}

bool tells_of_a_tenant(const TraceRecord& record) noexcept {
  return !record.requests.empty() || record.fault || record.error;
}

}  // namespace

void ServiceMap::add_to_tenant(Slice& slice, const TraceRecord& record) {
  if (!tells_of_a_tenant(record)) return;
  const std::uint32_t tenant = tenants_.add(record.tenant).value_or(other_tenant_);
  record.footprint.tenant = tenant;
  const auto [at, fresh] = slice.tenants.try_emplace(tenant);
  if (fresh) tenants_.use(tenant);
  TenantTally& tally = at->second;
  tally.with_fault += record.fault ? 1 : 0;
  tally.with_error += record.error ? 1 : 0;
  for (const TraceRecord::Request& request : record.requests) {
    buckets_ += tally.requests.add(request.outcome, request.duration_us);
  }
}

void ServiceMap::remove_from_tenant(Slice& slice, const TraceRecord& record,
                                    const Footprint& footprint) {
  const auto at = slice.tenants.find(footprint.tenant);
  if (!tells_of_a_tenant(record) || at == slice.tenants.end()) return;
  TenantTally& tally = at->second;
  if (record.fault && tally.with_fault != 0) --tally.with_fault;
  if (record.error && tally.with_error != 0) --tally.with_error;
  for (const TraceRecord::Request& request : record.requests) {
    buckets_ -= tally.requests.remove(request.outcome, request.duration_us);
  }
  if (!tally.empty()) return;
  slice.tenants.erase(at);
  tenants_.release(footprint.tenant);
}

ServiceMap::RouteName ServiceMap::route_name(const TraceRecord& record,
                                             const TraceRecord::Request& request) const {
  return {record.tenant, record.nodes[request.node].name, request.method, request.route};
}

std::uint32_t ServiceMap::route_of(const TraceRecord& record, const TraceRecord::Request& request) {
  const RouteName name = route_name(record, request);
  if (const auto number = routes_.add(name)) return *number;
  const std::uint32_t least = least_route(request.outcome);
  if (least == 0) return other_route_;
  give_up_route(least);
  return routes_.add(name).value_or(other_route_);
}

// The route that a request of this outcome may take the place of, or 0. One that failed stays; one
// that answered yields to a failure only; callers' mistakes take nobody's place, so a scanner does
// not drive the others out.
std::uint32_t ServiceMap::least_route(Outcome outcome) const {
  if (outcome == Outcome::error) return 0;
  std::uint32_t answered = 0;
  for (const auto& [route, total] : route_totals_) {
    if (route == other_route_ || total.failed != 0) continue;
    if (total.ok == 0) return route;
    answered = route;
  }
  return outcome == Outcome::ok ? 0 : answered;
}

void ServiceMap::give_up_route(std::uint32_t route) {
  for (auto& [at, slice] : slices_) {
    const auto tally = slice.routes.find(route);
    if (tally == slice.routes.end()) continue;
    const auto [other, fresh] = slice.routes.try_emplace(other_route_);
    if (fresh) routes_.use(other_route_);
    other->second.add(tally->second);
    route_totals_[other_route_].add(tally->second);
    slice.routes.erase(route);
    // It had no failures.
    const auto first = slice.lesser.lower_bound(ProblemKey{route, ProblemKind::fault, 0, {}});
    const auto last = slice.lesser.lower_bound(ProblemKey{route + 1, ProblemKind::fault, 0, {}});
    slice.lesser.erase(first, last);
  }
  route_totals_.erase(route);
  routes_.forget(route);
}

void ServiceMap::add_request(Slice& slice, const TraceRecord& record,
                             const TraceRecord::Request& request) {
  buckets_ += slice.requests.add(request.outcome, request.duration_us);
  const std::uint32_t route = route_of(record, request);
  const auto [tally, fresh] = slice.routes.try_emplace(route);
  if (fresh) routes_.use(route);
  tally->second.count(request.outcome, true);
  route_totals_[route].count(request.outcome, true);
  record.footprint.routes.push_back(route);
  record.footprint.problems.push_back(
      is_problem(request) &&
      add_problem(slice, problem_key(route, request), record, request.reason));
}

bool ServiceMap::add_problem(Slice& slice, ProblemKey key, const TraceRecord& record,
                             const std::string& reason) {
  Problems& problems = slice.problems(key.kind);
  auto at = problems.find(key);
  if (at == problems.end()) {
    if (problems.size() >= kMaxSliceProblems) {
      slice.truncated = true;
      return false;
    }
    at = problems.emplace(std::move(key), Problem{}).first;
  }
  at->second.add(record, reason);
  return true;
}

void ServiceMap::remove_requests(Slice& slice, const TraceRecord& record,
                                 const Footprint& footprint) {
  for (std::size_t i = 0; i < record.requests.size(); ++i) {
    const TraceRecord::Request& request = record.requests[i];
    buckets_ -= slice.requests.remove(request.outcome, request.duration_us);
    // A route that was given up since counts among the others.
    const bool given_up = !routes_.knows(footprint.routes[i]);
    const std::uint32_t route = given_up ? other_route_ : footprint.routes[i];
    const auto tally = slice.routes.find(route);
    if (tally != slice.routes.end()) {
      tally->second.count(request.outcome, false);
      route_totals_[route].count(request.outcome, false);
      if (tally->second.requests == 0) {
        slice.routes.erase(tally);
        routes_.release(route);
      }
      if (route_totals_[route].requests == 0) route_totals_.erase(route);
    }
    if (!footprint.problems[i] || !is_problem(request) || given_up) continue;
    const ProblemKey key = problem_key(route, request);
    Problems& problems = slice.problems(key.kind);
    const auto problem = problems.find(key);
    if (problem == problems.end()) continue;
    problem->second.remove(record.id);
    if (problem->second.count == 0) problems.erase(problem);
  }
}

}  // namespace aloft::console
