// SPDX-License-Identifier: Apache-2.0
// What X-Ray wants to know of where a service runs, from attributes in OpenTelemetry's words: the
// members of a segment's `aws` object. The log group among them is what links a trace to its logs.
//
//   json.key("aws").begin_object();
//   if (const std::string members = xray_aws_members(resource.attributes); !members.empty())
//     json.raw(members);
//
// Source: X-Ray developer guide, "Segment documents", "AWS resource data in segments", and for ecs,
// eks and cloudwatch_logs opentelemetry-collector-contrib, awsxrayexporter, read 2026-11.
// Thread-safety: pure function.
#pragma once

#include <aloft/telemetry/record.hpp>

#include <span>
#include <string>

namespace aloft {
inline namespace v0 {

/// `"account_id":"…","ec2":{…}` without braces; empty when the attributes say nothing of it.
/// Longer than 8 KiB, which no environment makes, it is left out.
std::string xray_aws_members(std::span<const ResourceAttribute> attributes);

}  // namespace v0
}  // namespace aloft
