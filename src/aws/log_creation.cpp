// SPDX-License-Identifier: Apache-2.0
#include "aws/log_creation.hpp"

#include <aloft/core/json_writer.hpp>

#include <mutex>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using delivery::Answer;
using delivery::Failure;

/// A name of 512 bytes, a key of 256, fifty tags of 384; escaping makes six bytes of one at most.
constexpr std::size_t kMaxCreationBytes = 128 * 1024;
constexpr std::string_view kExists = "ResourceAlreadyExistsException";

bool is_denied(const AwsAnswer& answer) noexcept {
  return answer.code == "AccessDeniedException" || answer.code == "AccessDenied";
}

/// Whether to set the retention again later.
bool may_help(const AwsAnswer& answer) noexcept {
  const auto failure = answer.verdict.failure;
  return failure == Failure::throttled || failure == Failure::transient ||
         (failure == Failure::unauthorized && !is_denied(answer));
}

}  // namespace

AwsRequest logs_request(std::string_view operation, std::string body) {
  AwsRequest request{.body = std::move(body)};
  // Source: botocore's model of `logs`: JSON 1.1, target prefix Logs_20140328, read 2026-11.
  request.headers.try_set("content-type", "application/x-amz-json-1.1");
  request.headers.try_set("x-amz-target", "Logs_20140328." + std::string(operation));
  return request;
}

void name_permission(AwsAnswer& answer, std::string_view operation) {
  if (is_denied(answer)) answer.verdict.message.append("; the role needs logs:").append(operation);
}

std::string create_stream_body(const CloudWatchLogsOptions& options) {
  json::Buffer buffer(kMaxCreationBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("logGroupName").text(options.group);
  json.key("logStreamName").text(options.stream);
  json.end_object();
  return std::string(buffer.view());
}

std::string create_group_body(const CloudWatchLogsOptions& options) {
  json::Buffer buffer(kMaxCreationBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("logGroupName").text(options.group);
  if (!options.kms_key_id.empty()) json.key("kmsKeyId").text(options.kms_key_id);
  // What is not said is STANDARD, also to receivers that know no classes.
  if (options.group_class == LogGroupClass::infrequent_access) {
    json.key("logGroupClass").text("INFREQUENT_ACCESS");
  }
  if (!options.tags.empty()) {
    json.key("tags").begin_object();
    for (const auto& [key, value] : options.tags) json.key(std::string_view(key)).text(value);
    json.end_object();
  }
  json.end_object();
  return std::string(buffer.view());
}

std::string retention_body(const CloudWatchLogsOptions& options) {
  json::Buffer buffer(kMaxCreationBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("logGroupName").text(options.group);
  json.key("retentionInDays").integer(options.retention_days);
  json.end_object();
  return std::string(buffer.view());
}

void LogCreation::start() { create_stream(); }

void LogCreation::retry_retention() { set_retention(); }

void LogCreation::call(std::string_view operation, std::string body, Step next) {
  const std::lock_guard held(target_->client_held);
  const std::shared_ptr<AwsClient> client = client_.lock();
  if (client == nullptr) {
    return finish({.failure = Failure::transient, .message = "the wire has ended"});
  }
  client->send(logs_request(operation, std::move(body)), deadline_,
               [self = shared_from_this(), next, operation](AwsAnswer answer) {
                 name_permission(answer, operation);
                 (self.get()->*next)(std::move(answer));
               });
}

void LogCreation::create_stream() {
  call("CreateLogStream", create_stream_body(target_->options), &LogCreation::stream_answered);
}

void LogCreation::set_retention() {
  call("PutRetentionPolicy", retention_body(target_->options), &LogCreation::retention_answered);
}

void LogCreation::stream_answered(AwsAnswer answer) {
  if (answer.code == kExists || !answer.verdict.failure) {
    return target_->retention_wanted ? set_retention() : finish(Answer::accepted());
  }
  if (answer.verdict.failure != Failure::missing) return finish(std::move(answer.verdict));
  if (group_asked_) {
    // It was made a moment ago, and not everywhere yet: worth asking again.
    answer.verdict.failure = Failure::transient;
    answer.verdict.reason = Reason::missing;
    return finish(std::move(answer.verdict));
  }
  group_asked_ = true;
  call("CreateLogGroup", create_group_body(target_->options), &LogCreation::group_answered);
}

void LogCreation::group_answered(AwsAnswer answer) {
  // Somebody else's, with a retention of theirs; unless it is ours, and the answer had got lost.
  if (answer.code == kExists) return create_stream();
  const bool keeps_for_ever = target_->options.retention_days == 0;
  if (!answer.verdict.failure || answer.verdict.maybe_received) {
    target_->retention_wanted = !keeps_for_ever;
  }
  if (answer.verdict.failure) return finish(std::move(answer.verdict));
  if (keeps_for_ever) {
    target_->platform.diagnostics.announce(
        "logs", "made the log group " + target_->options.group +
                    ", which keeps lines for ever; ALOFT_LOG_RETENTION_DAYS bounds that of a group "
                    "that is made, PutRetentionPolicy that of this one");
  }
  create_stream();
}

/// The stream is there: lines go whatever comes of it.
void LogCreation::retention_answered(AwsAnswer answer) {
  if (!answer.verdict.failure) {
    target_->retention_wanted = false;
  } else if (!may_help(answer)) {
    target_->retention_wanted = false;
    target_->platform.diagnostics.report(
        ErrorCode::permission_denied, "logs",
        "the log group was made and keeps lines for ever, for its retention could not be set: " +
            answer.verdict.message);
  }
  finish(Answer::accepted());
}

void LogCreation::finish(Answer answer) { std::exchange(done_, nullptr)(std::move(answer)); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
