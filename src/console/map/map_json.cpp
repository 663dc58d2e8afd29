// SPDX-License-Identifier: Apache-2.0
#include "console/map/map_json.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

namespace aloft::console {
namespace {

// A thousand edges with their histograms take about one megabyte.
constexpr std::size_t kMaxJsonBytes = std::size_t{8} << 20U;
// A histogram is drawn, so four buckets make one bar: 17 % wide.
constexpr std::size_t kBarBuckets = 4;
constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;
constexpr std::int64_t kMicrosecondsPerMinute = 60'000'000;
constexpr std::int64_t kSliceSeconds = 10;
// Source: AWS X-Ray pricing, traces recorded, $5.00 per million, us-east-1, read 2026-11.
constexpr double kUsdPerTrace = 5.0 / 1e6;
// Of the search grammar: a query is at most 512 bytes, so each of its five words is cut.
constexpr std::size_t kMaxWordBytes = 96;
constexpr std::size_t kMaxTenantSearches = 5;
constexpr std::string_view kDuration = "duration";
constexpr std::string_view kFoldedTenants = "(other tenants)";
constexpr std::string_view kFoldedRoutes = "(other routes)";

struct Window {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
};

Window window_of(std::uint64_t minutes, WallTime now) {
  const std::int64_t now_us =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  const std::int64_t slice_us = kSliceSeconds * 1'000'000;
  // Whole slices: the one that is being filled is the last of them.
  const std::int64_t to = now_us / slice_us * slice_us;
  return {to + slice_us - static_cast<std::int64_t>(minutes) * kMicrosecondsPerMinute, to};
}

bool is_blank(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

double rounded(double seconds) noexcept { return std::round(seconds * 1e6) / 1e6; }

void write_stats(json::Writer& json, const Sum& sum) {
  json.key("requests").integer(static_cast<std::int64_t>(sum.requests()));
  json.key("ok").integer(static_cast<std::int64_t>(sum.ok));
  json.key("error").integer(static_cast<std::int64_t>(sum.error));
  json.key("throttle").integer(static_cast<std::int64_t>(sum.throttle));
  json.key("fault").integer(static_cast<std::int64_t>(sum.fault));
  json.key("p50").number(rounded(sum.percentile(0.5)));
  json.key("p99").number(rounded(sum.percentile(0.99)));
  json.key("max").number(rounded(sum.max()));
}

void write_histogram(json::Writer& json, const Sum& sum) {
  json.key("histogram").begin_array();
  for (std::size_t begin = 0; begin < sum.durations.size(); begin += kBarBuckets) {
    std::uint64_t count = 0;
    for (std::size_t i = begin; i < std::min(begin + kBarBuckets, sum.durations.size()); ++i) {
      count += sum.durations[i];
    }
    if (count == 0) continue;
    json.begin_array();
    json.number(rounded(Histogram::seconds_of(begin, kBarBuckets)));
    json.integer(static_cast<std::int64_t>(count));
    json.end_array();
  }
  json.end_array();
}

void write_map(json::Writer& json, const MapView& view, const Window& window) {
  json.begin_object();
  json.key("start").epoch_seconds(window.from_us * kNanosecondsPerMicrosecond);
  json.key("end").epoch_seconds((window.to_us + kSliceSeconds * 1'000'000) *
                                kNanosecondsPerMicrosecond);
  json.key("nodes").begin_array();
  for (const MapView::Node& node : view.nodes) {
    json.begin_object();
    json.key("id").integer(node.id);
    json.key("name").text(node.name);
    json.key("kind").text(to_string(node.kind));
    json.key("root").boolean(node.root);
    write_stats(json, node.sum);
    json.end_object();
  }
  json.end_array();
  json.key("edges").begin_array();
  for (const MapView::Edge& edge : view.edges) {
    json.begin_object();
    json.key("from").integer(edge.from);
    json.key("to").integer(edge.to);
    write_stats(json, edge.sum);
    write_histogram(json, edge.sum);
    json.end_object();
  }
  json.end_array();
  json.key("truncated").boolean(view.truncated);
  json.end_object();
}

void append(std::string& query, std::string_view word) {
  const bool quoted = word.front() == '-' || std::any_of(word.begin(), word.end(), is_blank);
  if (!query.empty()) query += ' ';
  if (quoted) query += '"';
  query += word;
  if (quoted) query += '"';
}

// A word of the search that occurs wherever the value does, at least.
void append_part(std::string& query, std::string_view value) {
  value = text::cut(value.substr(0, value.find('"')), kMaxWordBytes);
  // What begins so means something else.
  while (!value.empty() && value.front() == '=') value.remove_prefix(1);
  if (value.empty() || value.substr(0, kDuration.size()) == kDuration) return;
  append(query, value);
}

// A word that is a whole field, e.g. "=tenant_id=acme", which tenant acme-eu has not.
void append_field(std::string& query, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (value.size() > kMaxWordBytes || value.find('"') != std::string_view::npos) {
    append_part(query, value);
    return;
  }
  std::string word = "=";
  word.append(key).append(value);
  append(query, word);
}

std::string seconds_text(double seconds) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, seconds).ptr};
}

std::string query_of(const ProblemView& problem) {
  std::string query;
  append_field(query, "tenant_id=", problem.tenant);
  append_field(query, "", problem.service);
  append_field(query, "", problem.method);
  // What was made of an id does not stand in any trace: only what is before it.
  append_part(query, std::string_view(problem.route).substr(0, problem.route.find('{')));
  if (problem.key.status != 0) append_field(query, "", std::to_string(problem.key.status));
  if (problem.key.kind == ProblemKind::slow) {
    append(query, "duration>=1");
  } else if (problem.key.status == 0 || problem.folded) {
    append_field(query, "", to_string(problem.key.kind));
  }
  return query;
}

void write_problem(json::Writer& json, const ProblemView& problem) {
  json.begin_object();
  json.key("tenant").text(problem.tenant);
  json.key("service").text(problem.folded ? kFoldedRoutes : std::string_view(problem.service));
  json.key("method").text(problem.method);
  json.key("route").text(problem.route);
  json.key("status").integer(problem.key.status);
  json.key("culprit").text(problem.key.culprit);
  json.key("reason").text(problem.reason);
  json.key("kind").text(to_string(problem.key.kind));
  json.key("count").integer(static_cast<std::int64_t>(problem.count));
  json.key("of").integer(static_cast<std::int64_t>(std::max(problem.of, problem.count)));
  json.key("first").epoch_seconds(problem.first_us * kNanosecondsPerMicrosecond);
  json.key("last").epoch_seconds(problem.last_us * kNanosecondsPerMicrosecond);
  json.key("trace").text(problem.trace ? problem.trace->text() : std::string());
  json.key("q").text(query_of(problem));
  json.end_object();
}

void write_search(json::Writer& json, std::string_view label, std::string_view query,
                  std::uint64_t count) {
  json.begin_object();
  json.key("label").text(label);
  json.key("q").text(query);
  json.key("count").integer(static_cast<std::int64_t>(count));
  json.end_object();
}

void write_searches(json::Writer& json, const OverviewView& view) {
  // A second when anything took that long, else where the bucket of the slowest hundredth begins.
  double slow = 1;
  std::uint64_t with_slow = view.with_slow;
  if (with_slow == 0 && !view.traces.durations.empty()) {
    const Histogram::Bucket bucket = view.traces.bucket_at(0.99);
    slow = static_cast<double>(Histogram::first_us(bucket)) / 1e6;
    with_slow = view.traces.at_least(bucket);
  }
  json.key("searches").begin_array();
  write_search(json, "Faults", "=fault", view.with_fault);
  write_search(json, "Errors", "=error", view.with_error);
  write_search(json, "Throttles", "=throttle", view.with_throttle);
  write_search(json, "Slow", "duration>=" + seconds_text(slow), with_slow);
  write_search(json, "In progress", "=in_progress", view.in_progress);
  std::size_t listed = 0;
  for (const OverviewView::Tenant& tenant : view.tenants) {
    const bool faults = tenant.with_fault != 0;
    // No search finds those that have no room of their own.
    if (tenant.folded || tenant.name.empty() || (!faults && tenant.with_error == 0)) continue;
    if (++listed > kMaxTenantSearches) break;
    std::string query;
    append_field(query, "tenant_id=", tenant.name);
    append(query, faults ? "=fault" : "=error");
    write_search(json, tenant.name, query, faults ? tenant.with_fault : tenant.with_error);
  }
  json.end_array();
}

}  // namespace

std::string map_json(const ServiceMap& map, std::uint64_t minutes, WallTime now) {
  const Window window = window_of(minutes, now);
  json::Buffer buffer(kMaxJsonBytes);
  json::Writer json(buffer);
  write_map(json, map.view(window.from_us, window.to_us), window);
  return std::string(buffer.view());
}

std::string overview_json(const ServiceMap& map, std::uint64_t minutes, WallTime now) {
  const Window window = window_of(minutes, now);
  const OverviewView view = map.overview(window.from_us, window.to_us);
  json::Buffer buffer(kMaxJsonBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("now").epoch_seconds(now.time_since_epoch().count());
  json.key("minutes").integer(static_cast<std::int64_t>(minutes));
  json.key("stats").begin_object();
  write_stats(json, view.requests);
  json.end_object();
  json.key("problems").begin_array();
  for (const ProblemView& problem : view.problems) write_problem(json, problem);
  json.end_array();
  json.key("series").begin_array();
  for (const OverviewView::Point& point : view.series) {
    json.begin_object();
    json.key("start").epoch_seconds(point.start_us * kNanosecondsPerMicrosecond);
    json.key("seconds").integer(kSliceSeconds);
    write_stats(json, point.sum);
    json.end_object();
  }
  json.end_array();
  json.key("tenants").begin_array();
  for (const OverviewView::Tenant& tenant : view.tenants) {
    if (tenant.sum.requests() == 0) continue;
    json.begin_object();
    json.key("tenant").text(tenant.folded ? kFoldedTenants : std::string_view(tenant.name));
    write_stats(json, tenant.sum);
    json.key("traces_cost_usd").number(kUsdPerTrace * static_cast<double>(tenant.sum.requests()));
    json.end_object();
  }
  json.end_array();
  write_searches(json, view);
  json.key("map");
  write_map(json, view.map, window);
  json.end_object();
  return std::string(buffer.view());
}

}  // namespace aloft::console
