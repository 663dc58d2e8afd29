// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/middleware/tracing.hpp>

#include <aloft/core/text.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
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

constexpr std::string_view kXRayHeader = "X-Amzn-Trace-Id";
constexpr std::string_view kTraceparentHeader = "traceparent";
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

/// The length first: most names end here, without a call.
bool is_named(const HeaderField& field, std::string_view name) noexcept {
  return field.name.size() == name.size() && text::equals_ignoring_case(field.name, name);
}

/// The trace headers of one request, line by line.
struct TraceHeaders {
  void take_xray(std::string_view value) noexcept {
    if (read) {
      ++dropped.repeated;
    } else if (read_xray_header(value, parent, dropped) == ParseStatus::ok) {
      read = true;
    } else {
      ++unreadable;
      if (decision == Sampled::undecided) decision = read_xray_decision(value);
    }
  }
  void take_traceparent(std::string_view value) noexcept {
    traceparent = value;
    ++traceparents;
  }
  TraceContext finish() noexcept {
    // More than one `traceparent` is none: the standard leaves no choice between them.
    if (!read && traceparents == 1) read = read_traceparent(traceparent, parent) == ParseStatus::ok;
    refused = !read && unreadable + traceparents != 0;
    if (read) dropped.malformed += unreadable;
    // A new trace then, but recorded or not as the caller said.
    if (!read) parent.sampled = decision;
    return parent;
  }

  TraceContext parent;
  Sampled decision = Sampled::undecided;  // of the first unreadable line that has one
  DroppedPairs dropped;
  std::string_view traceparent;
  std::uint32_t unreadable = 0;  // lines of X-Amzn-Trace-Id before the one that was read
  std::uint32_t traceparents = 0;
  bool read = false;
  bool refused = false;
};

}  // namespace

Tracing::Tracing(Tracer tracer, TracingOptions options)
    : tracer_(tracer), options_(std::move(options)) {
  options_.recorded_headers = recordable(std::move(options_.recorded_headers));
}

GuardDecision Tracing::begin(Context& context, const Request& request) {
  const RequestTraits traits{
      .host = request.host, .http_method = to_string(request.method), .url_path = request.target};
  context.set_span(tracer_.start(options_.service_name,
                                 {.parent = parent_of(request),
                                  .kind = SpanKind::server,
                                  .tenant = context.identity.tenant.view()},
                                 traits));
  const Span& span = context.span();
  if (!span.trace_id().valid()) return GuardDecision::proceed();

  // Without the span's own id: the caller may quote the trace, the id inside it is ours.
  TraceContext answer = span.context();
  answer.span_id = {};
  const XRayHeader value = write_xray_header(answer);
  assert(is_valid_header_value(value.view()));
  if (context.response_headers.fits(kXRayHeader, value.view())) {
    context.response_headers.append(kXRayHeader, value.view());
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

TraceContext Tracing::parent_of(const Request& request) noexcept {
  if (options_.edge == EdgePolicy::restart) return {};
  TraceHeaders found;
  for (const HeaderField field : request.headers) {
    if (is_named(field, kXRayHeader)) {
      found.take_xray(field.value);
    } else if (is_named(field, kTraceparentHeader)) {
      found.take_traceparent(field.value);
    }
  }
  const TraceContext parent = found.finish();
  if (found.refused) refused_trace_headers_.fetch_add(1, std::memory_order_relaxed);
  if (const std::uint32_t dropped = found.dropped.total()) {
    dropped_trace_pairs_.fetch_add(dropped, std::memory_order_relaxed);
  }
  return parent;
}

std::shared_ptr<Tracing> tracing(Tracer tracer, TracingOptions options) {
  return std::make_shared<Tracing>(tracer, std::move(options));
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
