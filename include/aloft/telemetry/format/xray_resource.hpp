// SPDX-License-Identifier: Apache-2.0
// What X-Ray wants to know of a service and of where it runs, the latter from attributes in
// OpenTelemetry's words: the members of a segment's `service` and `aws` objects. The log group
// among them is what links a trace to its logs.
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
#include <string_view>

namespace aloft {
inline namespace v0 {

/// `"account_id":"…","ec2":{…}` without braces; empty when the attributes say nothing of it.
/// Longer than 8 KiB, which no environment makes, it is left out.
std::string xray_aws_members(std::span<const ResourceAttribute> attributes);

/// The members of a segment's `service` object: `"version":"1.2.3","runtime":"C++",…`, without
/// braces; empty when nothing is known. Source: X-Ray developer guide, "Segment documents", for
/// `version`; the X-Ray SDKs for the runtime; the awsxray exporter for the compiler; read 2026-11.
/// @param runtime  may be null.
std::string xray_service_members(std::string_view version, const RuntimeInfo* runtime);

}  // namespace v0
}  // namespace aloft
