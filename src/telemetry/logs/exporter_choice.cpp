// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/exporter_choice.hpp"

#include <aloft/telemetry/export/log_file.hpp>
#include <aloft/telemetry/export/log_lines.hpp>
#include <aloft/telemetry/export/pretty_lines.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

Result<std::unique_ptr<LogExporter>> named_log_exporter(const Environment& environment,
                                                        const Platform& platform) {
  const std::string_view name = environment.get("ALOFT_LOGS_EXPORTER").value_or("stdout");
  if (name == "stdout") return log_lines();
  if (name == "pretty") return pretty_lines({}, environment);
  if (name == "file") {
    const auto path = environment.get("ALOFT_LOG_FILE");
    if (path) return log_file({.path = std::string(*path)}, platform);
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
