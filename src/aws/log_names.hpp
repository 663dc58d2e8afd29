// SPDX-License-Identifier: Apache-2.0
// What CloudWatch Logs takes for the name of a group and of a stream, and for the options of a
// group; and the name of a stream where nobody gave one.
#pragma once

#include <aloft/aws/cloudwatch_logs_wire.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// @error invalid_argument  names the option that AWS would refuse.
Result<void> check_log_names(const CloudWatchLogsOptions& options);

/// "2026/11/27/ip-10-0-1-7/0123456789abcdef".
std::string made_stream_name(const Platform& platform);

/// "/aloft/" and the service, or the program; what a group's name cannot have becomes `-`.
std::string group_of_service(std::string_view service);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
