// SPDX-License-Identifier: Apache-2.0
// A span for each gRPC call of a client, unary or streaming, blocking or not.
//
//   GrpcClientTracing tracing({.service_name = "fraud"});
//   std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> creators;
//   creators.push_back(tracing.interceptor());
//   auto channel = grpc::experimental::CreateCustomChannelWithInterceptors(
//       "fraud.internal:50051", credentials, grpc::ChannelArguments(), std::move(creators));
//
//   grpc::ClientContext context;
//   const GrpcCall call = tracing.trace(context, request);       // before the call is made
//   const grpc::Status status = stub->Score(&context, wanted, &score);
//
// The call carries `x-amzn-trace-id` and `traceparent` in its metadata, in place of those that you
// may have added. Recorded are the method, the status (grpc_status.hpp) and, of a stream, how many
// messages went each way; never metadata, a message or the text of a status. The span begins with
// `trace` and ends with the status; a call that is given up before is a fault of type `dropped`. A
// call that was not traced carries nothing and records nothing.
//
// gRPC's interceptors know a call by its context only, so spans wait in a table for their call,
// behind a lock that is held for the length of a look-up, three times a call.
//
// Thread-safety: all of it; a span belongs to one thread at a time, so `parent` must not be used
// elsewhere during `trace`. Interceptors live as long as gRPC needs them.
#pragma once

#include <aloft/integrations/grpc_status.hpp>
#include <aloft/integrations/propagation.hpp>
#include <aloft/telemetry/span.hpp>

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct GrpcClientOptions {
  /// What the span and the node on the map are called; best as the service traces itself.
  std::string service_name{};
  Propagation propagation = Propagation::configured;
};

namespace detail {

/// Spans whose calls have not begun.
class WaitingSpans {
 public:
  explicit WaitingSpans(GrpcClientOptions options) : options_(std::move(options)) {}

  const GrpcClientOptions& options() const noexcept { return options_; }
  void put(const grpc::ClientContext* context, Span span) {
    const std::lock_guard lock(mutex_);
    spans_.erase(context);
    spans_.emplace(context, std::move(span));
  }
  std::optional<Span> take(const grpc::ClientContext* context) {
    const std::lock_guard lock(mutex_);
    const auto found = spans_.find(context);
    if (found == spans_.end()) return std::nullopt;
    std::optional<Span> span(std::move(found->second));
    spans_.erase(found);
    return span;
  }

 private:
  const GrpcClientOptions options_;
  std::mutex mutex_;
  std::unordered_map<const grpc::ClientContext*, Span> spans_;
};

/// Batches of one call may run at the same time, on several threads: the span is used by the last
/// one only, the one with the status.
class GrpcClientInterceptor final : public grpc::experimental::Interceptor {
 public:
  GrpcClientInterceptor(Span span, bool is_stream, Propagation propagation) noexcept
      : span_(std::move(span)), headers_(span_, propagation), is_stream_(is_stream) {}
  GrpcClientInterceptor(const GrpcClientInterceptor&) = delete;
  GrpcClientInterceptor& operator=(const GrpcClientInterceptor&) = delete;
  ~GrpcClientInterceptor() override {
    span_.set_error("dropped", "the call was given up before its status came");
  }

  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    using Hook = grpc::experimental::InterceptionHookPoints;
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_INITIAL_METADATA)) {
      add_headers(*batch->GetSendInitialMetadata());
    }
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_MESSAGE)) ++sent_;
    if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_MESSAGE) &&
        batch->GetRecvMessage() != nullptr) {
      ++received_;
    }
    if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_STATUS)) {
      finish(batch->GetRecvStatus()->error_code());
    }
    batch->Proceed();
  }

 private:
  void add_headers(std::multimap<std::string, std::string>& metadata) const {
    std::erase_if(metadata, [this](const auto& field) { return headers_.replaces(field.first); });
    for (const auto& [name, value] : headers_) metadata.emplace(name, value);
  }

  void finish(grpc::StatusCode code) noexcept {
    record_grpc_status(span_, code);
    if (is_stream_) {
      span_.annotate("messages_sent", sent_.load());
      span_.annotate("messages_received", received_.load());
    }
    span_.end();
  }

  Span span_;
  const OutgoingHeaders headers_;
  const bool is_stream_;
  std::atomic<std::int64_t> sent_{0};
  std::atomic<std::int64_t> received_{0};
};

class GrpcClientInterceptorFactory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit GrpcClientInterceptorFactory(std::shared_ptr<WaitingSpans> waiting) noexcept
      : waiting_(std::move(waiting)) {}

  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* info) override {
    std::optional<Span> span = waiting_->take(info->client_context());
    if (!span) return nullptr;
    if (span->recording()) {
      const std::string url = grpc_url(waiting_->options().service_name, info->method());
      span->set_http_request({.method = "POST", .url = url});
    }
    const bool is_stream = info->type() != grpc::experimental::ClientRpcInfo::Type::UNARY;
    return new GrpcClientInterceptor(*std::move(span), is_stream, waiting_->options().propagation);
  }

 private:
  const std::shared_ptr<WaitingSpans> waiting_;
};

}  // namespace detail

/// A call whose span waits for it. Ends what was not begun when it goes out of scope, which must be
/// before its context does.
class [[nodiscard]] GrpcCall {
 public:
  GrpcCall(std::shared_ptr<detail::WaitingSpans> waiting,
           const grpc::ClientContext& context) noexcept
      : waiting_(std::move(waiting)), context_(&context) {}
  GrpcCall(const GrpcCall&) = delete;
  GrpcCall& operator=(const GrpcCall&) = delete;
  ~GrpcCall() {
    if (std::optional<Span> span = waiting_->take(context_)) {
      span->set_error("dropped", "the call was never made");
    }
  }

 private:
  const std::shared_ptr<detail::WaitingSpans> waiting_;
  const grpc::ClientContext* const context_;
};

/// One for each service that is called; it may be destroyed before its channels.
class GrpcClientTracing {
 public:
  explicit GrpcClientTracing(GrpcClientOptions options = {})
      : waiting_(std::make_shared<detail::WaitingSpans>(std::move(options))) {}

  /// For `CreateCustomChannelWithInterceptors`; one for each channel.
  std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface> interceptor() const {
    return std::make_unique<detail::GrpcClientInterceptorFactory>(waiting_);
  }

  /// Makes the call that will be made with `context` a child of `parent`.
  GrpcCall trace(const grpc::ClientContext& context, Span& parent) const {
    waiting_->put(&context, parent.child(waiting_->options().service_name, SpanKind::remote));
    return {waiting_, context};
  }

 private:
  const std::shared_ptr<detail::WaitingSpans> waiting_;
};

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
