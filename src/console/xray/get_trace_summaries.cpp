// SPDX-License-Identifier: Apache-2.0
#include "console/xray/operations.hpp"
#include "console/xray/requests.hpp"
#include "console/xray/summary_causes.hpp"
#include "console/xray/trace_fold.hpp"

#include <aloft/core/json_writer.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace aloft::console::xray {
namespace {

using http::Response;

// Ours: what one page holds; a summary is a kilobyte or two.
constexpr std::size_t kMaxPageTraces = 100;
constexpr std::size_t kMaxAnswerBytes = std::size_t{16} << 20U;
// Beyond, the page is answered as it is, with a token to go on: a filter that nothing matches must
// not hold the store for long.
constexpr auto kTimeout = std::chrono::milliseconds(500);
constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;

struct Page {
  Deadline deadline;
  TraceFolder folder;
  std::string next;
  std::size_t traces = 0;
  std::int64_t processed = 0;
};

// Where an expression is wrong is said in the sentence: the service's error has no other member.
Response refused(const BadRequest& wrong) {
  if (!wrong.position) return invalid(wrong.message);
  return invalid("Invalid FilterExpression at byte " + std::to_string(*wrong.position) + ": " +
                 std::string(wrong.message));
}

void write_service(json::Writer& json, std::string_view name, std::string_view type) {
  json.begin_object();
  json.key("Name").text(name);
  json.key("Names").begin_array();
  json.text(name);
  json.end_array();
  json.key("AccountId").text(kAccount);
  if (!type.empty()) json.key("Type").text(type);
  json.end_object();
}

std::string_view type_of(const TraceFold& fold, std::string_view service) {
  for (const FoldedService& known : fold.services) {
    if (known.name == service) return known.type;
  }
  return {};
}

// The list of the one service that set a value; empty when nobody knows.
void write_owner(json::Writer& json, const TraceFold& fold, std::string_view service) {
  json.key("ServiceIds").begin_array();
  if (!service.empty()) write_service(json, service, type_of(fold, service));
  json.end_array();
}

void write_http(json::Writer& json, const TraceFold& fold) {
  json.key("Http").begin_object();
  if (!fold.url.empty()) json.key("HttpURL").text(fold.url);
  if (fold.status != 0) json.key("HttpStatus").integer(fold.status);
  if (!fold.method.empty()) json.key("HttpMethod").text(fold.method);
  if (!fold.user_agent.empty()) json.key("UserAgent").text(fold.user_agent);
  if (!fold.client_ip.empty()) json.key("ClientIp").text(fold.client_ip);
  json.end_object();
}

void write_annotation_value(json::Writer& json, const FoldedAnnotation& annotation) {
  json.key("AnnotationValue").begin_object();
  switch (annotation.type) {
    case FoldedAnnotation::Type::text:
      json.key("StringValue").text(annotation.value);
      break;
    case FoldedAnnotation::Type::number:
      json.key("NumberValue").raw(annotation.value);
      break;
    case FoldedAnnotation::Type::boolean:
      json.key("BooleanValue").raw(annotation.value);
      break;
  }
  json.end_object();
}

void write_annotations(json::Writer& json, const TraceFold& fold) {
  json.key("Annotations").begin_object();
  for (std::size_t i = 0; i < fold.annotations.size(); ++i) {
    const std::string& key = fold.annotations[i].key;
    bool written = false;  // with the first of its key
    for (std::size_t j = 0; j < i; ++j) written |= fold.annotations[j].key == key;
    if (written) continue;
    json.key(key).begin_array();
    for (std::size_t j = i; j < fold.annotations.size(); ++j) {
      if (fold.annotations[j].key != key) continue;
      json.begin_object();
      write_annotation_value(json, fold.annotations[j]);
      write_owner(json, fold, fold.annotations[j].service);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

// A list of objects with one member each.
template <std::size_t N>
void write_list(json::Writer& json, const char (&name)[N], const std::vector<std::string>& values,
                std::string_view member) {
  json.key(name).begin_array();
  for (const std::string& value : values) {
    json.begin_object();
    json.key(member).text(value);
    json.end_object();
  }
  json.end_array();
}

void write_users(json::Writer& json, const TraceFold& fold) {
  json.key("Users").begin_array();
  for (std::size_t i = 0; i < fold.users.size(); ++i) {
    bool written = false;
    for (std::size_t j = 0; j < i; ++j) written |= fold.users[j].name == fold.users[i].name;
    if (written) continue;
    json.begin_object();
    json.key("UserName").text(fold.users[i].name);
    json.key("ServiceIds").begin_array();
    for (std::size_t j = i; j < fold.users.size(); ++j) {
      if (fold.users[j].name != fold.users[i].name) continue;
      write_service(json, fold.users[j].service, type_of(fold, fold.users[j].service));
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_summary(json::Writer& json, const TraceId& id, const TraceFold& fold) {
  json.begin_object();
  json.key("Id").text(id.text());
  json.key("StartTime").epoch_seconds(fold.start_us * kNanosecondsPerMicrosecond);
  json.key("Duration").number(fold.duration());
  json.key("ResponseTime").number(fold.response_time());
  json.key("HasFault").boolean(fold.fault);
  json.key("HasError").boolean(fold.error);
  json.key("HasThrottle").boolean(fold.throttle);
  json.key("IsPartial").boolean(fold.partial);
  write_http(json, fold);
  write_annotations(json, fold);
  write_users(json, fold);
  json.key("ServiceIds").begin_array();
  for (const FoldedService& service : fold.services) {
    write_service(json, service.name, service.type);
  }
  json.end_array();
  write_list(json, "ResourceARNs", fold.resource_arns, "ARN");
  write_list(json, "InstanceIds", fold.instance_ids, "Id");
  write_list(json, "AvailabilityZones", fold.zones, "Name");
  if (!fold.entry.empty()) {
    json.key("EntryPoint");
    write_service(json, fold.entry, type_of(fold, fold.entry));
  }
  write_root_causes(json, fold.spans);
  json.key("MatchedEventTime").epoch_seconds(fold.start_us * kNanosecondsPerMicrosecond);
  json.end_object();
}

// Adds the traces of one slice; false when the page is full or time is up, `options` then stands
// behind the last trace that was looked at.
Result<bool> add_slice(const OperationParts& parts, const Filter& filter, RangeOptions& options,
                       json::Writer& json, Page& page) {
  const auto rows = parts.store.range(options);
  if (!rows) return unexpected(rows.error());
  for (const RangeRow& row : *rows) {
    const bool full = page.traces >= kMaxPageTraces || json.buffer().size() > kMaxAnswerBytes / 2;
    // At least one is looked at, so that whoever pages arrives.
    if (page.processed > 0 && (full || page.deadline.passed(parts.clock.steady_now()))) {
      page.next = options.by_id ? options.before_id->text() : options.before->text();
      return false;
    }
    options.before = row.at;
    options.before_id = row.id;
    const auto detail = parts.store.find(row.id);
    if (!detail) return unexpected(detail.error());
    if (!*detail) continue;  // evicted meanwhile
    ++page.processed;
    TraceFold fold = page.folder.fold(**detail, filter.depth());
    if (!filter.matches(fold)) continue;
    // For the root causes; most traces that a filter looks at are not told.
    if (filter.depth() == FoldDepth::summary) {
      fold = page.folder.fold(**detail, FoldDepth::spans);
    }
    write_summary(json, row.id, fold);
    ++page.traces;
  }
  return rows->size() == kSliceTraces;
}

}  // namespace

Response get_trace_summaries(const OperationParts& parts, std::string_view body) {
  auto parsed = TraceSummariesRequest::parse(body);
  if (const auto* wrong = std::get_if<BadRequest>(&parsed)) return refused(*wrong);
  const auto& request = std::get<TraceSummariesRequest>(parsed);
  RangeOptions options{request.range.start_us, request.range.end_us, request.by_trace_id,
                       request.before, request.before_id};
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  Page page{Deadline::after(parts.clock, kTimeout), {}, {}};
  json.begin_object();
  json.key("TraceSummaries").begin_array();
  for (bool more = true; more;) {
    const auto added = add_slice(parts, request.filter, options, json, page);
    if (!added) return error(500, "InternalFailure", added.error().message);
    more = *added;
  }
  json.end_array();
  json.key("TracesProcessedCount").integer(page.processed);
  json.key("ApproximateTime").epoch_seconds(parts.clock.now().wall.time_since_epoch().count());
  if (!page.next.empty()) json.key("NextToken").text(page.next);
  json.end_object();
  if (buffer.overflowed()) return error(500, "InternalFailure", "the answer is too large");
  return Response::json(200, std::string(buffer.view()));
}

}  // namespace aloft::console::xray
