// SPDX-License-Identifier: Apache-2.0
#include "console/map/trace_graph.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace aloft::console {
namespace {

// Ours: names of one trace; a trace that visits more is cut short.
constexpr std::size_t kMaxRecordNodes = 256;
constexpr std::size_t kMaxRecordRequests = 16;
constexpr std::size_t kMaxRouteBytes = 128;
constexpr std::size_t kMinHexId = 16;
constexpr std::size_t kMinMixedId = 8;
constexpr std::size_t kMinMixedDigits = 4;

Outcome outcome_of(const SpanFacts& span) noexcept {
  if (span.fault) return Outcome::fault;
  if (span.throttle) return Outcome::throttle;
  return span.error ? Outcome::error : Outcome::ok;
}

bool has_outcome(const SpanFacts& span, Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::fault:
      return span.fault;
    case Outcome::throttle:
      return span.throttle;
    case Outcome::error:
      return span.error || span.throttle;
    case Outcome::ok:
      return false;
  }
  return false;
}

NodeKind node_kind(SpanKind kind) noexcept {
  switch (kind) {
    case SpanKind::database:
      return NodeKind::database;
    case SpanKind::aws:
      return NodeKind::aws;
    case SpanKind::remote:
      return NodeKind::remote;
    case SpanKind::segment:
    case SpanKind::local:
      return NodeKind::service;
  }
  return NodeKind::service;
}

bool is_call(SpanKind kind) noexcept {
  return kind == SpanKind::remote || kind == SpanKind::aws || kind == SpanKind::database;
}

bool looks_like_an_id(std::string_view segment) noexcept {
  const auto digits = static_cast<std::size_t>(
      std::count_if(segment.begin(), segment.end(), [](char c) { return text::is_digit(c); }));
  if (segment.empty()) return false;
  if (digits == segment.size()) return true;
  const bool hex = std::all_of(segment.begin(), segment.end(), [](char c) {
    const char lower = text::to_lower(c);
    return text::is_digit(c) || (lower >= 'a' && lower <= 'f') || c == '-';
  });
  return (hex && segment.size() >= kMinHexId) ||
         (segment.size() >= kMinMixedId && digits >= kMinMixedDigits);
}

std::string seconds_text(std::int64_t us) {
  char digits[32];
  const double seconds = std::round(static_cast<double>(us) / 1e4) / 1e2;
  return {digits, std::to_chars(digits, digits + sizeof digits, seconds).ptr};
}

}  // namespace

std::string_view to_string(NodeKind kind) noexcept {
  switch (kind) {
    case NodeKind::client:
      return "client";
    case NodeKind::service:
      return "service";
    case NodeKind::remote:
      return "remote";
    case NodeKind::database:
      return "database";
    case NodeKind::aws:
      return "aws";
  }
  return "service";
}

std::string route_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  }
  url = text::cut(url.substr(0, url.find_first_of("?#")), kMaxRouteBytes);
  std::string route;
  while (!url.empty()) {
    const std::size_t slash = url.find('/', 1);
    const std::string_view part = url.substr(0, slash);
    const std::string_view name = part.front() == '/' ? part.substr(1) : part;
    route.append(part.substr(0, part.size() - name.size()));
    route.append(looks_like_an_id(name) ? std::string_view("{id}") : name);
    url = slash == std::string_view::npos ? std::string_view() : url.substr(slash);
  }
  return route;
}

void TraceGraph::add(const Document& document) {
  start_us_ = any_ ? std::min(start_us_, document.start_us) : document.start_us;
  end_us_ = std::max(end_us_, document.end_us);
  any_ = true;
  fault_ |= document.fault;
  error_ |= document.error;
  throttle_ |= document.throttle;
  in_progress_ |= document.in_progress;
  for (const SpanFacts& facts : document.facts) {
    if (spans_.size() >= kMaxTraceSpans) return;
    Span span{facts, {}, {}};
    if (facts.kind == SpanKind::segment) {
      span.method = document.method;
      span.route = route_of(document.url);
    }
    spans_.push_back(std::move(span));
  }
}

// One walk over the spans of a trace; indices are those of `spans_`.
class TraceWalk {
 public:
  explicit TraceWalk(const TraceGraph& graph) : spans_(graph.spans_) {
    by_id_.reserve(spans_.size());
    for (std::uint32_t i = 0; i < spans_.size(); ++i) by_id_.push_back(i);
    // A span that came twice, e.g. alone and within its segment, is one: the form that has ended,
    // or else the one that began first.
    std::sort(by_id_.begin(), by_id_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    stands_for_itself_.assign(spans_.size(), true);
    for (std::size_t i = 1; i < by_id_.size(); ++i) {
      const std::uint64_t id = spans_[by_id_[i]].facts.id;
      // 0: its id could not be read.
      if (id != 0 && id == spans_[by_id_[i - 1]].facts.id) stands_for_itself_[by_id_[i]] = false;
    }
    parents_.reserve(spans_.size());
    for (const auto& span : spans_) parents_.push_back(find(span.facts));
    by_parent_.reserve(spans_.size());
    for (std::uint32_t i = 0; i < spans_.size(); ++i) by_parent_.emplace_back(parents_[i], i);
    std::sort(by_parent_.begin(), by_parent_.end());
    places_.resize(spans_.size());
    for (std::uint32_t i = 0; i < spans_.size(); ++i) place(i);
  }

  void write(TraceRecord& out) {
    answered_.assign(spans_.size(), false);
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      if (spans_[i].facts.kind == SpanKind::segment && counts(i)) write_segment(i, out);
    }
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      if (is_call(spans_[i].facts.kind) && !answered_[i] && counts(i)) write_call(i, out);
    }
    write_requests(out);
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  struct Place {
    std::uint32_t owner = kNone;  // the segment that it belongs to
    std::uint32_t depth = 0;
    bool known = false;
  };

  std::tuple<std::uint64_t, bool, std::int64_t, std::uint32_t> key(std::uint32_t i) const {
    return {spans_[i].facts.id, spans_[i].facts.end_us == 0, spans_[i].facts.start_us, i};
  }

  // Whether it stands for all spans of its id.
  bool counts(std::uint32_t i) const { return stands_for_itself_[i]; }

  std::uint32_t find(const SpanFacts& child) const {
    if (!child.has_parent) return kNone;
    const auto at = std::lower_bound(
        by_id_.begin(), by_id_.end(), child.parent,
        [&](std::uint32_t i, std::uint64_t id) { return spans_[i].facts.id < id; });
    if (at == by_id_.end() || spans_[*at].facts.id != child.parent) return kNone;
    return &spans_[*at].facts == &child ? kNone : *at;
  }

  // Walks up to a span whose place is known, then down again. A circle ends where it began.
  void place(std::uint32_t start) {
    std::vector<std::uint32_t> path;
    std::uint32_t at = start;
    while (at != kNone && !places_[at].known) {
      places_[at].known = true;
      path.push_back(at);
      at = parents_[at];
    }
    for (auto i = path.rbegin(); i != path.rend(); ++i) {
      Place& here = places_[*i];
      const std::uint32_t parent = parents_[*i];
      if (parent != kNone) here.depth = places_[parent].depth + 1;
      here.owner = spans_[*i].facts.kind == SpanKind::segment ? *i
                   : parent != kNone                          ? places_[parent].owner
                                                              : kNone;
    }
  }

  std::optional<std::uint16_t> node(TraceRecord& out, NodeKind kind, const SpanFacts& span) const {
    for (std::size_t i = 0; i < out.nodes.size(); ++i) {
      if (out.nodes[i].kind == kind && out.nodes[i].name == span.name) {
        return static_cast<std::uint16_t>(i);
      }
    }
    if (out.nodes.size() >= kMaxRecordNodes) return std::nullopt;
    out.nodes.push_back({kind, span.name, span.type});
    return static_cast<std::uint16_t>(out.nodes.size() - 1);
  }

  void write_segment(std::uint32_t i, TraceRecord& out) {
    const SpanFacts& segment = spans_[i].facts;
    if (segment.end_us == 0) return;
    const auto to = node(out, NodeKind::service, segment);
    if (!to) return;
    out.visits.push_back({*to, outcome_of(segment), segment.duration_us()});
    const std::uint32_t parent = parents_[i];
    const std::uint32_t caller = parent == kNone ? kNone : places_[parent].owner;
    if (caller == kNone || caller == i) return;
    const auto from = node(out, NodeKind::service, spans_[caller].facts);
    if (!from) return;
    // The caller's view when there is one; a second answer to one call speaks for itself.
    const SpanFacts& call = spans_[parent].facts;
    const bool first = is_call(call.kind) && call.end_us != 0 && !answered_[parent];
    answered_[parent] = true;
    const SpanFacts& view = first ? call : segment;
    out.calls.push_back({*from, *to, outcome_of(view), view.duration_us()});
  }

  void write_call(std::uint32_t i, TraceRecord& out) const {
    const SpanFacts& call = spans_[i].facts;
    const std::uint32_t owner = places_[i].owner;
    if (call.end_us == 0 || owner == kNone) return;
    const auto from = node(out, NodeKind::service, spans_[owner].facts);
    const auto to = node(out, node_kind(call.kind), call);
    if (!from || !to) return;
    out.visits.push_back({*to, outcome_of(call), call.duration_us()});
    out.calls.push_back({*from, *to, outcome_of(call), call.duration_us()});
  }

  // Segments without a parent; when none has come, the first whose parent is not there, and those
  // of the same parent: a caller outside wrote the header, or its segment was lost.
  void write_requests(TraceRecord& out) const {
    std::uint32_t orphan = kNone;
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      const SpanFacts& segment = spans_[i].facts;
      if (segment.kind != SpanKind::segment || parents_[i] != kNone || !counts(i)) continue;
      if (!segment.has_parent) {
        write_request(i, out);
      } else if (orphan == kNone || segment.start_us < spans_[orphan].facts.start_us) {
        orphan = i;
      }
    }
    const bool rooted = std::any_of(spans_.begin(), spans_.end(), [](const TraceGraph::Span& span) {
      return span.facts.kind == SpanKind::segment && !span.facts.has_parent;
    });
    if (rooted || orphan == kNone) return;
    // One caller outside may ask several times within its trace.
    const std::uint64_t caller = spans_[orphan].facts.parent;
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      const SpanFacts& segment = spans_[i].facts;
      if (segment.kind == SpanKind::segment && parents_[i] == kNone && counts(i) &&
          segment.parent == caller) {
        write_request(i, out);
      }
    }
  }

  void write_request(std::uint32_t i, TraceRecord& out) const {
    const SpanFacts& entry = spans_[i].facts;
    if (entry.end_us == 0 || out.requests.size() >= kMaxRecordRequests) return;
    const auto to = node(out, NodeKind::service, entry);
    if (!to) return;
    TraceRecord::Request request;
    request.node = *to;
    request.method = spans_[i].method;
    request.route = spans_[i].route;
    request.status = entry.status;
    request.outcome = outcome_of(entry);
    request.duration_us = entry.duration_us();
    request.slow = request.outcome == Outcome::ok && request.duration_us >= kSlowMicroseconds;
    if (request.slow) {
      blame_slow(i, request);
    } else if (request.outcome != Outcome::ok) {
      blame_failure(i, request);
    }
    out.requests.push_back(std::move(request));
  }

  // Where a span happened, in a word: the service or host it called, or the service it is part of.
  const std::string& place_name(std::uint32_t i) const {
    const bool local = spans_[i].facts.kind == SpanKind::local;
    const std::uint32_t owner = places_[i].owner;
    return local && owner != kNone ? spans_[owner].facts.name : spans_[i].facts.name;
  }

  // The entry and what is below it, as far as one span after the other fulfils `follow`.
  template <typename Follow>
  std::vector<std::uint32_t> below(std::uint32_t entry, Follow follow) const {
    std::vector<std::uint32_t> found{entry};
    std::vector<bool> seen(spans_.size(), false);
    seen[entry] = true;
    for (std::size_t next = 0; next < found.size(); ++next) {
      const auto [first, last] = std::equal_range(
          by_parent_.begin(), by_parent_.end(), std::pair(found[next], std::uint32_t{0}),
          [](const auto& a, const auto& b) { return a.first < b.first; });
      for (auto child = first; child != last; ++child) {
        const std::uint32_t i = child->second;
        if (seen[i] || !counts(i) || !follow(spans_[i].facts)) continue;
        seen[i] = true;
        found.push_back(i);
      }
    }
    return found;
  }

  // The deepest of those that failed the same way, each because of the next: what failed inside a
  // step that went well, or in another request of the trace, is not to blame.
  void blame_failure(std::uint32_t entry, TraceRecord::Request& request) const {
    std::uint32_t worst = entry;
    const auto failed = [&](const SpanFacts& span) { return has_outcome(span, request.outcome); };
    for (const std::uint32_t i : below(entry, failed)) {
      if (places_[i].depth > places_[worst].depth ||
          (places_[i].depth == places_[worst].depth && key_of_time(i) < key_of_time(worst))) {
        worst = i;
      }
    }
    const SpanFacts& span = spans_[worst].facts;
    request.culprit = place_name(worst);
    if (!span.error_text.empty()) {
      request.reason = span.error_text;
    } else if (span.status != 0) {
      request.reason = request.culprit + " answered " + std::to_string(span.status);
    } else {
      request.reason = request.culprit + " failed";
    }
  }

  // The deepest span below it that takes at least half of the request.
  void blame_slow(std::uint32_t entry, TraceRecord::Request& request) const {
    std::uint32_t worst = entry;
    for (const std::uint32_t i : below(entry, [](const SpanFacts&) { return true; })) {
      if (spans_[i].facts.duration_us() * 2 < request.duration_us) continue;
      if (places_[i].depth > places_[worst].depth) worst = i;
    }
    request.culprit = place_name(worst);
    request.reason =
        request.culprit + " took " + seconds_text(spans_[worst].facts.duration_us()) + " s";
  }

  std::pair<std::int64_t, std::uint64_t> key_of_time(std::uint32_t i) const {
    return {spans_[i].facts.start_us, spans_[i].facts.id};
  }

  const std::vector<TraceGraph::Span>& spans_;
  std::vector<std::uint32_t> by_id_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_parent_;  // with the child
  std::vector<Place> places_;
  std::vector<bool> stands_for_itself_;
  std::vector<bool> answered_;  // calls whose callee sent a segment
};

TraceRecord TraceGraph::record(std::string_view tenant) const {
  TraceRecord out;
  out.id = id_;
  out.start_us = start_us_;
  out.duration_us = end_us_ == 0 ? 0 : std::max<std::int64_t>(end_us_ - start_us_, 0);
  out.fault = fault_;
  out.error = error_;
  out.throttle = throttle_;
  out.in_progress = in_progress_;
  out.tenant = tenant;
  TraceWalk(*this).write(out);
  return out;
}

}  // namespace aloft::console
