// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/xray_wire.hpp>

#include "aws/verdict.hpp"
#include "aws/xray_answer.hpp"
#include "core/fork_epoch.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// The collector refuses trace ids that are older; X-Ray keeps traces for 30 days. Source:
/// opentelemetry-collector-contrib, awsxrayexporter, maxAge, read 2026-11.
constexpr Nanoseconds kOldest = std::chrono::hours(24 * 28);

class XRayWire final : public delivery::Wire {
 public:
  XRayWire(AwsClient client, std::function<Result<AwsClient>()> make)
      : client_(std::move(client)), make_(std::move(make)), opened_in_(detail::fork_epoch()) {}

  delivery::Limits limits() const noexcept override {
    return {.batch_records = kMaxSegmentsPerCall,
            .batch_bytes = kMaxCallBytes,
            .record_bytes = kMaxSegmentBytes,
            .record_overhead_bytes = 3,  // two quotes and a comma
            .oldest = kOldest};
  }

  void send(delivery::Records records, Deadline deadline, Done done) noexcept override {
    if (Result<void> ok = reopen_after_fork(); !ok) return done(judge_no_answer(ok.error()));
    AwsRequest request{.path = "/TraceSegments", .body = put_trace_segments_body(records)};
    request.headers.try_set("content-type", "application/json");
    client_.send(std::move(request), deadline, [records, done = std::move(done)](AwsAnswer answer) {
      if (!answer.verdict.failure) return done(read_unprocessed(answer.response.body, records));
      if (answer.verdict.failure == delivery::Failure::unauthorized) {
        answer.verdict.message += "; the role needs xray:PutTraceSegments";
      }
      // There is nothing to create: the wrong endpoint answers so.
      if (answer.verdict.failure == delivery::Failure::missing) {
        answer.verdict.failure = delivery::Failure::final;
      }
      done(std::move(answer.verdict));
    });
  }

  void create_missing(Deadline, Done done) noexcept override { done(delivery::Answer::accepted()); }

 private:
  Result<void> reopen_after_fork() {
    if (!make_ || opened_in_ == detail::fork_epoch()) return {};
    Result<AwsClient> client = make_();
    if (!client) return unexpected(client.error());
    client_ = *std::move(client);
    opened_in_ = detail::fork_epoch();
    return {};
  }

  AwsClient client_;
  const std::function<Result<AwsClient>()> make_;
  std::uint32_t opened_in_;
};

}  // namespace

std::unique_ptr<delivery::Wire> xray_wire(AwsClient client) {
  return std::make_unique<XRayWire>(std::move(client), nullptr);
}

Result<std::unique_ptr<delivery::Wire>> xray_wire(std::function<Result<AwsClient>()> make) {
  Result<AwsClient> client = make();
  if (!client) return unexpected(client.error());
  return std::unique_ptr<delivery::Wire>(
      std::make_unique<XRayWire>(*std::move(client), std::move(make)));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
