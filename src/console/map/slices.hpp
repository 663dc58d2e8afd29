// SPDX-License-Identifier: Apache-2.0
// What the map counts in ten seconds, and the names that it counts under. Everything has a bound:
// names that do not fit are left out (nodes, edges) or folded together (tenants, routes).
//
// Thread-safety: plain values; the map guards them.
#pragma once

#include "console/map/histogram.hpp"
#include "console/map/trace_record.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace aloft::console {

/// Of the API document.
inline constexpr std::size_t kMaxMapNodes = 256;
inline constexpr std::size_t kMaxMapEdges = 1024;
/// Ours: more tenants and routes than a page can list; the rest is folded.
inline constexpr std::size_t kMaxMapTenants = 64;
inline constexpr std::size_t kMaxMapRoutes = 512;
/// Ours: of one slice, and of each of its two kinds. Ten a page are shown.
inline constexpr std::size_t kMaxSliceProblems = 256;
inline constexpr std::size_t kMaxProblemTraces = 4;

/// The longest of some durations, while they come and go: exact unless both that it keeps went.
class Longest {
 public:
  void add(std::int64_t us) noexcept;
  void remove(std::int64_t us) noexcept;
  /// Negative when it is not known.
  std::int64_t us() const noexcept { return us_[0]; }

 private:
  std::array<std::int64_t, 2> us_{-1, -1};  // the longer one first
};

struct Tally {
  std::uint64_t ok = 0;
  std::uint64_t error = 0;  ///< throttles included
  std::uint64_t throttle = 0;
  std::uint64_t fault = 0;
  std::uint64_t total_us = 0;
  Histogram durations;
  Longest longest;

  std::uint64_t requests() const noexcept { return ok + error + fault; }
  /// Exact, or else the middle of the highest bucket; 0 when there is none.
  std::int64_t max_us() const noexcept;
  /// Both return by how many buckets the histogram has grown or shrunk.
  std::size_t add(Outcome outcome, std::int64_t duration_us);
  std::size_t remove(Outcome outcome, std::int64_t duration_us) noexcept;
};

enum class ProblemKind : std::uint8_t { fault, throttle, error, slow };
std::string_view to_string(ProblemKind kind) noexcept;

/// What is wrong, for whom: requests that fail in the same way at the same place.
struct ProblemKey {
  std::uint32_t route = 0;
  ProblemKind kind = ProblemKind::fault;
  int status = 0;
  std::string culprit;

  friend bool operator<(const ProblemKey& a, const ProblemKey& b) {
    return std::tie(a.route, a.kind, a.status, a.culprit) <
           std::tie(b.route, b.kind, b.status, b.culprit);
  }
};

struct Problem {
  struct Example {
    TraceId trace;
    std::int64_t start_us = 0;
    std::string reason;
  };
  std::uint64_t count = 0;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  std::vector<Example> examples;  ///< the newest few that still belong here, by their start

  void add(const TraceRecord& record, const std::string& reason);
  void remove(const TraceId& trace);
};
using Problems = std::map<ProblemKey, Problem>;

/// What a tenant's requests did, and in how many traces something went wrong.
struct TenantTally {
  Tally requests;
  std::uint64_t with_fault = 0;
  std::uint64_t with_error = 0;

  bool empty() const noexcept { return requests.requests() + with_fault + with_error == 0; }
};

/// Requests of a route. A name that only failed for its callers' mistakes is the first to go.
struct RouteTally {
  std::uint64_t requests = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;  ///< faults and throttles

  void count(Outcome outcome, bool add) noexcept;
  void add(const RouteTally& other) noexcept;
  void remove(const RouteTally& other) noexcept;
};

struct Slice {
  using EdgeKey = std::uint64_t;  // from << 32 | to

  std::uint64_t serial = 0;  ///< no two slices have the same, also not of the same time

  Tally requests;       ///< of entry segments
  Histogram durations;  ///< of whole traces
  std::uint64_t traces = 0;
  std::uint64_t with_fault = 0;  ///< traces with any such span, as the search counts them
  std::uint64_t with_error = 0;
  std::uint64_t with_throttle = 0;
  std::uint64_t with_slow = 0;  ///< that took `kSlowMicroseconds` or more
  std::uint64_t in_progress = 0;
  bool truncated = false;  ///< something did not fit
  std::unordered_map<std::uint32_t, Tally> nodes;
  std::unordered_map<EdgeKey, Tally> edges;
  std::unordered_map<std::uint32_t, TenantTally> tenants;
  std::unordered_map<std::uint32_t, RouteTally> routes;
  Problems failures;  ///< faults and throttles
  Problems lesser;    ///< the rest: with a bound of its own, so that noise hides no failure

  Problems& problems(ProblemKind kind) noexcept;
  const Problems& problems(ProblemKind kind) const noexcept;
};

/// Names by number. A number is never used twice; a name that nothing counts under any more makes
/// room once the book is full.
template <typename Name>
class NameBook {
 public:
  explicit NameBook(std::size_t limit) noexcept : limit_(limit) {}

  std::optional<std::uint32_t> find(const Name& name) const {
    const auto at = numbers_.find(name);
    return at == numbers_.end() ? std::nullopt : std::optional(at->second);
  }
  std::optional<std::uint32_t> add(const Name& name) {
    if (const auto known = find(name)) return known;
    if (numbers_.size() >= limit_) forget_unused();
    if (numbers_.size() >= limit_) return std::nullopt;
    const std::uint32_t number = next_++;
    numbers_.emplace(name, number);
    entries_.emplace(number, Entry{name, 0, {}});
    return number;
  }
  void use(std::uint32_t number) {
    if (const auto at = entries_.find(number); at != entries_.end()) ++at->second.uses;
  }
  void release(std::uint32_t number) {
    const auto at = entries_.find(number);
    if (at != entries_.end() && at->second.uses != 0) --at->second.uses;
  }
  /// Gives the number up, whoever counts under it.
  void forget(std::uint32_t number) {
    const auto at = entries_.find(number);
    if (at == entries_.end()) return;
    numbers_.erase(at->second.name);
    entries_.erase(at);
  }
  /// What is known of a name beside itself: the first that is not empty.
  void note(std::uint32_t number, const std::string& text) {
    const auto at = entries_.find(number);
    if (at != entries_.end() && at->second.note.empty()) at->second.note = text;
  }
  std::string note(std::uint32_t number) const {
    const auto at = entries_.find(number);
    return at == entries_.end() ? std::string() : at->second.note;
  }
  bool knows(std::uint32_t number) const { return entries_.count(number) != 0; }
  /// Empty for a number that was given up.
  const Name& name(std::uint32_t number) const {
    static const Name kNone{};
    const auto at = entries_.find(number);
    return at == entries_.end() ? kNone : at->second.name;
  }

 private:
  struct Entry {
    Name name;
    std::size_t uses = 0;  // slices that count under it
    std::string note;
  };
  void forget_unused() {
    for (auto at = entries_.begin(); at != entries_.end();) {
      if (at->second.uses != 0) {
        ++at;
        continue;
      }
      numbers_.erase(at->second.name);
      at = entries_.erase(at);
    }
  }

  std::size_t limit_;
  std::uint32_t next_ = 1;
  std::map<Name, std::uint32_t> numbers_;
  std::unordered_map<std::uint32_t, Entry> entries_;
};

}  // namespace aloft::console
