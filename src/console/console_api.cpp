// SPDX-License-Identifier: Apache-2.0
#include "console/console_api.hpp"

#include "console/map/map_json.hpp"
#include "console/trace_search.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace aloft::console {
namespace {

using http::Context;
using http::Request;
using http::Response;

// Of the API document.
constexpr std::uint64_t kDefaultLimit = 100;
constexpr std::uint64_t kMaxLimit = 500;
// How long one search looks before it answers what it has, with a cursor to go on from.
constexpr auto kSearchTimeout = std::chrono::milliseconds(200);
constexpr std::size_t kMaxStatusBytes = std::size_t{16} << 10U;

// Answers everything outside /api with the page, before routing says 404.
class PageGuard : public http::Guard {
 public:
  explicit PageGuard(const Page& page) noexcept : page_(page) {}
  http::GuardDecision begin(Context&, const Request& request) override {
    if (is_api_path(request.path())) return http::GuardDecision::proceed();
    return http::GuardDecision::refuse(page_.answer(request));
  }

 private:
  const Page& page_;
};

Response bad_request(std::string_view detail) {
  return Response::problem(400, "Bad Request", detail);
}

// The store cannot answer: its own sentence names no data.
Response store_trouble(const Error& error) {
  return Response::problem(503, "Service Unavailable", error.message);
}

// The search of `q`, or the answer that says what is wrong with it.
std::variant<TraceSearch, Response> search_of(const Request& request) {
  auto parsed = TraceSearch::parse(request.query.get("q").value_or(""));
  if (const auto* wrong = std::get_if<QueryError>(&parsed)) {
    return Response::problem(400, "Bad Request", wrong->message,
                             {{"position", static_cast<std::int64_t>(wrong->position)}});
  }
  return std::get<TraceSearch>(std::move(parsed));
}

std::string list_json(const TracePage& page) {
  std::string out = "{\"traces\":[";
  for (std::size_t i = 0; i < page.summaries.size(); ++i) {
    if (i != 0) out += ',';
    out += page.summaries[i];
  }
  out += "],\"next\":";
  out += page.next ? "\"" + page.next->text() + "\"" : "null";
  return out + "}";
}

Response list_traces(const ConsoleParts& parts, const Request& request) {
  auto parsed = search_of(request);
  if (auto* wrong = std::get_if<Response>(&parsed)) return std::move(*wrong);
  const auto& search = std::get<TraceSearch>(parsed);
  ListOptions options{.limit = kDefaultLimit};
  if (const auto text = request.query.get("limit")) {
    const auto limit = text::parse_decimal(*text);
    if (!limit || *limit == 0 || *limit > kMaxLimit) return bad_request("limit is not 1 to 500");
    options.limit = *limit;
  }
  if (const auto text = request.query.get("before"); text && !text->empty()) {
    options.before = Cursor::parse(*text);
    if (!options.before) return bad_request("before is not a cursor of this API");
  }
  const Deadline deadline = Deadline::after(parts.clock, kSearchTimeout);
  const auto page =
      search.filter.empty()
          ? parts.store.list(search.words, options, deadline)
          : FilteredList{parts.store, parts.clock, search.filter}.page(options, deadline);
  if (!page) return store_trouble(page.error());
  return Response::json(200, list_json(*page));
}

Response show_trace(const ConsoleParts& parts, const Context& context) {
  const auto id = TraceId::parse(context.param("id"));
  if (!id) return bad_request("this is not a trace id");
  const auto found = parts.store.find(*id);
  if (!found) return store_trouble(found.error());
  if (!*found) {
    return Response::problem(404, "Not Found", "no trace has this id, or it was evicted");
  }
  const TraceDetail& detail = **found;
  std::string out;
  out.reserve(detail.summary.size() + detail.documents.size() + 32);
  out.append("{\"summary\":").append(detail.summary);
  out.append(",\"segments\":[").append(detail.documents).append("]}");
  return Response::json(200, std::move(out));
}

// The last so many minutes, as `make` writes them.
Response show_minutes(const ConsoleParts& parts, const Request& request,
                      std::string (*make)(const ServiceMap&, std::uint64_t, WallTime)) {
  std::uint64_t minutes = kDefaultMapMinutes;
  if (const auto text = request.query.get("minutes")) {
    const auto given = text::parse_decimal(*text);
    if (!given || *given == 0 || *given > kMaxMapMinutes) {
      return bad_request("minutes is not 1 to 60");
    }
    minutes = *given;
  }
  return Response::json(200, make(parts.map, minutes, parts.clock.now().wall));
}

Response follow_events(const ConsoleParts& parts, const Request& request) {
  auto parsed = search_of(request);
  if (auto* wrong = std::get_if<Response>(&parsed)) return std::move(*wrong);
  auto& search = std::get<TraceSearch>(parsed);
  if (!parts.broadcaster.has_room()) {
    return Response::problem(503, "Service Unavailable", "too many pages follow the events");
  }
  auto shared = std::make_shared<Subscription>();
  shared->query = std::move(search.words);
  shared->filter = std::move(search.filter);
  shared->overview = request.query.get("overview") == "1";
  return Response::stream("text/event-stream",
                          [&broadcaster = parts.broadcaster, shared](http::StreamWriter writer) {
                            broadcaster.subscribe(std::move(*shared), std::move(writer));
                          });
}

Response forget_traces(const ConsoleParts& parts) {
  if (auto done = parts.intake.clear(); !done) return store_trouble(done.error());
  parts.broadcaster.publish_reset();
  return Response::empty(204);
}

void write_rejected(json::Writer& json, const RejectCounts& rejected) {
  json.key("rejected").begin_object();
  for (std::size_t i = 0; i < kRejects; ++i) {
    if (rejected[i] == 0) continue;
    json.key(to_string(static_cast<Reject>(i))).integer(static_cast<std::int64_t>(rejected[i]));
  }
  json.end_object();
}

void write_otlp(json::Writer& json, const otlp::OtlpStatus& otlp) {
  json.begin_object();
  json.key("requests").integer(static_cast<std::int64_t>(otlp.requests));
  json.key("refused").integer(static_cast<std::int64_t>(otlp.refused));
  json.key("spans").integer(static_cast<std::int64_t>(otlp.spans));
  json.key("stored").integer(static_cast<std::int64_t>(otlp.stored));
  json.key("repeated").integer(static_cast<std::int64_t>(otlp.repeated));
  write_rejected(json, otlp.rejected);
  json.key("links").integer(static_cast<std::int64_t>(otlp.links));
  json.end_object();
}

void write_intake(json::Writer& json, const IntakeStatus& intake) {
  json.begin_object();
  json.key("datagrams").integer(static_cast<std::int64_t>(intake.datagrams));
  json.key("bytes").integer(static_cast<std::int64_t>(intake.bytes));
  json.key("api_documents").integer(static_cast<std::int64_t>(intake.api_documents));
  json.key("queued").integer(static_cast<std::int64_t>(intake.queued));
  json.key("documents").integer(static_cast<std::int64_t>(intake.documents));
  json.key("duplicates").integer(static_cast<std::int64_t>(intake.duplicates));
  write_rejected(json, intake.rejected);
  json.key("kernel_dropped").integer(static_cast<std::int64_t>(intake.kernel_dropped));
  json.end_object();
}

void write_store(json::Writer& json, const AppFacts& facts, const StoreStatus& store) {
  json.begin_object();
  json.key("kind").text(facts.store_kind);
  json.key("traces").integer(static_cast<std::int64_t>(store.traces));
  json.key("segments").integer(static_cast<std::int64_t>(store.segments));
  json.key("bytes").integer(static_cast<std::int64_t>(store.bytes));
  json.key("max_bytes").integer(static_cast<std::int64_t>(facts.max_bytes));
  json.key("evicted_traces").integer(static_cast<std::int64_t>(store.evicted_traces));
  json.end_object();
}

void write_logs(json::Writer& json, const AppFacts& facts, const logs::LogStoreStatus& logs) {
  json.begin_object();
  json.key("events").integer(static_cast<std::int64_t>(logs.events));
  json.key("loaded").integer(static_cast<std::int64_t>(logs.loaded));
  json.key("received").integer(static_cast<std::int64_t>(logs.received));
  json.key("evicted").integer(static_cast<std::int64_t>(logs.evicted));
  json.key("expired").integer(static_cast<std::int64_t>(logs.expired));
  json.key("deleted").integer(static_cast<std::int64_t>(logs.deleted));
  json.key("failed").integer(static_cast<std::int64_t>(logs.failed));
  json.key("groups").integer(static_cast<std::int64_t>(logs.groups));
  json.key("streams").integer(static_cast<std::int64_t>(logs.streams));
  json.key("bytes").integer(static_cast<std::int64_t>(logs.bytes));
  json.key("max_bytes").integer(static_cast<std::int64_t>(facts.logs_max_bytes));
  json.end_object();
}

}  // namespace

std::string status_json(const AppFacts& facts, WallTime now, const AppCounters& counters) {
  json::Buffer buffer(kMaxStatusBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("version").text(facts.version);
  json.key("now").epoch_seconds(now.time_since_epoch().count());
  json.key("started").epoch_seconds(facts.started.time_since_epoch().count());
  json.key("listen").begin_object();
  json.key("http").text(facts.http.text());
  json.key("xray").text(facts.xray.text());
  if (facts.otlp) json.key("otlp").text(facts.otlp->text());
  json.end_object();
  json.key("intake");
  write_intake(json, counters.intake);
  json.key("otlp");
  write_otlp(json, counters.otlp);
  json.key("store");
  write_store(json, facts, counters.store);
  json.key("logs");
  write_logs(json, facts, counters.logs);
  json.end_object();
  return std::string(buffer.view());
}

http::Router make_otlp_router(otlp::OtlpIntake& intake, GateOptions gate) {
  http::Router router;
  router.use(std::make_shared<Gate>(std::move(gate)));
  router.post(otlp::kTracesPath,
              [&intake](Context&, const Request& request) { return intake.answer(request); });
  return router;
}

http::Router make_console_router(const ConsoleParts& parts, GateOptions gate) {
  http::Router router;
  router.use(std::make_shared<Gate>(std::move(gate)));
  router.use(std::make_shared<PageGuard>(parts.page));
  router.post(otlp::kTracesPath,
              [parts](Context&, const Request& r) { return parts.otlp.answer(r); });
  router.get("/api/traces", [parts](Context&, const Request& r) { return list_traces(parts, r); });
  router.get("/api/traces/{id}",
             [parts](Context& context, const Request&) { return show_trace(parts, context); });
  router.get("/api/map",
             [parts](Context&, const Request& r) { return show_minutes(parts, r, map_json); });
  router.get("/api/overview",
             [parts](Context&, const Request& r) { return show_minutes(parts, r, overview_json); });
  router.get("/api/status",
             [parts](Context&, const Request&) { return Response::json(200, parts.status()); });
  router.get("/api/events",
             [parts](Context&, const Request& r) { return follow_events(parts, r); });
  router.remove("/api/traces", [parts](Context&, const Request&) { return forget_traces(parts); });
  router.get("/api/logs",
             [parts](Context&, const Request& r) { return logs::list_lines(parts.logs, r); });
  router.get("/api/logs/events",
             [parts](Context&, const Request& r) { return logs::follow_lines(parts.logs, r); });
  router.get("/api/traces/{id}/logs", [parts](Context& context, const Request&) {
    return logs::lines_of_trace(parts.logs, context.param("id"));
  });
  router.remove("/api/logs",
                [parts](Context&, const Request&) { return logs::forget_lines(parts.logs); });
  return router;
}

}  // namespace aloft::console
