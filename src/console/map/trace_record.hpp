// SPDX-License-Identifier: Apache-2.0
// What one trace adds to the map: who was called by whom, how it went, how long it took. It is made
// from all documents of the trace that have come so far, so a trace that changes is first taken out
// of the map with its old record and then put in with its new one: counted once, in any order.
//
// Thread-safety: plain value; shared as const.
#pragma once

#include "console/trace_id.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {

enum class NodeKind : std::uint8_t { client, service, remote, database, aws };
std::string_view to_string(NodeKind kind) noexcept;

/// A throttle is an error too, as X-Ray counts it.
enum class Outcome : std::uint8_t { ok, error, throttle, fault };

/// Where the map has counted a record, so that exactly this is taken out again: names find their
/// place anew when books fill up and make room, numbers stay. Read and written by the map only,
/// under its lock.
struct Footprint {
  enum class State : std::uint8_t {
    unknown,  ///< the record was made again from what is stored: the map goes by its names
    left_out,
    counted,
  };
  State state = State::unknown;
  std::uint64_t slice = 0;  ///< its serial number
  std::uint32_t tenant = 0;
  std::vector<std::uint32_t> nodes;   ///< by the record's nodes; 0: had no room, so the next two
  std::vector<std::uint64_t> edges;   ///< of its calls, then of its requests
  std::vector<std::uint32_t> routes;  ///< of its requests
  std::vector<bool> problems;         ///< of its requests: one was counted
};

struct TraceRecord {
  struct Node {
    NodeKind kind = NodeKind::service;
    std::string name;
    std::string type;  ///< X-Ray's, e.g. "AWS::ECS::Container"; may be empty
  };
  struct Visit {
    std::uint16_t node = 0;
    Outcome outcome = Outcome::ok;
    std::int64_t duration_us = 0;
  };
  struct Call {
    std::uint16_t from = 0;
    std::uint16_t to = 0;
    Outcome outcome = Outcome::ok;
    std::int64_t duration_us = 0;
  };
  /// Of an entry segment: what somebody outside asked for.
  struct Request {
    std::uint16_t node = 0;
    std::string method;
    std::string route;
    int status = 0;
    Outcome outcome = Outcome::ok;
    bool slow = false;  ///< went well, but took `kSlowMicroseconds` or more
    std::int64_t duration_us = 0;
    std::string culprit;  ///< unless it went well and fast: the deepest span that did not
    std::string reason;
  };

  TraceId id;
  std::int64_t start_us = 0;
  std::int64_t duration_us = 0;  ///< from the first start to the last end
  bool fault = false;            ///< of any span, as the list says it; so the next three
  bool error = false;
  bool throttle = false;
  bool in_progress = false;
  std::string tenant;
  std::vector<Node> nodes;
  std::vector<Visit> visits;
  std::vector<Call> calls;
  std::vector<Request> requests;
  mutable Footprint footprint;
};

/// Ours: a second is what people wait for before they ask what is wrong.
inline constexpr std::int64_t kSlowMicroseconds = 1'000'000;

/// One step of the map.
struct RecordChange {
  std::shared_ptr<const TraceRecord> before;  ///< null: was not counted yet
  std::shared_ptr<const TraceRecord> after;
};

}  // namespace aloft::console
