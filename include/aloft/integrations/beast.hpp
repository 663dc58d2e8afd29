// SPDX-License-Identifier: Apache-2.0
// Spans of the requests that you send and answer with Boost.Beast, in your own messages on your own
// streams, blocking or not.
//
//   BeastCall call(request_span, wanted, {.url = "https://fraud.internal/v1/scores/{id}"});
//   beast::http::write(stream, wanted);                 // carries the trace headers
//   beast::http::read(stream, buffer, answer);
//   call.finish(answer);                                // or call.fail(error)
//
//   BeastServed served(tracer, request, {.client_ip = address, .edge = http::EdgePolicy::trust});
//   served.set_route("/v1/charges/{id}");               // when routing has found it
//   served.span().child(…); … make `answer` …
//   served.answer(answer);                              // before it is written
//   beast::http::write(stream, answer);                 // then it dies, or served.fail(error)
//
// Recorded are method, url template, status and bytes of the body, of a request that is served also
// the client's address and its user agent; never the target as it was sent, another header or a
// body. An object that dies without an outcome ends as a fault of type `dropped`.
//
// Both move into the handlers of asynchronous operations. This header includes nothing of Boost: it
// asks only that a message has the members of Beast's.
//
// Thread-safety: as a `Span`. Throws only what the message's own members throw.
#pragma once

#include <aloft/core/error.hpp>
#include <aloft/integrations/propagation.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/span.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct BeastCallOptions {
  /// What is recorded: scheme, host, route template. The span is named by the host.
  std::string_view url{};
  Propagation propagation = Propagation::configured;
};

struct BeastServedOptions {
  std::string_view service_name{};  ///< of the span; empty stands for that of the telemetry
  std::string_view client_ip{};     ///< of the socket
  std::string_view scheme = "http";
  std::string_view tenant{};  ///< for the sampler; empty when unknown
  http::EdgePolicy edge = http::EdgePolicy::restart;
};

namespace detail {

/// Beast's own kind of view, whichever it is in this version.
template <typename View>
std::string_view view_of(const View& view) noexcept {
  return {view.data(), view.size()};
}

template <typename Message>
std::string_view header_of(const Message& message, std::string_view name) {
  const auto found = message.find(name);
  return found == message.end() ? std::string_view() : view_of(found->value());
}

/// -1 where the message does not say.
template <typename Message>
std::int64_t body_bytes(const Message& message) {
  if constexpr (requires { *message.payload_size(); }) {
    const auto bytes = message.payload_size();
    if (bytes) return static_cast<std::int64_t>(*bytes);
  }
  return -1;
}

/// A span that has an outcome, or was dropped.
class BeastSpan {
 public:
  explicit BeastSpan(Span span) noexcept : span_(std::move(span)) {}
  BeastSpan(BeastSpan&&) noexcept = default;
  BeastSpan(const BeastSpan&) = delete;
  BeastSpan& operator=(const BeastSpan&) = delete;
  BeastSpan& operator=(BeastSpan&&) = delete;
  ~BeastSpan() {
    if (!told_) span_.set_error("dropped", "the request was given up before its answer");
  }

  Span& span() noexcept { return span_; }

  /// For an error of Beast, Asio or the system, whose message is a text of its category.
  template <typename Code>
  void fail(const Code& code) {
    told_ = true;
    if (span_.recording()) {
      span_.annotate("error_category", std::string_view(code.category().name()));
      span_.annotate("error_value", std::int64_t{code.value()});
      span_.set_error(to_string(ErrorCode::unavailable), code.message());
    }
    span_.end();
  }

 protected:
  template <typename Response>
  void record(const Response& response) {
    told_ = true;
    if (!span_.recording()) return;
    span_.set_http_response(static_cast<int>(response.result_int()), body_bytes(response));
  }

 private:
  Span span_;
  bool told_ = false;
};

}  // namespace detail

/// A request that you send.
class [[nodiscard]] BeastCall : public detail::BeastSpan {
 public:
  /// @param request  is given the trace headers, in place of those that it has.
  template <typename Request>
  BeastCall(Span& parent, Request& request, const BeastCallOptions& options)
      : BeastSpan(http_call(
            parent, {.method = detail::view_of(request.method_string()), .url = options.url})) {
    const OutgoingHeaders headers(span(), options.propagation);
    if (headers.size() == 0) return;
    for (const std::string_view name : {kXRayHeaderName, kTraceparentName, kTracestateName}) {
      request.erase(name);
    }
    for (const OutgoingHeader& header : headers) request.set(header.name, header.value);
  }

  /// The answer has come; ends the span.
  template <typename Response>
  void finish(const Response& response) {
    record(response);
    span().end();
  }
};

/// A request that you answer.
class [[nodiscard]] BeastServed : public detail::BeastSpan {
 public:
  template <typename Request>
  BeastServed(const Tracer& tracer, const Request& request, const BeastServedOptions& options = {})
      : BeastSpan(start_served(tracer, options.service_name, {.tenant = options.tenant},
                               {.edge = options.edge, .traits = traits_of(request)},
                               [&request](std::string_view name, const auto& take) {
                                 for (auto [at, end] = request.equal_range(name); at != end; ++at) {
                                   take(detail::view_of(at->value()));
                                 }
                               })) {
    if (!span().recording()) return;
    origin_ = options.scheme;
    origin_ += "://";
    origin_ += detail::header_of(request, "host");
    span().set_http_request({.method = detail::view_of(request.method_string()),
                             .user_agent = detail::header_of(request, "user-agent"),
                             .client_ip = options.client_ip});
  }

  /// The template that matched, e.g. "/v1/charges/{id}"; without one no url is recorded.
  void set_route(std::string_view route) {
    if (!span().recording()) return;
    const std::string url = origin_ + std::string(route);
    span().set_http_request({.url = url});
  }

  /// The answer is complete: records it and tells the caller the trace's id. The span ends with
  /// this object, so that it lasts until the answer is written.
  template <typename Response>
  void answer(Response& response) {
    // Without the span's own id: the caller may quote the trace, the id inside it is ours.
    TraceContext told = span().context();
    told.span_id = {};
    const XRayHeader header = write_xray_header(told);
    const bool tells = has_xray(span().trace_headers().read) && !header.empty();
    if (tells) response.set(kXRayHeaderName, header.view());
    record(response);
  }

 private:
  template <typename Request>
  static RequestTraits traits_of(const Request& request) {
    return {.host = detail::header_of(request, "host"),
            .http_method = detail::view_of(request.method_string()),
            .url_path = detail::view_of(request.target())};
  }

  std::string origin_;
};

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
