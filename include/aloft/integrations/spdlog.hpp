// SPDX-License-Identifier: Apache-2.0
// Log lines from spdlog into Aloft, and from Aloft into spdlog.
//
//   auto sink = std::make_shared<SpdlogSink>(*telemetry, SpdlogNames{"ledger", "issuer"});
//   spdlog::set_default_logger(std::make_shared<spdlog::logger>("payments", sink));
//
// A program that calls spdlog then has what Aloft does to a line: redaction of its text, levels by
// logger, the trace of the current span where the program keeps one (telemetry/current.hpp), and
// every exporter. spdlog's names `ledger` and `issuer` are loggers of the same name; another name
// is a field, `logger_name`. `trace` is debug, and `critical` is an error: `spdlog_level` says so.
// Patterns and formatters of the sink are ignored.
//
//   logging({.exporter = spdlog_exporter(spdlog::get("payments"))})
//
// The other way round, lines of Aloft go, redacted, to the sinks that a logger of spdlog has, as
// text (format/pretty_line.hpp) with their own time, level and name; of an asynchronous logger into
// its queue. A line that would come back is dropped by the sink and counted: `SpdlogSink::looped`.
// Make an asynchronous logger with `async_overflow_policy::overrun_oldest`: spdlog's default,
// `block`, waits for room in its queue without end, and with it Aloft's thread does, its flush and
// the end of its Telemetry; in the child of a fork, where spdlog's threads are not, for ever.
//
// Thread-safety: the sink: all calls, it needs no lock and blocks nobody. The exporter: as every
// one. Neither throws. The sink outlives its Telemetry as a Logger does: it writes nothing then.
#pragma once

#include <aloft/telemetry/current.hpp>
#include <aloft/telemetry/format/pretty_line.hpp>
#include <aloft/telemetry/logging.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace integrations {

namespace detail {

/// Where a line of `spdlog_exporter` says that it comes from: spdlog carries it through queues and
/// sinks within sinks.
inline constexpr const char* kFromAloft = "aloft::integrations::spdlog_exporter";

inline LogLevel aloft_level(spdlog::level::level_enum level) noexcept {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return LogLevel::debug;
    case spdlog::level::info:
      return LogLevel::info;
    case spdlog::level::warn:
      return LogLevel::warn;
    case spdlog::level::err:
    case spdlog::level::critical:
      return LogLevel::error;
    default:
      return LogLevel::off;
  }
}

inline spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    default:
      return spdlog::level::err;
  }
}

inline std::string_view view_of(spdlog::string_view_t text) noexcept {
  return {text.data(), text.size()};
}

inline std::string_view last_part(const char* path) noexcept {
  const std::string_view view = path == nullptr ? std::string_view() : std::string_view(path);
  return view.substr(view.rfind('/') + 1);
}

}  // namespace detail

/// Names of spdlog's loggers that are loggers of Aloft, too.
using SpdlogNames = std::initializer_list<std::string_view>;

class SpdlogSink final : public spdlog::sinks::sink {
 public:
  explicit SpdlogSink(const Telemetry& telemetry, SpdlogNames names = {})
      : common_(telemetry.logger()) {
    for (const std::string_view name : names) {
      named_.emplace_back(std::string(name), telemetry.logger(name));
    }
  }
  /// All lines by one logger, with what it carries.
  explicit SpdlogSink(const Logger& logger) : common_(logger) {}

  void log(const spdlog::details::log_msg& message) override {
    if (message.source.funcname != nullptr &&
        std::string_view(message.source.funcname) == detail::kFromAloft) {
      looped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    const std::string_view name = detail::view_of(message.logger_name);
    const Logger* const own = find(name);
    const Logger& logger = own != nullptr ? *own : common_;
    const LogLevel level = detail::aloft_level(message.level);
    if (!logger.enabled(level)) return;
    const Span* const span = current_span();
    write(span != nullptr ? logger.with(*span) : logger, message,
          own != nullptr ? std::string_view() : name);
  }
  /// Waits for nothing: `Telemetry::flush` does.
  void flush() override {}
  void set_pattern(const std::string& /*pattern*/) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

  /// Lines that came from Aloft and would have gone round.
  std::uint64_t looped() const noexcept { return looped_.load(std::memory_order_relaxed); }

 private:
  const Logger* find(std::string_view name) const noexcept {
    for (const auto& [known, logger] : named_) {
      if (known == name) return &logger;
    }
    return nullptr;
  }
  static void write(const Logger& logger, const spdlog::details::log_msg& message,
                    std::string_view name) noexcept {
    const LogText text =
        LogText::of(detail::view_of(message.payload), detail::last_part(message.source.filename),
                    static_cast<std::uint32_t>(message.source.line));
    const bool is_other =
        message.level == spdlog::level::trace || message.level == spdlog::level::critical;
    const std::string_view level =
        message.level == spdlog::level::trace ? std::string_view("trace") : "critical";
    LogField fields[2];
    if (is_other) fields[0] = {"spdlog_level", level};
    if (!name.empty()) fields[1] = {"logger_name", name};
    const LogLevel as = detail::aloft_level(message.level);
    if (is_other && !name.empty()) {
      logger.log(as, text, {fields[0], fields[1]});
    } else if (is_other) {
      logger.log(as, text, {fields[0]});
    } else if (!name.empty()) {
      logger.log(as, text, {fields[1]});
    } else {
      logger.log(as, text);
    }
  }

  const Logger common_;
  std::vector<std::pair<std::string, Logger>> named_;
  std::atomic<std::uint64_t> looped_{0};
};

namespace detail {

class SpdlogExporter final : public LogExporter {
 public:
  explicit SpdlogExporter(const std::shared_ptr<spdlog::logger>& logger)
      : model_(clone(*logger, logger->name())) {}

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    for (const LogRecord& line : batch.lines) {
      const std::uint64_t failed = failed_->load(std::memory_order_relaxed);
      const bool is_out = put(line) && failed_->load(std::memory_order_relaxed) == failed;
      if (is_out) {
        report.sent(1);
      } else {
        report.dropped(Reason::send_failed, 1);
      }
    }
  }

 private:
  /// Names beyond are those of the logger that was given.
  static constexpr std::size_t kMaxNames = 64;
  static constexpr std::size_t kBufferBytes = 65'536;

  /// Aloft's levels have decided already. What its sinks throw is counted, not printed.
  std::shared_ptr<spdlog::logger> clone(spdlog::logger& logger, const std::string& name) {
    std::shared_ptr<spdlog::logger> copy = logger.clone(name);
    copy->set_level(spdlog::level::trace);
    copy->set_error_handler([failed = failed_](const std::string& /*what*/) {
      failed->fetch_add(1, std::memory_order_relaxed);
    });
    return copy;
  }
  spdlog::logger& logger_of(std::string_view name) {
    const auto known = named_.find(name);
    if (known != named_.end()) return *known->second;
    if (name.empty() || named_.size() == kMaxNames) return *model_;
    return *named_.emplace(std::string(name), clone(*model_, std::string(name))).first->second;
  }
  bool write(const LogRecord& line) {
    buffer_.clear();
    if (!writer_.append_text(buffer_, line)) return false;
    const std::string_view text = buffer_.view();
    const auto time = std::chrono::time_point_cast<spdlog::log_clock::duration>(line.time);
    logger_of(line.logger)
        .log(time, spdlog::source_loc{nullptr, 0, kFromAloft}, spdlog_level(line.level),
             spdlog::string_view_t(text.data(), text.size()));
    return true;
  }
  bool put(const LogRecord& line) noexcept {
#if defined(__cpp_exceptions)
    try {
      return write(line);
    } catch (...) {  // a copy of a logger, or what an error handler throws
      return false;
    }
#else
    return write(line);
#endif
  }

  /// Shared with the handlers of loggers, which a queue of spdlog may keep for longer.
  std::shared_ptr<std::atomic<std::uint64_t>> failed_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  std::shared_ptr<spdlog::logger> model_;
  std::map<std::string, std::shared_ptr<spdlog::logger>, std::less<>> named_;
  PrettyLineWriter writer_;
  json::Buffer buffer_{kBufferBytes};
};

}  // namespace detail

/// An exporter that writes to the sinks of `logger`, which must not be null. Its level and its name
/// do not count: Aloft's do. An asynchronous one overruns its oldest lines (see above).
inline std::unique_ptr<LogExporter> spdlog_exporter(const std::shared_ptr<spdlog::logger>& logger) {
  return std::make_unique<detail::SpdlogExporter>(logger);
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
