// SPDX-License-Identifier: Apache-2.0
// The facade: one object that owns the pipeline of a service and hands out its tracer.
//
//   auto telemetry = Telemetry::from_environment({.service_name = "payments"});
//   if (!telemetry) return report(telemetry.error());
//   Span span = telemetry->tracer().start("work");
//   …
//   span.end();
//   telemetry->flush(200ms);
//
// Threads: one background thread, which wakes at most every `flush_interval` when idle, or none
// with `Threading::manual` (then call `poll`, as under Lambda). Switched off there is no thread, no
// socket and no cost. `shutdown`, or destruction, sends what has ended; spans and tracers that live
// longer do nothing and are safe. Exit, signals, dlclose: docs/guides/process-lifetime.md.
//
// Fork: the child drops what its parent had begun, counts it, and starts a thread of its own with
// its first span.
#pragma once

#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/exporter.hpp>
#include <aloft/telemetry/log_level.hpp>
#include <aloft/telemetry/log_setup.hpp>
#include <aloft/telemetry/threading.hpp>
#include <aloft/telemetry/tracer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft {
inline namespace v0 {

struct RedactionCounts;
enum class RedactionPlace : std::uint8_t;

class Logger;
class Sampler;
struct LogCounters;

struct PipelineOptions {
  /// Memory for spans from their start until they are sent; 64 KiB to 1 GiB; touched as needed.
  std::size_t queue_limit_bytes = 4u << 20;
  /// Longest time a finished span waits for its round; 100 ms to 1 min. Shorter when much is
  /// waiting. Longer, up to a second, only for the first after a pause whose wake-up is not heard.
  Nanoseconds flush_interval = std::chrono::milliseconds(200);
  /// How long a root waits for children that are still open before it is sent without them.
  Nanoseconds orphan_timeout = std::chrono::seconds(60);
  /// A sampled root that is open for so long is told of while it is: a document with its ids, its
  /// name and its start, `in_progress`, which the whole one replaces. Once, up to a second later,
  /// over X-Ray's datagrams and stdout alone; at least 100 ms, 0: never. ALOFT_IN_PROGRESS_AFTER
  /// wins.
  Nanoseconds in_progress_after{0};
  /// What destruction may take to send the rest; an exporter that takes longer is left behind.
  Nanoseconds shutdown_timeout = std::chrono::milliseconds(500);
  Threading threading = Threading::background;
};

/// Traces that the sampler did not want and that turn out to matter. Off by default: each request
/// then costs what a sampled one costs until it is sent, and memory until it has ended: at most
/// half of `queue_limit_bytes`, beyond which requests are not looked at.
///
/// Only where this process decides, so never below a caller's `Sampled=0`. The services that are
/// called are told `Sampled=0` before it is known how it ends, so what is kept is this service's
/// part alone. Kept traces say `tail` for the name of their sampling rule: they are the bad ones,
/// and whoever counts or averages must leave them out.
struct TailOptions {
  /// At most so many traces a second, in which a span failed (an error, a throttle, a fault, a
  /// status of 400 or more) or that were slow; up to a second's worth at once. One an hour to
  /// 1,000; 0: off.
  double kept_per_second = 0;
  /// From this long on a root is slow; 0: none is.
  Nanoseconds slow{0};
};

/// A default value of every local root; owns its text.
struct DefaultEntry {
  std::string key;
  std::variant<std::string, std::int64_t, double, bool> value;
};
struct DefaultMetadata {
  std::string name_space;
  DefaultEntry entry;
};

struct TelemetryOptions {
  /// 1 to 200 bytes of letters, digits, blanks and `_ . : / % & # = + \ - @`; empty stands for the
  /// program's name. `ALOFT_SERVICE_NAME` and `AWS_XRAY_TRACING_NAME` win over it.
  std::string service_name{};
  std::string service_version{};  ///< becomes X-Ray's `service.version`
  std::string environment{};      ///< becomes metadata `service.environment`, e.g. "prod"
  /// The kill switch: false judges no other option. See also `Telemetry::set_enabled`.
  bool enabled = true;
  /// Share of new traces to record, 0 to 1; callers' decisions are obeyed. ALOFT_SAMPLING wins.
  double sampling_rate = 1.0;
  /// Replaces `parent_based(fixed_rate(sampling_rate))` when set.
  std::shared_ptr<const Sampler> sampler{};
  TailOptions tail{};
  /// Where the service runs, as `aws::detect` finds it out; see `Resource`.
  std::string origin{};
  std::vector<ResourceAttribute> resource_attributes{};
  std::vector<DefaultEntry> default_annotations{};
  std::vector<DefaultMetadata> default_metadata{};
  /// Which trace headers are read and written. `ALOFT_TRACE_HEADERS` wins over both.
  TraceHeaders trace_headers{};
  /// `host:port`, or `tcp:host:port udp:host:port` in either order, as `AWS_XRAY_DAEMON_ADDRESS`.
  std::string daemon_address = "127.0.0.1:2000";
  /// Replaces the X-Ray daemon exporter when set.
  std::unique_ptr<Exporter> exporter{};
  /// Logs, beside traces; none when null. `.logs = logging()` writes JSON lines on stdout
  /// (telemetry/logging.hpp).
  std::unique_ptr<Logging> logs{};
  /// Laid over `LogOptions::levels`, which says how it is written. `ALOFT_LOG_LEVEL` wins.
  std::string log_levels{};
  /// False when only logs are wanted; `AWS_XRAY_SDK_ENABLED=false` says so, too.
  bool traces = true;
  PipelineOptions pipeline{};
};

/// `options` with the environment's variables laid over them (docs/configuration.md).
TelemetryOptions with_environment(TelemetryOptions options, const Environment& environment);
/// Whether `with_environment` understands what our own variables say; it passes over what it does
/// not, and so does a program that is switched off.
/// @error invalid_argument  ALOFT_TRACE_HEADERS or ALOFT_TRACE_HEADERS_WRITTEN names no header.
Result<void> check_environment(const Environment& environment);

/// What `flush` achieved.
struct FlushReport {
  /// Every trace that had ended before the call (its root and all children) was decided in time;
  /// `accounting.in_flight` then counts only spans that are open or wait for one that is.
  bool complete = false;
  Accounting accounting;
  Accounting logs{};  ///< of lines; see `Telemetry::log_accounting`
};

class Telemetry {
 public:
  /// @error invalid_argument  an option is out of its range; the message names it.
  /// @error resource_exhausted  no memory or no thread could be had.
  static Result<Telemetry> create(TelemetryOptions options, Platform platform = Platform::system());
  /// `create`, `with_environment`, `check_environment`, and `choose_sampling` where no sampler is
  /// set in code.
  /// @error unsupported  ALOFT_SAMPLING or ALOFT_SAMPLING_RULES asks for what only
  ///                     `aws::telemetry_from_environment` can read.
  static Result<Telemetry> from_environment(
      TelemetryOptions options = {}, const Environment& environment = Environment::from_process(),
      Platform platform = Platform::system());

  Telemetry(Telemetry&& other) noexcept;
  Telemetry& operator=(Telemetry&& other) noexcept;
  ~Telemetry();

  Tracer tracer() const noexcept;
  /// One that does nothing when `TelemetryOptions::logs` was not set.
  /// @param name  of a part of the program, which may have a level of its own: 1 to 128 letters,
  ///              digits and `_ . -`. At most 255 names; above that, or with other characters, it
  ///              is the logger without a name. May lock and allocate.
  Logger logger(std::string_view name = {}) const;

  /// Sends what has ended and waits for the outcome, at most until the timeout; with
  /// `Threading::manual` it takes as long as the exporter does. Thread-safe, except against
  /// moving; a flush that a shutdown overtakes returns at once.
  FlushReport flush(Nanoseconds timeout) noexcept;
  FlushReport flush(Deadline deadline) noexcept;
  /// One round of the pipeline on the caller's thread; only with `Threading::manual`, from one
  /// thread at a time.
  void poll() noexcept;

  /// The kill switch at run time: while off, new spans do nothing; open ones still end.
  void set_enabled(bool enabled) noexcept;
  bool enabled() const noexcept;

  Accounting accounting() const noexcept;
  TraceCounters counters() const noexcept;
  /// Of lines, as `accounting` of spans.
  Accounting log_accounting() const noexcept;
  LogCounters log_counters() const noexcept;
  /// What was taken out before any exporter saw it, by class and by the place where it stood; zero
  /// where there is nothing to read any more. telemetry/redaction_ledger.hpp has both types.
  RedactionCounts redactions(RedactionPlace place) const noexcept;

  /// Changes the level of a logger by name, or with an empty name the common one, for all that
  /// exist and will; an empty level takes a logger's own back. Writes a line about it.
  /// @param changed_by  who wanted it: a person, a ticket, a part of the program.
  /// @error resource_exhausted  more than 255 names; for the common level also: no level.
  /// @error unsupported  this Telemetry has no logs.
  Result<void> set_log_level(std::string_view logger_name, std::optional<LogLevel> level,
                             std::string_view changed_by);
  /// The same for a tenant, whose level stands before those of loggers. For requests that begin
  /// afterwards (`Logger::with`); at most 64 tenants at a time.
  Result<void> set_tenant_log_level(const TenantId& tenant, std::optional<LogLevel> level,
                                    std::string_view changed_by);

  /// Sends what has ended of every trace whose root has, stops, and returns the final books: what
  /// is left is counted as dropped (`owner_gone`). Afterwards everything made here does nothing.
  /// Idempotent.
  /// @param lines  takes the final books of lines; may be null.
  Accounting shutdown(Nanoseconds timeout, Accounting* lines = nullptr) noexcept;

 private:
  Telemetry(detail::Pipeline* pipeline, Nanoseconds shutdown_timeout) noexcept;

  /// Null when switched off from the start, or shut down. Atomic for the threads that still flush
  /// or read the books while exit destroys a static one.
  std::atomic<detail::Pipeline*> pipeline_{nullptr};
  std::uint32_t generation_ = 0;
  Nanoseconds shutdown_timeout_{0};
};

}  // namespace v0
}  // namespace aloft
