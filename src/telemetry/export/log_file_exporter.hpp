// SPDX-License-Identifier: Apache-2.0
// `log_file` on any disk, so that a test can give it one that is full.
#pragma once

#include <aloft/telemetry/export/log_file.hpp>

#include "telemetry/delivery/file_system.hpp"

#include <memory>

namespace aloft {
inline namespace v0 {
namespace detail {

Result<std::unique_ptr<LogExporter>> log_file(LogFileOptions options, const Platform& platform,
                                              delivery::FileSystem& files);

}  // namespace detail
}  // namespace v0
}  // namespace aloft
