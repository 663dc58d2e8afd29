// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/middleware/tracing.hpp>

#include <aloft/core/text.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/redactor.hpp>
#include <aloft/telemetry/sampler.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

constexpr std::string_view kMetadataNamespace = "http";
constexpr std::size_t kMaxRecordedHeaders = 16;
/// Ours: scheme, a host of at most 255 bytes and the longest sensible template.
constexpr std::size_t kMaxUrlBytes = 1024;

std::vector<std::string> recordable(std::vector<std::string> names) {
  for (std::string& name : names) {
    std::transform(name.begin(), name.end(), name.begin(), text::to_lower);
  }
  std::erase_if(names, [](const std::string& name) {
    return !is_valid_header_name(name) || is_credential_header(name);
  });
  if (names.size() > kMaxRecordedHeaders) names.resize(kMaxRecordedHeaders);
  return names;
}

/// scheme://host/route/{template}, never what the client put into path and query.
class Url {
 public:
  Url(const Request& request, std::string_view route) noexcept {
    append(request.scheme);
    append("://");
    append(request.host);
    append(route);
  }
  std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  void append(std::string_view part) noexcept {
    size_ += part.copy(bytes_.data() + size_, bytes_.size() - size_);
  }

  // Left uninitialised: clearing a kilobyte for sixty bytes of URL would cost more than the rest.
  std::array<char, kMaxUrlBytes> bytes_;
  std::size_t size_ = 0;
};

}  // namespace

Tracing::Tracing(Tracer tracer, TracingOptions options)
    : tracer_(tracer),
      options_(std::move(options)),
      formats_(options_.trace_headers.value_or(tracer.trace_headers().read)) {
  options_.recorded_headers = recordable(std::move(options_.recorded_headers));
}

[[gnu::always_inline]] inline void Tracing::read_headers(const Request& request,
                                                         IncomingTrace& incoming) noexcept {
  for (const HeaderField field : request.headers) incoming.take(field.name, field.value);
  incoming.finish();
  if (incoming.refused()) refused_trace_headers_.fetch_add(1, std::memory_order_relaxed);
  if (const std::uint32_t dropped = incoming.dropped().total()) {
    dropped_trace_pairs_.fetch_add(dropped, std::memory_order_relaxed);
  }
}

[[gnu::always_inline]] inline void Tracing::start(Context& context, const Request& request) {
  const RequestTraits traits{
      .host = request.host, .http_method = to_string(request.method), .url_path = request.target};
  StartOptions options{.kind = SpanKind::server, .tenant = context.identity.tenant.view()};
  if (options_.edge == EdgePolicy::restart) {
    context.set_span(tracer_.start(options_.service_name, options, traits));
    return;
  }
  IncomingTrace incoming(formats_);
  read_headers(request, incoming);
  const TraceContext& caller = incoming.parent();
  const bool trusts = options_.edge == EdgePolicy::trust;
  if (trusts) options.parent = caller;
  context.set_span(tracer_.start(options_.service_name, options, traits));
  if (trusts) {
    if (!incoming.extras().empty()) context.span().pass_on(incoming.extras());
  } else if (caller.trace_id.valid() && caller.span_id.valid()) {
    // A caller that named no span, as a load balancer, has nothing that a link could lead to.
    context.span().link(caller);
  }
}

GuardDecision Tracing::begin(Context& context, const Request& request) {
  start(context, request);
  const Span& span = context.span();
  if (!span.trace_id().valid()) return GuardDecision::proceed();

  if (has_xray(formats_)) {
    // Without the span's own id: the caller may quote the trace, the id inside it is ours. Whoever
    // asked by `Sampled=?` finds the answer here. What the trace passes on is for those behind us.
    TraceContext answer = span.context();
    answer.span_id = {};
    const XRayHeader value = write_xray_header(answer);
    assert(is_valid_header_value(value.view()));
    if (context.response_headers.fits(kXRayTraceHeader, value.view())) {
      context.response_headers.append(kXRayTraceHeader, value.view());
    }
  }
  if (span.recording()) {
    const Url url(request, context.route());
    context.span().set_http_request({.method = to_string(request.method),
                                     .url = url.view(),
                                     .user_agent = request.headers.get("user-agent").value_or(""),
                                     .client_ip = request.peer_address});
  }
  return GuardDecision::proceed();
}

void Tracing::end(Context& context, const Request& request, Outcome& outcome) noexcept {
  Span& span = context.span();
  if (!span.recording()) return;
  const int status = outcome.status();
  const bool length_known = !outcome.exception && !outcome.response.on_stream;
  span.set_http_response(
      status, length_known ? static_cast<std::int64_t>(outcome.response.body.size()) : -1);
  if (outcome.exception) span.set_error(outcome.exception);
  span.set_identity(context.identity);
  if (status >= 500) span.annotate("error", true);
  for (const std::string& name : options_.recorded_headers) {
    if (const std::optional<std::string_view> value = request.headers.get(name)) {
      span.add_metadata(kMetadataNamespace, name, *value);
    }
  }
  span.end();
}

std::shared_ptr<Tracing> tracing(Tracer tracer, TracingOptions options) {
  return std::make_shared<Tracing>(tracer, std::move(options));
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
