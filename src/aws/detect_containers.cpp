// SPDX-License-Identifier: Apache-2.0
#include "aws/detectors.hpp"
#include "aws/files.hpp"
#include "aws/url.hpp"

#include <aloft/core/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::size_t kMaxFileBytes = 256 * 1024;
constexpr std::size_t kMaxTokenBytes = 8 * 1024;
constexpr std::size_t kIdDigits = 64;

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), text::to_lower);
  return lower;
}

bool is_hex(char c) noexcept { return text::is_digit(c) || (c >= 'a' && c <= 'f'); }

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

std::string_view text_or(const Result<std::string_view>& text) noexcept {
  return text ? *text : std::string_view();
}

}  // namespace

std::string_view find_container_id(std::string_view text) noexcept {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = begin;
    while (end < text.size() && is_hex(text[end])) ++end;
    if (end - begin == kIdDigits) return text.substr(begin, kIdDigits);
    begin = end + 1;
  }
  return {};
}

Arn split_arn(std::string_view arn) noexcept {
  std::array<std::string_view, 6> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t colon = i + 1 < parts.size() ? arn.find(':') : std::string_view::npos;
    parts[i] = arn.substr(0, colon);
    if (colon == std::string_view::npos) {
      arn = {};
    } else {
      arn.remove_prefix(colon + 1);
    }
  }
  if (parts[0] != "arn" || parts[5].empty()) return {};
  return {parts[1], parts[3], parts[4], parts[5]};
}

/// In cgroup v1 each line ends with it; in v2 only the mounts of the container's own files do.
std::string Detection::container_id() const {
  const Result<Secret> cgroup = read_file(options_.cgroup_file, kMaxFileBytes);
  if (cgroup) {
    const std::string_view id = find_container_id(cgroup->reveal());
    if (!id.empty()) return std::string(id);
  }
  const Result<Secret> mounts = read_file(options_.mountinfo_file, kMaxFileBytes);
  std::string_view rest = mounts ? mounts->reveal() : std::string_view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    // Other lines name the layers of the file system.
    if (line.find("/hostname") != std::string_view::npos) {
      const std::string_view id = find_container_id(line);
      if (!id.empty()) return std::string(id);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

bool Detection::kubernetes() {
  const bool inside =
      variable("KUBERNETES_SERVICE_HOST").has_value() || !options_.kubernetes_url.empty();
  if (!inside || !find_cluster()) return false;
  claim_origin("AWS::EKS::Container");
  add("cloud.provider", "aws");
  add("cloud.platform", "aws_eks");
  add("cloud.region", settings_.region());
  add("k8s.pod.name", host_name());
  add("container.id", container_id());
  return true;
}

bool Detection::find_cluster() {
  // What EKS's own webhooks set, whether or not the pod may ask the API.
  const std::string token_file = variable("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("");
  const auto agent = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const std::optional<Url> agent_url = agent ? split_url(*agent) : std::nullopt;
  const bool has_eks_marks =
      token_file.find("/eks.amazonaws.com/") != std::string::npos ||
      (agent_url && (agent_url->host == "169.254.170.23" || agent_url->host == "[fd00:ec2::23]"));

  const Result<Secret> token =
      read_file(options_.service_account_folder + "/token", kMaxTokenBytes);
  if (!token) return has_eks_marks;
  std::string url = options_.kubernetes_url;
  if (url.empty()) {
    std::string host = variable("KUBERNETES_SERVICE_HOST").value_or("");
    if (host.find(':') != std::string::npos) host = "[" + host + "]";  // IPv6, as it stands there
    url = "https://" + host + ":" + variable("KUBERNETES_SERVICE_PORT").value_or("443");
  }
  http::Headers headers;
  if (!headers.try_set("authorization", "Bearer " + std::string(trimmed(token->reveal())))) {
    return has_eks_marks;
  }
  // Source: CloudWatch user guide, "Set up Container Insights": the map and its key, read 2026-11.
  const Result<http::JsonDocument> map = get_json(
      url + "/api/v1/namespaces/amazon-cloudwatch/configmaps/cluster-info", std::move(headers));
  if (!map) {
    if (has_eks_marks) problem("EKS, the name of the cluster", map.error());
    return has_eks_marks;
  }
  const std::string_view cluster = text_or(map->text("/data/cluster.name"));
  add("k8s.cluster.name", cluster);
  if (!cluster.empty()) {
    // Where Container Insights puts the logs of applications. Source: as above.
    add("aws.log.group.names", "/aws/containerinsights/" + std::string(cluster) + "/application");
  }
  return true;
}

/// Source: ECS developer guide, "Task metadata endpoint version 4" and "version 3", read 2026-11.
bool Detection::containers() {
  const auto newer = variable("ECS_CONTAINER_METADATA_URI_V4");
  const auto older = variable("ECS_CONTAINER_METADATA_URI");
  if (!newer && !older) return false;
  claim_origin("AWS::ECS::Container");
  add("cloud.provider", "aws");
  add("cloud.platform", "aws_ecs");
  for (const auto& url : {newer, older}) {
    if (!url) continue;
    const Result<http::JsonDocument> container = get_json(*url, {});
    if (!container) {
      problem("ECS, the container", container.error());
      continue;
    }
    add_ecs_container(*container);
    const Result<http::JsonDocument> task = get_json(*url + "/task", {});
    if (task) {
      add_ecs_task(*task);
    } else {
      problem("ECS, the task", task.error());
    }
    break;
  }
  add("container.id", container_id());
  return true;
}

void Detection::add_ecs_container(const http::JsonDocument& container) {
  add("container.name", container.text("/Name"));
  add("container.id", container.text("/DockerId"));
  add("aws.ecs.container.arn", container.text("/ContainerARN"));
  // Version 3 has the task's facts as labels only, should its own answer fail.
  add("aws.ecs.task.arn", container.text("/Labels/com.amazonaws.ecs.task-arn"));
  add("aws.ecs.task.family", container.text("/Labels/com.amazonaws.ecs.task-definition-family"));
  add("aws.ecs.task.revision", container.text("/Labels/com.amazonaws.ecs.task-definition-version"));
  add_log_group(container);
}

void Detection::add_log_group(const http::JsonDocument& container) {
  if (text_or(container.text("/LogDriver")) != "awslogs") return;
  const std::string_view group = text_or(container.text("/LogOptions/awslogs-group"));
  add("aws.log.group.names", group);
  add("aws.log.stream.names", container.text("/LogOptions/awslogs-stream"));
  const Arn arn = split_arn(text_or(container.text("/ContainerARN")));
  if (group.empty() || arn.account.empty()) return;
  const std::string_view told = text_or(container.text("/LogOptions/awslogs-region"));
  std::string log_arn = "arn:" + std::string(arn.partition) + ":logs:";
  log_arn += told.empty() ? arn.region : told;
  log_arn.append(":").append(arn.account).append(":log-group:").append(group);
  add("aws.log.group.arns", log_arn);
}

void Detection::add_ecs_task(const http::JsonDocument& task) {
  const std::string_view task_arn = text_or(task.text("/TaskARN"));
  const Arn arn = split_arn(task_arn);
  add("aws.ecs.task.arn", task_arn);
  add("aws.ecs.task.family", task.text("/Family"));
  add("aws.ecs.task.revision", task.text("/Revision"));
  add("aws.ecs.launchtype", lower_case(text_or(task.text("/LaunchType"))));
  add("cloud.availability_zone", task.text("/AvailabilityZone"));
  add("cloud.region", arn.region);
  add("cloud.account.id", arn.account);
  // On EC2 the cluster is a name, on Fargate an ARN.
  const std::string_view cluster = text_or(task.text("/Cluster"));
  if (!split_arn(cluster).resource.empty()) {
    add("aws.ecs.cluster.arn", cluster);
  } else if (!cluster.empty() && !arn.account.empty()) {
    add("aws.ecs.cluster.arn", "arn:" + std::string(arn.partition) +
                                   ":ecs:" + std::string(arn.region) + ":" +
                                   std::string(arn.account) + ":cluster/" + std::string(cluster));
  }
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
