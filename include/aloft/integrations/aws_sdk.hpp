// SPDX-License-Identifier: Apache-2.0
// A span for a call through the AWS SDK for C++, blocking or not.
//
//   Aws::DynamoDB::Model::PutItemRequest put;
//   put.SetTableName("charges");
//   AwsSdkCall call(request, put, {.service = "DynamoDB", .region = "eu-west-1"});
//   const auto outcome = client.PutItem(put);                // carries x-amzn-trace-id
//   call.finish(outcome);
//
// Recorded are the operation, the table or queue where a request has one, the region, the request
// id of an error, the status, how often the SDK tried again, and the name of an error; never a
// parameter, an item or the message of an error, which may quote one. An error that the SDK counts
// as throttling has status 429, by which X-Ray knows a throttle: DynamoDB answers it with 400. A
// call that dies without an outcome ends as a fault of type `dropped`.
//
// Not compiled against the SDK so far: this header includes nothing of it and asks only that
// requests, outcomes and errors have the members of the SDK's. The tests hold it to stand-ins; with
// AWSSDK_ROOT set they also compile it against the SDK's headers.
//
// Moves into the handler of an asynchronous call. Thread-safety: as a `Span`.
#pragma once

#include <aloft/integrations/propagation.hpp>
#include <aloft/telemetry/span.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct AwsSdkCallOptions {
  std::string_view service{};  ///< name of the span, as X-Ray names the service: "DynamoDB", "S3"
  std::string_view region{};   ///< of the client
};

class [[nodiscard]] AwsSdkCall {
 public:
  /// @param request  is given `x-amzn-trace-id`: no SDK signs it, and AWS knows no other.
  template <typename Request>
  AwsSdkCall(Span& parent, Request& request, const AwsSdkCallOptions& options)
      : span_(parent.child(options.service, SpanKind::aws)) {
    for (const OutgoingHeader& header : OutgoingHeaders(span_, Propagation::xray)) {
      request.SetAdditionalCustomHeaderValue({header.name.data(), header.name.size()},
                                             {header.value.data(), header.value.size()});
    }
    span_.set_aws_call({.operation = request.GetServiceRequestName(), .region = options.region});
    if constexpr (requires { request.GetTableName().data(); }) {
      span_.set_aws_call({.table_name = view_of(request.GetTableName())});
    }
    if constexpr (requires { request.GetQueueUrl().data(); }) {
      span_.set_aws_call({.queue_url = view_of(request.GetQueueUrl())});
    }
  }
  AwsSdkCall(AwsSdkCall&&) noexcept = default;
  AwsSdkCall(const AwsSdkCall&) = delete;
  AwsSdkCall& operator=(const AwsSdkCall&) = delete;
  AwsSdkCall& operator=(AwsSdkCall&&) = delete;
  ~AwsSdkCall() { span_.set_error("dropped", "the call was given up before its outcome"); }

  /// Records the outcome and ends the span; further calls do nothing.
  template <typename Outcome>
  void finish(const Outcome& outcome) {
    if (span_.recording()) record(outcome);
    span_.end();
  }

  /// For what only you know of the call.
  Span& span() noexcept { return span_; }

 private:
  template <typename Text>
  static std::string_view view_of(const Text& text) noexcept {
    return {text.data(), text.size()};
  }

  template <typename Outcome>
  void record(const Outcome& outcome) {
    if constexpr (requires { outcome.GetRetryCount(); }) {  // since 1.9
      span_.set_aws_call({.retries = static_cast<int>(outcome.GetRetryCount())});
    }
    if (outcome.IsSuccess()) {
      span_.set_http_response(200);
      return;
    }
    const auto& error = outcome.GetError();
    const std::string_view name = view_of(error.GetExceptionName());
    span_.set_aws_call({.request_id = view_of(error.GetRequestId())});
    if (!name.empty()) span_.annotate("aws_error", name);
    // -1, REQUEST_NOT_MADE, where no answer came.
    const int status = static_cast<int>(error.GetResponseCode());
    span_.set_http_response(error.ShouldThrottle() ? 429 : status);
    if (status < 100) {
      span_.set_error("unavailable", "no answer came");
    } else if (status >= 500 && !error.ShouldThrottle()) {
      span_.set_error(name.empty() ? "internal" : name, "the service failed");
    }
  }

  Span span_;
};

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
