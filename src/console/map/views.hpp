// SPDX-License-Identifier: Apache-2.0
// What the map answers: counts that were added up, ready to be written as JSON of either API.
//
// Thread-safety: plain values.
#pragma once

#include "console/map/slices.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aloft::console {

/// Tallies of several slices together.
struct Sum {
  std::uint64_t ok = 0;
  std::uint64_t error = 0;
  std::uint64_t throttle = 0;
  std::uint64_t fault = 0;
  std::uint64_t total_us = 0;
  std::int64_t max_us = 0;
  std::vector<std::uint32_t> durations;  ///< by bucket; empty when nothing was counted

  std::uint64_t requests() const noexcept { return ok + error + fault; }
  void add(const Tally& tally);
  void add(const Sum& sum);
  void add(const Histogram& histogram);
  /// Seconds below which `share` of the durations are; 0 when there are none.
  double percentile(double share) const noexcept;
  double max() const noexcept { return static_cast<double>(max_us) / 1e6; }
  /// The bucket of that percentile; the first when there are no durations.
  Histogram::Bucket bucket_at(double share) const noexcept;
  /// How many are in this bucket or a later one.
  std::uint64_t at_least(Histogram::Bucket bucket) const noexcept;
};

struct MapView {
  struct Node {
    std::uint32_t id = 0;
    NodeKind kind = NodeKind::service;
    std::string name;
    std::string type;
    bool root = false;
    Sum sum;
  };
  struct Edge {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    Sum sum;
  };
  std::vector<Node> nodes;  ///< by name
  std::vector<Edge> edges;  ///< by the names of both ends
  bool truncated = false;
};

struct ProblemView {
  std::string tenant;
  std::string service;
  std::string method;
  std::string route;
  ProblemKey key;
  std::uint64_t count = 0;
  std::uint64_t of = 0;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  std::string reason;
  std::optional<TraceId> trace;  ///< the newest that still belongs here
  bool folded = false;           ///< of routes that had no room of their own
};

struct OverviewView {
  struct Point {
    std::int64_t start_us = 0;
    Sum sum;
  };
  struct Tenant {
    std::string name;
    Sum sum;
    std::uint64_t with_fault = 0;  ///< traces, as the search counts them
    std::uint64_t with_error = 0;
    bool folded = false;  ///< all tenants that had no room of their own
  };
  Sum requests;
  Sum traces;  ///< only its durations count: of whole traces
  std::uint64_t with_fault = 0;
  std::uint64_t with_error = 0;
  std::uint64_t with_throttle = 0;
  std::uint64_t with_slow = 0;
  std::uint64_t in_progress = 0;
  std::vector<Point> series;          ///< each slice, oldest first, also empty ones
  std::vector<Tenant> tenants;        ///< most requests first
  std::vector<ProblemView> problems;  ///< most harmful first, at most ten
  MapView map;
};

}  // namespace aloft::console
