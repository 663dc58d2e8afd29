// SPDX-License-Identifier: Apache-2.0
// Where a service runs: Lambda, Elastic Beanstalk, EKS, ECS or EC2; found out once, at the start.
//
//   const aws::Detected here = aws::detect(*settings);
//   options.origin = here.origin;                    // "AWS::ECS::Container"
//   options.resource_attributes = here.attributes;   // cloud.platform, aws.ecs.task.arn, …
//
// Everything that applies is written down, and the origin is the first of Beanstalk, EKS, ECS, EC2
// (X-Ray developer guide, Java SDK configuration, "Service plugins", read 2026-11). The log group
// is what links a trace to its logs. Lambda has no origin: its service makes the segment.
//
// Asks only what the environment points at, and an instance's metadata last, where the hardware
// says that it is EC2's or an endpoint is configured: elsewhere that address may swallow packets
// for as long as we wait. All of it together takes at most `timeout`. Elsewhere it finds nothing,
// which is no error.
//
// Thread-safety: a function; blocks as said.
#pragma once

#include <aloft/aws/settings.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/telemetry/record.hpp>

#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

struct DetectOptions {
  /// For everything together.
  Nanoseconds timeout = std::chrono::seconds(2);
  /// For one answer; AWS_METADATA_SERVICE_TIMEOUT wins for an instance's.
  Nanoseconds request_timeout = std::chrono::seconds(1);
  /// Source: X-Ray SDK for Go, awsplugins/beanstalk, read 2026-11.
  std::string beanstalk_file = "/var/elasticbeanstalk/xray/environment.conf";
  /// Source: X-Ray SDK for Java, EC2Plugin, read 2026-11; CloudWatch's agent writes it.
  std::string agent_file = "/opt/aws/amazon-cloudwatch-agent/etc/log-config.json";
  /// "Amazon EC2" on Nitro. Source: EC2 user guide, "Identify EC2 instances", read 2026-11.
  std::string vendor_file = "/sys/devices/virtual/dmi/id/sys_vendor";
  /// Begins with "ec2" on Xen. Source: as above.
  std::string hypervisor_file = "/sys/hypervisor/uuid";
  std::string cgroup_file = "/proc/self/cgroup";
  std::string mountinfo_file = "/proc/self/mountinfo";
  /// Source: Kubernetes, "Accessing the Kubernetes API from a Pod", read 2026-11.
  std::string service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  /// Empty: https at KUBERNETES_SERVICE_HOST and its port.
  std::string kubernetes_url{};
};

struct Detected {
  std::string origin{};  ///< X-Ray's; empty on Lambda, and where nothing was found
  std::vector<ResourceAttribute> attributes{};
  /// What was there and did not answer, for the operator; quotes nothing of it.
  std::vector<std::string> problems{};

  /// Empty when it is not there.
  std::string_view find(std::string_view key) const noexcept;
};

Detected detect(const Settings& settings, DetectOptions options = {},
                Platform platform = Platform::system());

}  // namespace aws
}  // namespace v0
}  // namespace aloft
