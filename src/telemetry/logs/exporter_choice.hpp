// SPDX-License-Identifier: Apache-2.0
// The exporters of lines that need no more than POSIX, by the name that the environment gives one.
#pragma once

#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <memory>

namespace aloft {
inline namespace v0 {
namespace detail {

/// What ALOFT_LOGS_EXPORTER names: `stdout`, `pretty`, or `file` at ALOFT_LOG_FILE.
/// @error invalid_argument  it is another word, or there is no ALOFT_LOG_FILE.
/// @error unsupported       `cloudwatch`, which `aws::telemetry_from_environment` makes.
///                          Also a path that is none. A file that cannot be had is said, and
///                          lines go to standard output.
Result<std::unique_ptr<LogExporter>> named_log_exporter(const Environment& environment,
                                                        const Platform& platform);

}  // namespace detail
}  // namespace v0
}  // namespace aloft
