// SPDX-License-Identifier: Apache-2.0
#include <aloft/http_client/service_client.hpp>

#include "http_client/request_check.hpp"
#include "http_client/route.hpp"
#include "telemetry/naming.hpp"

#include <aloft/telemetry/outgoing_trace.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

constexpr std::string_view kRequestIdHeader = "x-request-id";
constexpr std::string_view kContentTypeHeader = "content-type";

Unexpected refused(std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, "ServiceOptions::" + std::string(what),
              std::string(remedy));
}

Result<void> check(const ServiceOptions& options) {
  if (options.name.size() > kMaxNameBytes || !detail::is_span_name(options.name)) {
    return refused("name is empty, too long or has a character that X-Ray does not take",
                   "use 1 to 200 letters, digits, blanks and _ . : / % & # = + \\ - @");
  }
  const Result<UrlParts> url = split_url(options.url);
  if (!url) return refused("url: " + url.error().message, url.error().remedy);
  if (url->target.find('?') != std::string_view::npos) {
    return refused("url has a query", "put it into ServiceRequest::query");
  }
  if (options.timeout <= Nanoseconds::zero() || options.timeout > std::chrono::hours(24)) {
    return refused("timeout is out of range", "use more than 0 and at most 24 hours");
  }
  if (!options.timeout_header.empty() && (!http::is_valid_header_name(options.timeout_header) ||
                                          belongs_to_connection(options.timeout_header))) {
    return refused("timeout_header is not the name of a field",
                   "use a name such as x-timeout-ms, or leave it empty");
  }
  return {};
}

/// Replaces what the caller may have copied from its own request: the callee's parent is our span.
void carry_trace(const Span& span, std::optional<HeaderFormats> written, http::Headers& headers) {
  const OutgoingTrace trace(span, written.value_or(span.trace_headers().written));
  // Two that tell different traces are worse than none, in whatever formats.
  if (!trace.xray().empty() || !trace.traceparent().empty()) {
    for (const std::string_view name : {kXRayTraceHeader, kTraceparentHeader, kTracestateHeader}) {
      headers.remove(name);
    }
  }
  trace.each([&](std::string_view name, std::string_view value) { headers.try_set(name, value); });
}

/// How a person says it: which service was late, and how long it had. Without memory for that, what
/// the client said.
Result<ClientResponse> name_timeout(Result<ClientResponse> result, std::string_view service,
                                    Nanoseconds timeout) noexcept {
  const bool timed_out = !result && result.error().code == ErrorCode::deadline_exceeded;
  if (!timed_out || timeout <= Nanoseconds::zero()) return result;
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  try {
    return fail(ErrorCode::deadline_exceeded,
                std::string(service) + " timed out after " + std::to_string(milliseconds) + " ms",
                result.error().remedy);
  } catch (const std::bad_alloc&) {
    return result;
  }
}

/// The one place where a call's outcome reaches its span.
void record(Span& span, const Result<ClientResponse>& result) noexcept {
  if (result) {
    span.set_http_response(result->status, static_cast<std::int64_t>(result->body.size()));
  } else {
    // Whatever the reason: the service gave no answer.
    span.set_error(result.error(), ErrorClass::fault);
  }
  span.end();
}

}  // namespace

ServiceClient::ServiceClient(ServiceOptions options, Client& client) noexcept
    : options_(std::move(options)), client_(&client) {}

Result<ServiceClient> ServiceClient::create(ServiceOptions options, Client& client) {
  if (Result<void> ok = check(options); !ok) return unexpected(ok.error());
  // Routes begin with '/'.
  while (options.url.back() == '/') options.url.pop_back();
  return ServiceClient(std::move(options), client);
}

Span ServiceClient::start(Span& parent, const ServiceRequest& request) const {
  Span span = parent.child(options_.name, SpanKind::remote);
  if (span.recording()) {
    std::string url = options_.url;
    url += request.route;
    span.set_http_request({.method = to_string(request.method), .url = url});
  }
  return span;
}

Nanoseconds ServiceClient::time_for(Deadline deadline) const noexcept {
  return std::min(options_.timeout, deadline.left(client_->platform().clock.steady_now()));
}

Result<ClientRequest> ServiceClient::prepare(const Span& span, ServiceRequest& request,
                                             Deadline deadline) const {
  if (request.route.empty() || request.route.front() != '/') {
    return fail(ErrorCode::invalid_argument, "the route does not start with '/'",
                "write /path/{name}");
  }
  if (!request.target.empty() && request.target.front() != '/') {
    return fail(ErrorCode::invalid_argument, "the target does not start with '/'",
                "leave out scheme and host: they are the service's");
  }
  ClientRequest ready{.method = request.method, .url = options_.url};
  if (request.target.empty()) {
    Result<std::string> target = expand_route(request.route, request.params);
    if (!target) return unexpected(std::move(target).error());
    append_query(*target, request.query);
    ready.url += *target;
  } else {
    ready.url += request.target;
  }
  ready.headers = std::move(request.headers);
  ready.body = std::move(request.body);
  if (Result<void> ok = add_fields(span, request, deadline, ready.headers); !ok) {
    return unexpected(std::move(ok).error());
  }
  return ready;
}

Result<void> ServiceClient::add_fields(const Span& span, const ServiceRequest& request,
                                       Deadline deadline, http::Headers& headers) const {
  if (!request.content_type.empty()) {
    if (Result<void> ok = headers.set(kContentTypeHeader, request.content_type); !ok) return ok;
  }
  if (request.identity != nullptr && !request.identity->request.empty()) {
    headers.try_set(kRequestIdHeader, request.identity->request.view());
  }
  if (!options_.timeout_header.empty()) {
    const Nanoseconds left = deadline.left(client_->platform().clock.steady_now());
    const auto rounded = std::chrono::floor<std::chrono::milliseconds>(left).count();
    headers.try_set(options_.timeout_header, std::to_string(rounded));
  }
  carry_trace(span, options_.trace_headers, headers);
  return {};
}

Result<ClientResponse> ServiceClient::send(Span& parent, ServiceRequest request,
                                           Deadline deadline) {
  Span span = start(parent, request);
  const Nanoseconds timeout = time_for(deadline);
  const Deadline until = Deadline::after(client_->platform().clock, timeout);
  Result<ClientRequest> ready = prepare(span, request, until);
  if (!ready) client_->refuse(ready.error(), {});
  Result<ClientResponse> result =
      ready ? client_->send(*ready, until) : Result<ClientResponse>(unexpected(ready.error()));
  result = name_timeout(std::move(result), options_.name, timeout);
  record(span, result);
  return result;
}

void ServiceClient::send(Span& parent, ServiceRequest request, Deadline deadline,
                         Client::Completion completion) {
  // Completions are copyable functions, a span is not.
  const auto span = std::make_shared<Span>(start(parent, request));
  const Nanoseconds timeout = time_for(deadline);
  const Deadline until = Deadline::after(client_->platform().clock, timeout);
  Client::Completion finish = [span, name = options_.name, timeout,
                               completion = std::move(completion)](auto result) {
    result = name_timeout(std::move(result), name, timeout);
    record(*span, result);
    if (completion) completion(std::move(result));
  };
  Result<ClientRequest> ready = prepare(*span, request, until);
  if (!ready) return client_->refuse(std::move(ready).error(), std::move(finish));
  client_->send(std::move(*ready), until, std::move(finish));
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
