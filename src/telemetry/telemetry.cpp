// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/telemetry.hpp>

#include <aloft/core/text.hpp>
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/redactor.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/sampling_choice.hpp>

#include "telemetry/naming.hpp"
#include "telemetry/pipeline.hpp"
#include "telemetry/registry.hpp"

#include <errno.h>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t kMinQueueBytes = 64u << 10;
constexpr std::size_t kMaxQueueBytes = 1u << 30;
/// Ours: rounds are not closer to each other than that, so that most of them would come too late.
constexpr Nanoseconds kShortestInProgress = milliseconds(100);

Unexpected wrong(std::string message, std::string remedy) {
  return fail(ErrorCode::invalid_argument, std::move(message), std::move(remedy));
}

Result<void> check(const TelemetryOptions& options) {
  if (options.service_name.size() > kMaxNameBytes || !detail::is_span_name(options.service_name)) {
    return wrong("service_name is longer than 200 bytes or has a character X-Ray refuses",
                 "use letters, digits, blanks and _ . : / % & # = + \\ - @");
  }
  const PipelineOptions& pipeline = options.pipeline;
  if (pipeline.queue_limit_bytes < kMinQueueBytes || pipeline.queue_limit_bytes > kMaxQueueBytes) {
    return wrong("queue_limit_bytes is outside 64 KiB to 1 GiB", "the default is 4 MiB");
  }
  if (pipeline.flush_interval < milliseconds(100) || pipeline.flush_interval > minutes(1)) {
    return wrong("flush_interval is outside 100 ms to 1 min",
                 "the default is 200 ms; a busy pipeline shortens it by itself");
  }
  if (pipeline.orphan_timeout < Nanoseconds::zero() ||
      pipeline.shutdown_timeout < Nanoseconds::zero()) {
    return wrong("a timeout is negative", "give zero or more");
  }
  if (pipeline.in_progress_after != Nanoseconds::zero() &&
      pipeline.in_progress_after < kShortestInProgress) {
    return wrong("in_progress_after is below 100 ms", "give 0 for never, or a time of requests");
  }
  const TailOptions& tail = options.tail;
  constexpr double kOneAnHour = 1.0 / 3'600;
  const bool is_off = tail.kept_per_second == 0;
  if (!(is_off || (tail.kept_per_second >= kOneAnHour && tail.kept_per_second <= 1'000)) ||
      tail.slow < Nanoseconds::zero()) {
    return wrong("TailOptions are out of their range",
                 "keep one trace an hour to 1,000 a second, or 0; and give 0 or more for slow");
  }
  for (const DefaultEntry& entry : options.default_annotations) {
    if (entry.key.empty() || entry.key.size() > kMaxAnnotationKeyBytes) {
      return wrong("a default annotation's key is empty or longer than 500 bytes", "name it");
    }
  }
  return {};
}

/// Of a Telemetry that has logs alone: no address is looked at, and no socket is open.
class NoTraces final : public Exporter {
 public:
  void export_batch(const Batch&, ExportReport&) noexcept override {}  // uncovered: nothing to send
};

/// As far as this room can read: no file and no service.
Result<void> sample_by(const SamplingChoice& choice, TelemetryOptions& options,
                       const Clock& clock) {
  using Kind = SamplingChoice::Kind;
  if (choice.kind == Kind::rate) options.sampling_rate = choice.rate;
  if (choice.kind == Kind::central || !choice.rules_file.empty()) {
    return fail(ErrorCode::unsupported,
                "Telemetry::from_environment reads no rules from a file or from X-Ray",
                "use aws::telemetry_from_environment, or ALOFT_SAMPLING=rules without a file");
  }
  if (choice.kind != Kind::rules) return {};
  auto rules = RuleSampler::create({built_in_rule()}, clock);
  if (!rules) return unexpected(rules.error());
  options.sampler = parent_based(*std::move(rules));
  return {};
}

}  // namespace

Result<Telemetry> Telemetry::create(TelemetryOptions options, Platform platform) {
  const Nanoseconds timeout = options.pipeline.shutdown_timeout;
  // First of all: who switches off for a broken environment must not fail on that environment.
  if (!options.enabled || (!options.traces && options.logs == nullptr)) {
    return Telemetry(nullptr, timeout);
  }
  if (options.service_name.empty()) options.service_name = program_invocation_short_name;
  if (Result<void> checked = check(options); !checked) return unexpected(checked.error());
  if (options.logs != nullptr) {
    if (Result<void> ok = options.logs->check(options.log_levels); !ok)
      return unexpected(ok.error());
  }
  if (Result<std::shared_ptr<const Sampler>> rate = fixed_rate(options.sampling_rate); !rate) {
    return unexpected(rate.error());
  }
  if (!options.traces) {
    options.exporter = std::make_unique<NoTraces>();
  } else if (!options.exporter) {
    Result<std::unique_ptr<Exporter>> exporter =
        xray_daemon_exporter({.address = options.daemon_address}, platform);
    if (!exporter) return unexpected(exporter.error());
    options.exporter = std::move(*exporter);
  }
  RedactionScratch scratch;
  RedactionCounts counts;
  options.service_version = Redactor().redact(options.service_version, scratch, counts);
  if (!options.environment.empty()) {
    options.default_metadata.push_back({"service", {"environment", options.environment}});
  }
  Result<detail::Pipeline*> pipeline = detail::Registry::instance().open({
      .platform = platform,
      .resource = {std::move(options.service_name), std::move(options.service_version),
                   std::move(options.origin), std::move(options.resource_attributes)},
      .sampler = std::move(options.sampler),
      .sampling_threshold = static_cast<std::uint64_t>(options.sampling_rate *
                                                       static_cast<double>(detail::kEveryDraw)),
      .exporter = std::move(options.exporter),
      .logs = std::move(options.logs),
      .traces = options.traces,
      .options = options.pipeline,
      .tail = options.tail,
      .keeps_tail = options.tail.kept_per_second > 0,
      .default_annotations = std::move(options.default_annotations),
      .default_metadata = std::move(options.default_metadata),
      .trace_headers = options.trace_headers,
  });
  if (!pipeline) return unexpected(pipeline.error());
  return Telemetry(*pipeline, timeout);
}

namespace {

TraceHeaders headers_from(const Environment& environment, TraceHeaders headers) {
  for (const std::string_view name : {"OTEL_PROPAGATORS", "ALOFT_TRACE_HEADERS"}) {
    const auto formats = parse_header_formats(environment.get(name).value_or(""));
    if (formats) headers = {.read = *formats, .written = *formats};
  }
  const auto written = environment.get("ALOFT_TRACE_HEADERS_WRITTEN");
  headers.written = parse_header_formats(written.value_or("")).value_or(headers.written);
  return headers;
}

}  // namespace

TelemetryOptions with_environment(TelemetryOptions options, const Environment& environment) {
  // The environment wins over code, as in every X-Ray SDK; our own name for it wins over theirs.
  for (const std::string_view name : {"AWS_XRAY_TRACING_NAME", "ALOFT_SERVICE_NAME"}) {
    if (const auto value = environment.get(name)) options.service_name = *value;
  }
  if (options.service_name.empty()) options.service_name = program_invocation_short_name;
  if (const auto value = environment.get("ALOFT_SERVICE_VERSION")) options.service_version = *value;
  if (const auto value = environment.get("ALOFT_LOG_LEVEL")) options.log_levels = *value;
  if (const auto value = environment.get("ALOFT_ENVIRONMENT")) options.environment = *value;
  if (const auto value = environment.get("AWS_XRAY_DAEMON_ADDRESS")) {
    options.daemon_address = *value;
  }
  options.trace_headers = headers_from(environment, options.trace_headers);
  // Seconds; a word that is no number counts as unset.
  const auto age = text::parse_decimal(environment.get("ALOFT_IN_PROGRESS_AFTER").value_or(""));
  constexpr std::uint64_t kYear = 31'536'000;
  if (age && *age <= kYear) {
    options.pipeline.in_progress_after = std::chrono::seconds(static_cast<std::int64_t>(*age));
  }
  options.traces = options.traces && environment.flag("AWS_XRAY_SDK_ENABLED", true);
  options.enabled = options.enabled && environment.flag("ALOFT_ENABLED", true) &&
                    (options.traces || options.logs != nullptr);
  return options;
}

Result<void> check_environment(const Environment& environment) {
  for (const char* const name : {"ALOFT_TRACE_HEADERS", "ALOFT_TRACE_HEADERS_WRITTEN"}) {
    const auto value = environment.get(name);
    if (value && !are_header_formats(*value)) {
      return wrong(std::string(name) + " has a word that names no trace header",
                   "use xray, w3c, both with a comma between them, or none");
    }
  }
  return {};
}

Result<Telemetry> Telemetry::from_environment(TelemetryOptions options,
                                              const Environment& environment, Platform platform) {
  options = with_environment(std::move(options), environment);
  const bool traces = options.enabled && options.traces;
  if (traces) {
    if (Result<void> ok = check_environment(environment); !ok) return unexpected(ok.error());
  }
  if (traces && options.sampler == nullptr) {
    const Result<SamplingChoice> choice = choose_sampling(environment);
    if (!choice) return unexpected(choice.error());
    if (Result<void> ok = sample_by(*choice, options, platform.clock); !ok) {
      return unexpected(ok.error());
    }
  }
  if (options.enabled && options.logs && options.logs->takes_exporter()) {
    if (environment.get("ALOFT_LOGS_EXPORTER") == "none") {
      options.logs = nullptr;
    } else if (Result<void> ok = options.logs->choose(environment, platform); !ok) {
      return unexpected(ok.error());
    }
  }
  return create(std::move(options), platform);
}

Telemetry::Telemetry(detail::Pipeline* pipeline, Nanoseconds shutdown_timeout) noexcept
    : pipeline_(pipeline),
      generation_(pipeline != nullptr ? pipeline->generation.load(std::memory_order_relaxed) : 0),
      shutdown_timeout_(shutdown_timeout) {}

Telemetry::Telemetry(Telemetry&& other) noexcept
    : pipeline_(other.pipeline_.exchange(nullptr)),
      generation_(other.generation_),
      shutdown_timeout_(other.shutdown_timeout_) {}

Telemetry& Telemetry::operator=(Telemetry&& other) noexcept {
  if (this != &other) {
    shutdown(shutdown_timeout_);
    pipeline_ = other.pipeline_.exchange(nullptr);
    generation_ = other.generation_;
    shutdown_timeout_ = other.shutdown_timeout_;
  }
  return *this;
}

Telemetry::~Telemetry() { shutdown(shutdown_timeout_); }

Tracer Telemetry::tracer() const noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  return pipeline != nullptr ? pipeline->tracer(generation_) : Tracer();
}

FlushReport Telemetry::flush(Nanoseconds timeout) noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  if (pipeline == nullptr) return {.complete = true, .accounting = {}, .logs = {}};
  const bool complete = pipeline->flush(generation_, timeout);
  return {complete, pipeline->accounting(), pipeline->log_accounting()};
}

FlushReport Telemetry::flush(Deadline deadline) noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  if (pipeline == nullptr) return {.complete = true, .accounting = {}, .logs = {}};
  const bool complete = pipeline->flush(generation_, deadline);
  return {complete, pipeline->accounting(), pipeline->log_accounting()};
}

void Telemetry::poll() noexcept {
  if (detail::Pipeline* const pipeline = pipeline_) pipeline->poll();
}

void Telemetry::set_enabled(bool enabled) noexcept {
  if (detail::Pipeline* const pipeline = pipeline_) pipeline->set_enabled(enabled);
}

bool Telemetry::enabled() const noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  return pipeline != nullptr && pipeline->enabled.load(std::memory_order_relaxed);
}

Accounting Telemetry::accounting() const noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  return pipeline != nullptr ? pipeline->accounting() : Accounting{};
}

Accounting Telemetry::log_accounting() const noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  return pipeline != nullptr ? pipeline->log_accounting() : Accounting{};
}

TraceCounters Telemetry::counters() const noexcept {
  detail::Pipeline* const pipeline = pipeline_;
  return pipeline != nullptr ? pipeline->counters() : TraceCounters{};
}

Accounting Telemetry::shutdown(Nanoseconds timeout, Accounting* lines) noexcept {
  detail::Pipeline* const pipeline = pipeline_.exchange(nullptr);
  if (pipeline == nullptr) return {};
  return detail::Registry::instance().close(*pipeline, timeout, lines);
}

}  // namespace v0
}  // namespace aloft
