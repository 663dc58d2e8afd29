// SPDX-License-Identifier: Apache-2.0
// A span for each call that a gRPC server answers, unary or streaming, whatever the API.
//
//   GrpcServerTracing tracing(telemetry.tracer(), {.edge = http::EdgePolicy::trust});
//   std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
//   creators.push_back(tracing.interceptor());
//   builder.experimental().SetInterceptorCreators(std::move(creators));
//
//   grpc::Status Score(grpc::ServerContext* context, …) override {
//     Span look_up = tracing.child(*context, "look up");        // inside the call's span
//
// The caller's trace header, X-Ray's or W3C's, is read as far as the edge trusts it. Recorded are
// the method, the client's address, the status (grpc_status.hpp) and how many messages a stream had
// each way; never metadata, a message or the text of a status. A call whose status was never
// sent ends as CANCELLED.
//
// gRPC tells a handler its context only, so the spans of calls in flight stand in a table, behind a
// lock that is held for the length of a look-up.
//
// Thread-safety: all of it; the span of a call is its handler's until the status is sent.
#pragma once

#include <aloft/integrations/grpc_status.hpp>
#include <aloft/integrations/propagation.hpp>
#include <aloft/telemetry/span.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_interceptor.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct GrpcServerOptions {
  /// Name of the span; empty stands for the service name of the telemetry.
  std::string service_name{};
  http::EdgePolicy edge = http::EdgePolicy::restart;
  /// Whose call it is, for the sampler, by what was proved of the peer (its certificate, a token
  /// that was checked); empty when unknown. Called once a call, before it begins; must not throw.
  std::function<std::string(const grpc::ServerContextBase&)> tenant{};
};

namespace detail {

/// The spans of calls in flight; shared with interceptors, which gRPC may keep longer.
class SpansInFlight {
 public:
  SpansInFlight(Tracer tracer, GrpcServerOptions options)
      : tracer_(tracer), options_(std::move(options)) {}

  const Tracer& tracer() const noexcept { return tracer_; }
  const GrpcServerOptions& options() const noexcept { return options_; }
  void put(const grpc::ServerContextBase* context, Span& span) {
    const std::lock_guard lock(mutex_);
    spans_.insert_or_assign(context, &span);
  }
  Span* find(const grpc::ServerContextBase* context) {
    const std::lock_guard lock(mutex_);
    const auto found = spans_.find(context);
    return found == spans_.end() ? nullptr : found->second;
  }
  void remove(const grpc::ServerContextBase* context) {
    const std::lock_guard lock(mutex_);
    spans_.erase(context);
  }

 private:
  const Tracer tracer_;
  const GrpcServerOptions options_;
  std::mutex mutex_;
  std::unordered_map<const grpc::ServerContextBase*, Span*> spans_;
};

/// "127.0.0.1" of gRPC's "ipv4:127.0.0.1:50051", "::1" of "ipv6:[::1]:50051" and of
/// "ipv6:%5B::1%5D:50051"; empty for a socket in the file system.
inline std::string_view address_of_peer(std::string_view peer) noexcept {
  const bool is_ipv6 = peer.starts_with("ipv6:");
  if (!is_ipv6 && !peer.starts_with("ipv4:")) return {};
  peer.remove_prefix(5);
  peer = peer.substr(0, peer.rfind(':'));
  if (!is_ipv6) return peer;
  for (const std::string_view open : {"[", "%5B"}) {
    if (peer.starts_with(open)) peer.remove_prefix(open.size());
  }
  for (const std::string_view close : {"]", "%5D"}) {
    if (peer.ends_with(close)) peer.remove_suffix(close.size());
  }
  return peer;
}

/// Batches of one call may run at the same time, on several threads: the span is used by the first
/// one and by the one with the status, between which it is the handler's.
class GrpcServerInterceptor final : public grpc::experimental::Interceptor {
 public:
  GrpcServerInterceptor(std::shared_ptr<SpansInFlight> spans,
                        grpc::experimental::ServerRpcInfo& info) noexcept
      : spans_(std::move(spans)),
        context_(info.server_context()),
        method_(info.method()),
        is_stream_(info.type() != grpc::experimental::ServerRpcInfo::Type::UNARY) {}
  GrpcServerInterceptor(const GrpcServerInterceptor&) = delete;
  GrpcServerInterceptor& operator=(const GrpcServerInterceptor&) = delete;
  ~GrpcServerInterceptor() override { finish(grpc::StatusCode::CANCELLED); }

  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    using Hook = grpc::experimental::InterceptionHookPoints;
    if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_INITIAL_METADATA)) {
      start(*batch->GetRecvInitialMetadata());
    }
    if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_MESSAGE) &&
        batch->GetRecvMessage() != nullptr) {
      ++received_;
    }
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_MESSAGE)) ++sent_;
    if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_STATUS)) {
      finish(batch->GetSendStatus().error_code());
    }
    batch->Proceed();
  }

 private:
  void start(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
    const auto each_line = [&metadata](std::string_view name, const auto& take) {
      auto [at, end] = metadata.equal_range({name.data(), name.size()});
      for (; at != end; ++at) take({at->second.data(), at->second.size()});
    };
    const GrpcServerOptions& options = spans_->options();
    const std::string tenant = options.tenant ? options.tenant(*context_) : std::string();
    const grpc::string_ref host = context_->ExperimentalGetAuthority();
    span_.emplace(start_served(spans_->tracer(), options.service_name, {.tenant = tenant},
                               {.edge = options.edge,
                                .traits = {.host = {host.data(), host.size()},
                                           .http_method = "POST",
                                           .url_path = method_}},
                               each_line));
    if (span_->recording()) {
      const std::string url = grpc_url(options.service_name, method_);
      const std::string peer = context_->peer();
      span_->set_http_request({.method = "POST", .url = url, .client_ip = address_of_peer(peer)});
    }
    spans_->put(context_, *span_);
  }

  void finish(grpc::StatusCode code) {
    if (!span_ || std::exchange(finished_, true)) return;
    spans_->remove(context_);
    record_grpc_status(*span_, code);
    if (is_stream_) {
      span_->annotate("messages_received", received_.load());
      span_->annotate("messages_sent", sent_.load());
    }
    span_->end();
  }

  const std::shared_ptr<SpansInFlight> spans_;
  grpc::ServerContextBase* const context_;
  const char* const method_;  // lives with the call
  const bool is_stream_;
  std::optional<Span> span_;
  bool finished_ = false;
  std::atomic<std::int64_t> received_{0};
  std::atomic<std::int64_t> sent_{0};
};

class GrpcServerInterceptorFactory final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit GrpcServerInterceptorFactory(std::shared_ptr<SpansInFlight> spans) noexcept
      : spans_(std::move(spans)) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new GrpcServerInterceptor(spans_, *info);
  }

 private:
  const std::shared_ptr<SpansInFlight> spans_;
};

}  // namespace detail

/// One for each server; it may be destroyed before it.
class GrpcServerTracing {
 public:
  explicit GrpcServerTracing(Tracer tracer, GrpcServerOptions options = {})
      : spans_(std::make_shared<detail::SpansInFlight>(tracer, std::move(options))) {}

  /// For `SetInterceptorCreators`; one for each server.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> interceptor() const {
    return std::make_unique<detail::GrpcServerInterceptorFactory>(spans_);
  }

  /// The span of the call that has this context; null before it began, after its status was sent,
  /// and on a server without the interceptor.
  Span* find(const grpc::ServerContextBase& context) const { return spans_->find(&context); }

  /// A child of the call's span; one that does nothing where `find` is null.
  Span child(const grpc::ServerContextBase& context, std::string_view name) const {
    Span* span = find(context);
    return span == nullptr ? Span() : span->child(name);
  }

 private:
  const std::shared_ptr<detail::SpansInFlight> spans_;
};

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
