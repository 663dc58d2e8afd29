// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/cloudwatch_logs_wire.hpp>

#include "aws/log_creation.hpp"
#include "aws/log_events.hpp"
#include "aws/log_names.hpp"
#include "aws/verdict.hpp"
#include "core/fork_epoch.hpp"
#include "http_client/gzip.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using delivery::Answer;

/// AWS never answers so any more, emulators do: the batch is there.
constexpr std::string_view kAcceptedBefore = "DataAlreadyAcceptedException";
/// Ours: nothing hurries, and its quota is of a few calls a second for the whole account.
constexpr Nanoseconds kRetentionPause = std::chrono::minutes(1);

class CloudWatchLogsWire final : public delivery::Wire {
 public:
  CloudWatchLogsWire(CloudWatchLogsOptions options, AwsClient client,
                     std::function<Result<AwsClient>()> make, Platform platform)
      : named_(!options.stream.empty()),
        make_(std::move(make)),
        target_(std::make_shared<LogTarget>(std::move(options), platform)),
        client_(std::make_shared<AwsClient>(std::move(client))),
        opened_in_(detail::fork_epoch()) {
    name_stream();
    if (target_->options.gzip) gzip_ = std::make_unique<http_client::Gzip>();
  }
  ~CloudWatchLogsWire() override {
    // In a fork's child the lock may be held by a thread that is not there.
    if (opened_in_ != detail::fork_epoch()) return;
    std::shared_ptr<AwsClient> last;  // ends behind the lock
    const std::lock_guard held(target_->client_held);
    last.swap(client_);
  }
  CloudWatchLogsWire(const CloudWatchLogsWire&) = delete;
  CloudWatchLogsWire& operator=(const CloudWatchLogsWire&) = delete;

  delivery::Limits limits() const noexcept override {
    return {.batch_records = kMaxEventsPerCall,
            .batch_bytes = kMaxCallEventBytes,
            .record_bytes = kMaxEventBytes,
            .record_overhead_bytes = kEventOverheadBytes,
            .oldest = kMaxEventAge,
            .longest_span = kMaxEventSpan};
  }

  void send(delivery::Records records, Deadline deadline, Done done) noexcept override {
    if (Result<void> ok = reopen_after_fork(); !ok) return done(judge_no_answer(ok.error()));
    set_retention_later(deadline);
    LogCall call = plan_log_call(records);
    if (call.order.empty()) return done(read_rejected_events("{}", call));
    const CloudWatchLogsOptions& to = target_->options;
    AwsRequest request =
        logs_request("PutLogEvents", put_log_events_body(to.group, to.stream, records, call));
    compress(request);
    client_->send(std::move(request), deadline,
                  [target = target_, call = std::move(call), done = std::move(done)](
                      AwsAnswer answer) { judge_answer(*target, call, std::move(answer), done); });
  }

  void create_missing(Deadline deadline, Done done) noexcept override {
    if (!target_->options.create) {
      // Somebody else makes it: the put is tried again, and finds out.
      return done(Answer::accepted());
    }
    if (Result<void> ok = reopen_after_fork(); !ok) return done(judge_no_answer(ok.error()));
    std::make_shared<LogCreation>(target_, client_, deadline, std::move(done))->start();
  }

 private:
  static void judge_answer(const LogTarget& target, const LogCall& call, AwsAnswer answer,
                           const Done& done) {
    name_permission(answer, "PutLogEvents");
    Answer verdict = std::move(answer.verdict);
    if (!verdict.failure) {
      verdict = read_rejected_events(answer.response.body, call);
      if (!verdict.failure && !verdict.message.empty()) {
        target.platform.diagnostics.report(ErrorCode::invalid_argument, "logs", verdict.message);
      }
    } else if (answer.code == kAcceptedBefore) {
      verdict = read_rejected_events("{}", call);
    }
    done(std::move(verdict));
  }

  /// Where it could not be set when the group was made.
  void set_retention_later(Deadline deadline) {
    const SteadyTime now = target_->platform.clock.steady_now();
    if (!target_->retention_wanted || now < retention_at_) return;
    retention_at_ = now + kRetentionPause;
    std::make_shared<LogCreation>(target_, client_, deadline, [](const Answer&) {
    })->retry_retention();
  }

  void compress(AwsRequest& request) {
    if (gzip_ == nullptr || !gzip_->ready()) return;
    std::string packed;
    gzip_->begin(packed);
    gzip_->add(request.body);
    if (!gzip_->finish()) return;
    request.body = std::move(packed);
    request.headers.try_set("content-encoding", "gzip");
  }

  void name_stream() {
    if (!named_) target_->options.stream = made_stream_name(target_->platform);
  }

  Result<void> reopen_after_fork() {
    if (opened_in_ == detail::fork_epoch()) return {};
    Result<AwsClient> client = make_();
    if (!client) return unexpected(client.error());
    // Steps of the parent are not there any more: what they share is not changed under them.
    target_ = std::make_shared<LogTarget>(target_->options, target_->platform);
    client_ = std::make_shared<AwsClient>(*std::move(client));
    name_stream();
    opened_in_ = detail::fork_epoch();
    return {};
  }

  const bool named_;
  const std::function<Result<AwsClient>()> make_;
  std::shared_ptr<LogTarget> target_;
  std::shared_ptr<AwsClient> client_;
  std::unique_ptr<http_client::Gzip> gzip_;
  SteadyTime retention_at_{};
  std::uint32_t opened_in_;
};

}  // namespace

Result<std::unique_ptr<delivery::Wire>> cloudwatch_logs_wire(
    CloudWatchLogsOptions options, std::function<Result<AwsClient>()> make, Platform platform) {
  if (Result<void> ok = check_log_names(options); !ok) return unexpected(ok.error());
  Result<AwsClient> client = make();
  if (!client) return unexpected(client.error());
  return std::unique_ptr<delivery::Wire>(std::make_unique<CloudWatchLogsWire>(
      std::move(options), *std::move(client), std::move(make), platform));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
