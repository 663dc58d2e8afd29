// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/telemetry.hpp>

#include "aws/log_names.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::array<std::pair<std::string_view, LogsWire>, 5> kNames = {{
    {"stdout", LogsWire::standard_output},
    {"pretty", LogsWire::pretty},
    {"file", LogsWire::file},
    {"cloudwatch", LogsWire::cloudwatch},
    {"none", LogsWire::none},
}};
constexpr std::array<std::pair<std::string_view, LogGroupClass>, 2> kClasses = {{
    {"STANDARD", LogGroupClass::standard},
    {"INFREQUENT_ACCESS", LogGroupClass::infrequent_access},
}};
/// Longer than what any retention has.
constexpr std::uint64_t kNoRetention = 1'000'000;

}  // namespace

Result<LogsWire> choose_logs_wire(const Environment& environment) {
  const std::string_view wanted = environment.get("ALOFT_LOGS_EXPORTER").value_or("stdout");
  for (const auto& [name, wire] : kNames) {
    if (name == wanted) return wire;
  }
  return fail(ErrorCode::invalid_argument, "ALOFT_LOGS_EXPORTER is a word that is not known",
              "use stdout, pretty, file, cloudwatch or none");
}

Result<CloudWatchLogsOptions> with_log_environment(CloudWatchLogsOptions options,
                                                   const Environment& environment,
                                                   std::string_view service_name) {
  if (const auto group = environment.get("ALOFT_LOG_GROUP")) options.group = *group;
  if (const auto stream = environment.get("ALOFT_LOG_STREAM")) options.stream = *stream;
  if (const auto key = environment.get("ALOFT_LOG_KMS_KEY")) options.kms_key_id = *key;
  if (options.group.empty()) options.group = group_of_service(service_name);
  if (const auto days = environment.get("ALOFT_LOG_RETENTION_DAYS")) {
    const std::uint64_t number = text::parse_decimal(*days).value_or(kNoRetention);
    options.retention_days = number < kNoRetention ? static_cast<int>(number) : -1;
  }
  if (const auto wanted = environment.get("ALOFT_LOG_CLASS")) {
    const auto* const found = std::find_if(kClasses.begin(), kClasses.end(),
                                           [&](const auto& one) { return one.first == *wanted; });
    if (found == kClasses.end()) {
      return fail(ErrorCode::invalid_argument, "ALOFT_LOG_CLASS is no class of a log group",
                  "use STANDARD or INFREQUENT_ACCESS");
    }
    options.group_class = found->second;
  }
  if (Result<void> ok = check_log_names(options); !ok) return unexpected(ok.error());
  return options;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
