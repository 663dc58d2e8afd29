// SPDX-License-Identifier: Apache-2.0
// Makes the stream that lines are put into, and its group where that is missing, too.
//
//   CreateLogStream ─ ResourceNotFound → CreateLogGroup → CreateLogStream → PutRetentionPolicy
//
// That something exists already is success. Whoever is told that it failed asks again later.
// Thread-safety: the steps run one after the other, on threads of the client.
#pragma once

#include <aloft/aws/client.hpp>
#include <aloft/aws/cloudwatch_logs_wire.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {

/// What a wire and the steps that it has begun share. The client is the wire's: they end with it.
struct LogTarget {
  LogTarget(CloudWatchLogsOptions of, Platform with) : options(std::move(of)), platform(with) {}

  CloudWatchLogsOptions options;  ///< with the name of the stream
  Platform platform;
  /// The group was made here, as far as we know, and its retention is not set yet.
  std::atomic<bool> retention_wanted{false};
  /// Held while a step has the client, and while the wire lets go of it: no step is ever the last
  /// that has it, for the client cannot end on its own thread. A step may follow inside a step.
  std::recursive_mutex client_held;
};

/// A request of `Logs_20140328`.
AwsRequest logs_request(std::string_view operation, std::string body);

/// Names what the role lacks, where that is what the answer says.
void name_permission(AwsAnswer& answer, std::string_view operation);

std::string create_stream_body(const CloudWatchLogsOptions& options);
std::string create_group_body(const CloudWatchLogsOptions& options);
std::string retention_body(const CloudWatchLogsOptions& options);

class LogCreation : public std::enable_shared_from_this<LogCreation> {
 public:
  LogCreation(std::shared_ptr<LogTarget> target, std::weak_ptr<AwsClient> client, Deadline deadline,
              delivery::Wire::Done done)
      : target_(std::move(target)),
        client_(std::move(client)),
        deadline_(deadline),
        done_(std::move(done)) {}

  void start();
  /// The last step alone.
  void retry_retention();

 private:
  using Step = void (LogCreation::*)(AwsAnswer);
  void call(std::string_view operation, std::string body, Step next);
  void create_stream();
  void set_retention();
  void stream_answered(AwsAnswer answer);
  void group_answered(AwsAnswer answer);
  void retention_answered(AwsAnswer answer);
  void finish(delivery::Answer answer);

  const std::shared_ptr<LogTarget> target_;
  const std::weak_ptr<AwsClient> client_;
  const Deadline deadline_;
  delivery::Wire::Done done_;
  bool group_asked_ = false;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
