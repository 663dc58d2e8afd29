// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/detect.hpp>

#include "aws/detectors.hpp"
#include "aws/files.hpp"

#include <aloft/core/text.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// Ours: ARNs are the longest, with 2 KiB.
constexpr std::size_t kMaxValueBytes = 2'048;
/// Ours: answers of metadata have one to ten KiB.
constexpr std::size_t kMaxJsonBytes = 64 * 1024;
/// Ours: a host with more of them does not say whose they are.
constexpr std::size_t kMaxAgentLogs = 100;

}  // namespace

std::string_view Detected::find(std::string_view key) const noexcept {
  for (const ResourceAttribute& attribute : attributes) {
    if (attribute.key == key) return attribute.value;
  }
  return {};
}

Detected detect(const Settings& settings, DetectOptions options, Platform platform) {
  Result<http_client::Client> client = http_client::Client::create(
      {.ca_file =
           options.kubernetes_url.empty() && settings.environment().get("KUBERNETES_SERVICE_HOST")
               ? options.service_account_folder + "/ca.crt"
               : std::string(),
       .response_body_limit_bytes = kMaxJsonBytes},
      platform);
  if (!client) {
    Detected nothing;
    nothing.problems.push_back(client.error().message);
    return nothing;
  }
  const Deadline deadline = Deadline::after(platform.clock, options.timeout);
  return Detection(settings, options, platform, *client, deadline).run();
}

Detected Detection::run() {
  if (lambda()) return std::move(found_);
  beanstalk();
  if (!kubernetes()) containers();
  // Fargate has no instance, and its network drops what is sent to one.
  if (found_.find("aws.ecs.launchtype") != "fargate") instance();
  return std::move(found_);
}

void Detection::add(std::string_view key, std::string_view value) {
  if (value.empty() || value.size() > kMaxValueBytes || !found_.find(key).empty()) return;
  found_.attributes.push_back({std::string(key), std::string(value)});
}

void Detection::claim_origin(std::string_view origin) {
  if (found_.origin.empty()) found_.origin = origin;
}

void Detection::problem(std::string_view where, const Error& error) {
  found_.problems.push_back(std::string(where) + ": " + error.message);
}

std::optional<std::string> Detection::variable(std::string_view name) const {
  const auto value = settings_.environment().get(name);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

Result<http::JsonDocument> Detection::get_json(const std::string& url, http::Headers headers) {
  const Deadline soon =
      sooner(deadline_, Deadline::after(platform_.clock, options_.request_timeout));
  const Result<http_client::ClientResponse> answer =
      client_.send({.url = url, .headers = std::move(headers)}, soon);
  if (!answer) return unexpected(answer.error());
  if (answer->status != 200) {
    return fail(ErrorCode::unavailable, "answered with status " + std::to_string(answer->status));
  }
  return http::JsonDocument::parse(answer->body, {.bytes = kMaxJsonBytes, .depth = 16});
}

/// Source: Lambda developer guide, "Using Lambda environment variables", and OpenTelemetry's
/// semantic conventions for faas and aws.log, read 2026-11.
bool Detection::lambda() {
  const auto name = variable("AWS_LAMBDA_FUNCTION_NAME");
  if (!name) return false;
  add("cloud.provider", "aws");
  add("cloud.platform", "aws_lambda");
  add("cloud.region", settings_.region());
  add("faas.name", *name);
  add("faas.version", variable("AWS_LAMBDA_FUNCTION_VERSION").value_or(""));
  add("faas.instance", variable("AWS_LAMBDA_LOG_STREAM_NAME").value_or(""));
  const auto megabytes =
      text::parse_decimal(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").value_or(""));
  constexpr std::uint64_t kMost = 1u << 20u;
  if (megabytes && *megabytes <= kMost) {
    add("faas.max_memory", std::to_string(*megabytes * 1024 * 1024));
  }
  add("aws.log.group.names", variable("AWS_LAMBDA_LOG_GROUP_NAME").value_or(""));
  add("aws.log.stream.names", variable("AWS_LAMBDA_LOG_STREAM_NAME").value_or(""));
  return true;
}

bool Detection::beanstalk() {
  const Result<Secret> file = read_file(options_.beanstalk_file, kMaxJsonBytes);
  if (!file) {
    if (file.error().code != ErrorCode::not_found) problem("Elastic Beanstalk", file.error());
    return false;
  }
  const Result<http::JsonDocument> json =
      http::JsonDocument::parse(file->reveal(), {.bytes = kMaxJsonBytes, .depth = 8});
  if (!json) {
    problem("Elastic Beanstalk", json.error());
    return false;
  }
  claim_origin("AWS::ElasticBeanstalk::Environment");
  add("cloud.provider", "aws");
  add("cloud.platform", "aws_elastic_beanstalk");
  add("service.namespace", json->text("/environment_name"));
  // Not service.version, which is the caller's to say.
  add("aws.elastic_beanstalk.version_label", json->text("/version_label"));
  const Result<std::int64_t> deployment = json->integer("/deployment_id");
  if (deployment && *deployment >= 0) add("service.instance.id", std::to_string(*deployment));
  return true;
}

/// Source: EC2 user guide, "Instance identity documents", read 2026-11.
void Detection::instance() {
  if (!may_be_instance(settings_, options_.vendor_file, options_.hypervisor_file)) return;
  MetadataService service(settings_, client_, platform_, options_.request_timeout);
  if (!service.enabled()) return;
  const Result<std::string> got =
      service.get("/latest/dynamic/instance-identity/document", deadline_);
  // Nobody there is the usual case, and no problem: most machines are no instance.
  if (!got) return;
  const Result<http::JsonDocument> json =
      http::JsonDocument::parse(*got, {.bytes = kMaxJsonBytes, .depth = 8});
  const Result<std::string_view> id =
      json ? json->text("/instanceId") : Result<std::string_view>(unexpected(json.error()));
  if (!id) return problem("EC2", id.error());
  claim_origin("AWS::EC2::Instance");
  add("cloud.provider", "aws");
  add("cloud.platform", "aws_ec2");
  add("cloud.region", json->text("/region"));
  add("cloud.availability_zone", json->text("/availabilityZone"));
  add("cloud.account.id", json->text("/accountId"));
  add("host.id", *id);
  add("host.type", json->text("/instanceType"));
  add("host.image.id", json->text("/imageId"));
  add_agent_log_group();
}

/// The group that CloudWatch's agent sends all files of this host to. Of several nobody knows which
/// is this service's, and a link to the logs of another is worse than none.
void Detection::add_agent_log_group() {
  const Result<Secret> file = read_file(options_.agent_file, kMaxJsonBytes);
  if (!file) {
    if (file.error().code != ErrorCode::not_found) problem("CloudWatch's agent", file.error());
    return;
  }
  const Result<http::JsonDocument> json =
      http::JsonDocument::parse(file->reveal(), {.bytes = kMaxJsonBytes, .depth = 8});
  const Result<std::size_t> count =
      json ? json->size("/log_configs") : Result<std::size_t>(unexpected(json.error()));
  if (!count) return problem("CloudWatch's agent", count.error());
  if (*count > kMaxAgentLogs) return;
  std::string_view group;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto name = json->text("/log_configs/" + std::to_string(i) + "/log_group_name");
    if (!name || (!group.empty() && *name != group)) return;
    group = *name;
  }
  add("aws.log.group.names", group);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
