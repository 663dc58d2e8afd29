// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/xray_resource.hpp>

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <string_view>

namespace aloft {
inline namespace v0 {
namespace {

/// Ours: ARNs have at most 2 KiB, and one document holds them once.
constexpr std::size_t kMaxMembersBytes = 8 * 1024;

struct Field {
  const char* name;            ///< X-Ray's
  std::string_view attribute;  ///< OpenTelemetry's
};

constexpr Field kEc2[] = {{"instance_id", "host.id"},
                          {"availability_zone", "cloud.availability_zone"},
                          {"instance_size", "host.type"},
                          {"ami_id", "host.image.id"}};
constexpr Field kEcs[] = {{"container", "container.name"},
                          {"container_id", "container.id"},
                          {"container_arn", "aws.ecs.container.arn"},
                          {"task_arn", "aws.ecs.task.arn"},
                          {"task_family", "aws.ecs.task.family"},
                          {"cluster_arn", "aws.ecs.cluster.arn"},
                          {"launch_type", "aws.ecs.launchtype"}};
constexpr Field kEks[] = {{"cluster_name", "k8s.cluster.name"},
                          {"pod", "k8s.pod.name"},
                          {"container_id", "container.id"}};
constexpr Field kBeanstalk[] = {{"environment_name", "service.namespace"},
                                {"version_label", "aws.elastic_beanstalk.version_label"}};

class Members {
 public:
  explicit Members(std::span<const ResourceAttribute> attributes)
      : attributes_(attributes), buffer_(kMaxMembersBytes), json_(buffer_) {}

  std::string write() {
    if (const std::string_view account = find("cloud.account.id"); !account.empty()) {
      json_.key("account_id").text(account);
    }
    write_log_group();
    if (!find("host.id").empty()) write_block("ec2", kEc2);
    if (!find("aws.ecs.task.arn").empty() || !find("aws.ecs.container.arn").empty()) {
      write_block("ecs", kEcs);
    }
    if (find("cloud.platform") == "aws_eks") write_block("eks", kEks);
    if (find("cloud.platform") == "aws_elastic_beanstalk") write_beanstalk();
    return buffer_.overflowed() ? std::string() : std::string(buffer_.view());
  }

 private:
  std::string_view find(std::string_view key) const noexcept {
    for (const ResourceAttribute& attribute : attributes_) {
      if (attribute.key == key) return attribute.value;
    }
    return {};
  }
  void write_fields(std::span<const Field> fields) {
    for (const Field& field : fields) {
      const std::string_view value = find(field.attribute);
      if (!value.empty()) json_.plain_key(field.name).text(value);
    }
  }
  void write_block(std::string_view name, std::span<const Field> fields) {
    json_.plain_key(name).begin_object();
    write_fields(fields);
    json_.end_object();
  }
  void write_beanstalk() {
    json_.key("elastic_beanstalk").begin_object();
    write_fields(kBeanstalk);
    const auto deployment = text::parse_decimal(find("service.instance.id"));
    constexpr std::uint64_t kMost = 1u << 31u;
    if (deployment && *deployment < kMost) {
      json_.key("deployment_id").integer(static_cast<std::int64_t>(*deployment));
    }
    json_.end_object();
  }
  void write_log_group() {
    const std::string_view group = find("aws.log.group.names");
    if (group.empty()) return;
    json_.key("cloudwatch_logs").begin_array();
    json_.begin_object();
    json_.key("log_group").text(group);
    const std::string_view arn = find("aws.log.group.arns");
    if (!arn.empty()) json_.key("arn").text(arn);
    json_.end_object();
    json_.end_array();
  }

  const std::span<const ResourceAttribute> attributes_;
  json::Buffer buffer_;
  json::Writer json_;
};

}  // namespace

std::string xray_aws_members(std::span<const ResourceAttribute> attributes) {
  return attributes.empty() ? std::string() : Members(attributes).write();
}

std::string xray_service_members(std::string_view version, const RuntimeInfo* runtime) {
  json::Buffer buffer(kMaxMembersBytes);
  json::Writer json(buffer);
  const auto add = [&](std::string_view name, std::string_view text) {
    if (!text.empty()) json.plain_key(name).text(text);
  };
  add("version", version);
  if (runtime != nullptr) {
    add("runtime", runtime->name);
    add("runtime_version", runtime->version);
    add("compiler", runtime->compiler);
    add("compiler_version", runtime->compiler_version);
  }
  return buffer.overflowed() ? std::string() : std::string(buffer.view());
}

}  // namespace v0
}  // namespace aloft
