// SPDX-License-Identifier: Apache-2.0
// The map of services and the overview, kept up to date as traces come: who calls whom, how it
// goes, and what is wrong for which tenant. Counted in slices of ten seconds for the last hour, by
// the start of each trace, so that an answer adds up a few hundred slices and never looks at a
// trace.
//
//   map.apply(changes);                         // the intake, after each batch
//   MapView view = map.view(window, now);       // GET /api/map, GetServiceGraph
//   OverviewView overview = map.overview(…);    // GET /api/overview
//
// Traces that start before the last hour, or more than a minute ahead, are not counted. What was
// stored by an earlier run of the console is not either. Memory is bounded: when the histograms
// together exceed their limit, the oldest slices go first. Routes are named as long as there is
// room; then one that fails takes the place of one that does not, so that a scanner's paths cannot
// hide it.
//
// Thread-safety: all of it.
#pragma once

#include "console/map/slices.hpp"
#include "console/map/views.hpp"

#include <aloft/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace aloft::console {

class ServiceMap {
 public:
  explicit ServiceMap(Clock& clock);

  void apply(std::span<const RecordChange> changes);
  void clear();

  /// @param from_us  rounded down to a slice; so `to_us`, which is included.
  MapView view(std::int64_t from_us, std::int64_t to_us) const;
  OverviewView overview(std::int64_t from_us, std::int64_t to_us) const;

 private:
  using NodeName = std::pair<NodeKind, std::string>;
  /// Tenant, service, method, path.
  using RouteName = std::tuple<std::string, std::string, std::string, std::string>;
  using Slices = std::map<std::int64_t, Slice>;

  void forget_old(std::int64_t newest);
  Slices::iterator drop(Slices::iterator slice);
  void use_edge(Slice::EdgeKey edge);
  void release_edge(Slice::EdgeKey edge);
  Footprint guess(const TraceRecord& record) const;

  void add(const TraceRecord& record);
  void add_nodes(Slice& slice, const TraceRecord& record);
  void add_calls(Slice& slice, const TraceRecord& record);
  void add_to_node(Slice& slice, std::uint32_t node, const TraceRecord::Visit& visit);
  /// Under which number; 0 when there is no room.
  Slice::EdgeKey add_to_edge(Slice& slice, Slice::EdgeKey edge, const TraceRecord::Call& call);
  void add_to_tenant(Slice& slice, const TraceRecord& record);
  void add_request(Slice& slice, const TraceRecord& record, const TraceRecord::Request& request);
  bool add_problem(Slice& slice, ProblemKey key, const TraceRecord& record,
                   const std::string& reason);

  void remove(const TraceRecord& record);
  void remove_calls(Slice& slice, const TraceRecord& record, const Footprint& footprint);
  void remove_from_node(Slice& slice, std::uint32_t node, const TraceRecord::Visit& visit);
  void remove_from_edge(Slice& slice, Slice::EdgeKey edge, const TraceRecord::Call& call);
  void remove_from_tenant(Slice& slice, const TraceRecord& record, const Footprint& footprint);
  void remove_requests(Slice& slice, const TraceRecord& record, const Footprint& footprint);

  RouteName route_name(const TraceRecord& record, const TraceRecord::Request& request) const;
  std::uint32_t route_of(const TraceRecord& record, const TraceRecord::Request& request);
  std::uint32_t least_route(Outcome outcome) const;
  void give_up_route(std::uint32_t route);

  void add_view(const Slices& slices, std::int64_t from, std::int64_t to, MapView& out) const;
  void add_slice(const Slice& slice, OverviewView& out) const;
  std::vector<ProblemView> worst(std::int64_t from, std::int64_t to) const;
  std::int64_t began(const ProblemKey& key, std::int64_t last_us) const;

  Clock& clock_;
  mutable std::mutex mutex_;
  Slices slices_;
  std::size_t buckets_ = 0;  // of all histograms
  std::uint64_t next_serial_ = 1;
  NameBook<NodeName> nodes_{kMaxMapNodes};  // noted: their types
  NameBook<Slice::EdgeKey> edges_{kMaxMapEdges};
  NameBook<std::string> tenants_{kMaxMapTenants};
  NameBook<RouteName> routes_{kMaxMapRoutes};
  std::unordered_map<std::uint32_t, RouteTally> route_totals_;  // of all slices
  std::uint32_t clients_ = 0;
  std::uint32_t other_tenant_ = 0;
  std::uint32_t other_route_ = 0;
};

}  // namespace aloft::console
