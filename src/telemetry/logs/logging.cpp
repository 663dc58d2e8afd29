// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/logging.hpp>

#include <aloft/core/text.hpp>
#include <aloft/telemetry/export/log_lines.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "telemetry/logs/exporter_choice.hpp"
#include "telemetry/logs/lane.hpp"
#include "telemetry/pipeline.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace {

constexpr std::size_t kMinQueueBytes = std::size_t{2} << 20;
constexpr std::size_t kMaxQueueBytes = std::size_t{1} << 30;
constexpr std::size_t kMaxNamedLevels = 64;

Unexpected wrong(std::string message, std::string remedy) {
  return fail(ErrorCode::invalid_argument, std::move(message), std::move(remedy));
}

class LogLogging final : public Logging {
 public:
  explicit LogLogging(LogOptions options) : options_(std::move(options)) {}

  bool takes_exporter() const noexcept override { return options_.exporter == nullptr; }
  Result<void> choose(const Environment& environment, const Platform& platform) override {
    Result<std::unique_ptr<LogExporter>> exporter =
        detail::named_log_exporter(environment, platform);
    if (!exporter) return unexpected(exporter.error());
    options_.exporter = *std::move(exporter);
    return {};
  }
  void use(std::unique_ptr<LogExporter> exporter) noexcept override {
    options_.exporter = std::move(exporter);
  }

 private:
  Result<void> check(std::string_view levels) override {
    if (options_.queue_limit_bytes < kMinQueueBytes ||
        options_.queue_limit_bytes > kMaxQueueBytes) {
      return wrong("LogOptions::queue_limit_bytes is outside 2 MiB to 1 GiB",
                   "the default is 4 MiB");
    }
    Result<void> own = read_levels(options_.levels, "LogOptions::levels");
    return own ? read_levels(levels, "ALOFT_LOG_LEVEL (TelemetryOptions::log_levels)") : own;
  }

  Result<void> read_levels(std::string_view text, std::string_view whose) {
    const std::string_view whole = text;
    while (!text.empty()) {
      const std::size_t comma = std::min(text.find(','), text.size());
      const std::string_view part = text::trim(text.substr(0, comma));
      text.remove_prefix(std::min(comma + 1, text.size()));
      const std::size_t equals = part.find('=');
      const bool is_named = equals != std::string_view::npos;
      const auto level = parse_log_level(is_named ? part.substr(equals + 1) : part);
      const bool is_wrong_name = is_named && !is_log_key(part.substr(0, equals));
      if (!level || is_wrong_name || (is_named && named_.size() == kMaxNamedLevels)) {
        return wrong(std::string(whose) + " names no level or no logger, or too many, at byte " +
                         std::to_string(part.data() - whole.data()),
                     "write a level, then NAME=LEVEL of up to 64 loggers, e.g. warn,ledger=debug; "
                     "levels are debug, info, warn, error, off");
      }
      if (is_named) {
        named_.push_back({std::string(part.substr(0, equals)), *level});
      } else {
        level_ = *level;
      }
    }
    return {};
  }

  Result<detail::Lane*> open(detail::Pipeline& pipeline) override {
    if (!options_.exporter) options_.exporter = log_lines();
    detail::LogLane* lane = detail::LogLane::of(pipeline, options_.queue_limit_bytes);
    if (lane == nullptr) {
      return fail(ErrorCode::resource_exhausted, "the memory of the log queue could not be mapped",
                  "lower LogOptions::queue_limit_bytes");
    }
    lane->levels().reset(level_, named_);
    reader_ =
        std::make_unique<detail::LogReader>(lane->levels(), options_.redaction, lane->outcomes());
    lane->open(options_, *reader_);
    return lane;
  }

  LogOptions options_;
  LogLevel level_ = LogLevel::info;
  std::vector<detail::NamedLogLevel> named_;
  std::unique_ptr<detail::LogReader> reader_;
};

/// Of the lane that a Telemetry has, or null.
detail::LogLane* lane_of(const detail::Pipeline* pipeline) noexcept {
  return pipeline != nullptr ? static_cast<detail::LogLane*>(pipeline->logs()) : nullptr;
}

}  // namespace

std::unique_ptr<Logging> logging(LogOptions options) {
  return std::make_unique<LogLogging>(std::move(options));
}

Logger Telemetry::logger(std::string_view name) const {
  detail::Pipeline* const pipeline = pipeline_;
  detail::LogLane* const lane = lane_of(pipeline);
  return lane != nullptr && !pipeline->broken() ? lane->logger(generation_, name) : Logger();
}

LogCounters Telemetry::log_counters() const noexcept {
  const detail::LogLane* const lane = lane_of(pipeline_);
  return lane != nullptr ? lane->counters() : LogCounters{};
}

namespace {

void tell(const Logger& audit, std::string_view whose, std::string_view name,
          std::optional<LogLevel> before, std::optional<LogLevel> level,
          std::string_view changed_by) noexcept {
  audit.log(LogLevel::error, "log level changed",
            {{"of", whose},
             {"name", name},
             {"from", before ? to_string(*before) : "unknown"},
             {"to", level ? to_string(*level) : "the common level"},
             {"changed_by", changed_by}});
}

}  // namespace

Result<void> Telemetry::set_log_level(std::string_view logger_name, std::optional<LogLevel> level,
                                      std::string_view changed_by) {
  detail::LogLane* const lane = lane_of(pipeline_);
  if (lane == nullptr)
    return fail(ErrorCode::unsupported, "this Telemetry has no logs", "set TelemetryOptions::logs");
  std::optional<LogLevel> before;
  if (!logger_name.empty()) {
    before = lane->levels().set_name(logger_name, level);
  } else if (level) {
    before = lane->levels().set_common(*level);
  }
  if (!before) {
    return fail(ErrorCode::resource_exhausted,
                "no level, a name that is none, or more than 255 names of loggers",
                "name parts of the program, with letters, digits and _ . -");
  }
  tell(lane->audit_logger(generation_), "logger", logger_name, before, level, changed_by);
  return {};
}

Result<void> Telemetry::set_tenant_log_level(const TenantId& tenant, std::optional<LogLevel> level,
                                             std::string_view changed_by) {
  detail::LogLane* const lane = lane_of(pipeline_);
  if (lane == nullptr || tenant.empty()) {
    return fail(ErrorCode::invalid_argument, "no logs, or no tenant",
                "set TelemetryOptions::logs, and name the tenant");
  }
  const auto before = lane->levels().set_tenant(lane->hash_of(tenant.view()), level);
  if (!before) {
    return fail(ErrorCode::resource_exhausted, "64 tenants have a level of their own",
                "take one back");
  }
  tell(lane->audit_logger(generation_), "tenant", tenant.view(), before, level, changed_by);
  return {};
}

}  // namespace v0
}  // namespace aloft
