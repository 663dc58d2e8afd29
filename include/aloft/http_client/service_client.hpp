// SPDX-License-Identifier: Apache-2.0
// Calls to one downstream service, each a span that the service map shows as an edge.
//
// A call makes a child of `parent` named by the service, kind remote, with method and
// scheme://host/route/{template} (never the path, never the query), and at the end status and
// content length; no answer is recorded once, as a fault. The child's ids go along as
// `X-Amzn-Trace-Id` and `traceparent`, with what the trace passes on (`Lineage`, `tracestate`),
// also when it is not sampled, so that the callee continues it and obeys.
//
//   Result<ServiceClient> ledger = ServiceClient::create(
//       {.name = "ledger", .url = "http://127.0.0.1:8081", .timeout = 500ms}, *client);
//   Result<ClientResponse> entry = ledger->send(
//       context.span(),
//       {.route = "/v1/entries/{id}", .params = {{"id", id}}, .identity = &context.identity},
//       context.deadline);
//   if (!entry || entry->status >= 500) return Response::problem(503, "Unavailable", "try later");
//
// Thread-safety: all of it; a span belongs to one thread at a time, so `parent` must not be used
// elsewhere during the call to `send`. The client must outlive it; what is in flight does not need
// either any more. Nothing throws but what the caller's own strings throw when memory is gone.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/identity.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/http/method.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/telemetry/span.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {

struct ServiceOptions {
  /// What the span and the node on the map are called: 1..200 bytes of letters, digits, blanks and
  /// `_ . : / % & # = + \ - @`. Best the name under which the service traces itself.
  std::string name{};
  /// `http` or `https`, a host, perhaps a port and a path that goes before every route.
  std::string url{};
  /// No call takes longer, whatever its deadline. More than 0, at most 24 hours.
  Nanoseconds timeout = std::chrono::seconds(2);
  /// A field that tells the callee how many milliseconds are left, e.g. "x-timeout-ms"; empty:
  /// none is sent. A duration, not a point in time, so that clocks need not agree. There is no
  /// standard name, so there is no default.
  std::string timeout_header{};
  /// Which trace headers are written, when it is others than the span's telemetry says.
  std::optional<HeaderFormats> trace_headers{};
};

/// A name and its value, before any encoding.
struct NamedValue {
  std::string_view name{};
  std::string_view value{};
};

/// All views must live until `send` returns.
struct ServiceRequest {
  http::Method method = http::Method::get;
  /// What is recorded, e.g. "/v1/entries/{id}". Starts with '/'.
  std::string_view route{};
  /// Each `{name}` of the route is replaced by the value of that name, percent-encoded.
  std::vector<NamedValue> params{};
  /// Appended as `?name=value&…`, percent-encoded.
  std::vector<NamedValue> query{};
  /// The real path and query, encoded already; given, `params` and `query` are ignored.
  std::string_view target{};
  http::Headers headers{};
  std::string body{};
  std::string_view content_type{};  ///< sets the field when not empty
  /// Its request id goes along as `x-request-id`. Tenant and user do not: the callee must learn
  /// them from something it can trust.
  const Identity* identity = nullptr;
};

class ServiceClient {
 public:
  /// @param client  must outlive this.
  /// @error invalid_argument  name, url, timeout or the name of the field.
  static Result<ServiceClient> create(ServiceOptions options, Client& client);

  /// Calls and waits, at most until `deadline` or the service's own timeout.
  /// @return the answer with whatever status; 4xx marks the span an error, 429 also a throttle, 5xx
  ///         a fault.
  /// @error  as `Client::send`; recorded on the span as its fault. Also `invalid_argument` when the
  ///         route has a parameter without a value.
  Result<ClientResponse> send(Span& parent, ServiceRequest request, Deadline deadline);
  /// The same without waiting. The span ends before `completion` runs, which happens as
  /// `Client::Completion` says.
  void send(Span& parent, ServiceRequest request, Deadline deadline, Client::Completion completion);

  const std::string& name() const noexcept { return options_.name; }

 private:
  ServiceClient(ServiceOptions options, Client& client) noexcept;
  Span start(Span& parent, const ServiceRequest& request) const;
  /// What a call gets: the service's timeout, or what is left until `deadline`.
  Nanoseconds time_for(Deadline deadline) const noexcept;
  Result<ClientRequest> prepare(const Span& span, ServiceRequest& request, Deadline deadline) const;
  Result<void> add_fields(const Span& span, const ServiceRequest& request, Deadline deadline,
                          http::Headers& headers) const;

  ServiceOptions options_;
  Client* client_;
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
