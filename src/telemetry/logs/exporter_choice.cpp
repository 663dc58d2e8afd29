// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/exporter_choice.hpp"

#include <aloft/telemetry/export/log_file.hpp>
#include <aloft/telemetry/export/log_lines.hpp>
#include <aloft/telemetry/export/pretty_lines.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// A file that cannot be had now, held by another process or on a full disk, costs no trace and no
/// line.
Result<std::unique_ptr<LogExporter>> file_or_lines(std::string path, const Platform& platform) {
  Result<std::unique_ptr<LogExporter>> file = log_file({.path = std::move(path)}, platform);
  if (file || file.error().code == ErrorCode::invalid_argument) return file;
  platform.diagnostics.report(file.error().code, "logs",
                              file.error().message + "; lines go to standard output instead");
  return log_lines();
}

}  // namespace

Result<std::unique_ptr<LogExporter>> named_log_exporter(const Environment& environment,
                                                        const Platform& platform) {
  const std::string_view name = environment.get("ALOFT_LOGS_EXPORTER").value_or("stdout");
  if (name == "stdout") return log_lines();
  if (name == "pretty") return pretty_lines({}, environment);
  if (name == "file") {
    const auto path = environment.get("ALOFT_LOG_FILE");
    if (path) return file_or_lines(std::string(*path), platform);
    return fail(ErrorCode::invalid_argument, "ALOFT_LOGS_EXPORTER is file, and no file is named",
                "set ALOFT_LOG_FILE to a path, e.g. /var/log/payments/payments.log");
  }
  if (name == "cloudwatch") {
    return fail(ErrorCode::unsupported, "Telemetry::from_environment cannot sign calls of AWS",
                "use aws::telemetry_from_environment, or another ALOFT_LOGS_EXPORTER");
  }
  return fail(ErrorCode::invalid_argument, "ALOFT_LOGS_EXPORTER is a word that is not known",
              "use stdout, pretty, file, cloudwatch or none");
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
