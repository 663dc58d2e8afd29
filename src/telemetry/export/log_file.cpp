// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/log_file.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/export/log_file_exporter.hpp"
#include "telemetry/export/rotating_file.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace {

using namespace std::chrono_literals;

/// How often it is looked where the name leads, whether the lock is free, and, after a failure,
/// whether a file can be had. Ours: nine system calls a second.
constexpr Nanoseconds kLookEvery = 1s;
/// Lines are formatted a quarter of a megabyte at a time.
constexpr std::size_t kBufferBytes = std::size_t{1} << 18;
constexpr std::size_t kMaxLines = 4'096;
constexpr std::uint64_t kLeastRotateBytes = std::uint64_t{64} << 10;
constexpr Nanoseconds kLeastRotateEvery = 1min;
constexpr std::size_t kMostKeptFiles = 1'000;
/// A name may have 255 bytes (limits.h, NAME_MAX, read 2026-11); a time stands behind that of ours.
constexpr std::size_t kMostNameBytes = 200;
constexpr std::size_t kMostPathBytes = 4'000;

class LogFileExporter final : public LogExporter {
 public:
  LogFileExporter(LogFileOptions options, const Platform& platform, delivery::FileSystem& files)
      : options_(std::move(options)),
        platform_(platform),
        file_(files, options_, *options_.counters),
        writer_(options_.line_limit_bytes),
        buffer_(kBufferBytes + options_.line_limit_bytes),
        looked_(platform.clock.steady_now()),
        epoch_(detail::fork_epoch()) {
    ends_.reserve(kMaxLines);
  }
  ~LogFileExporter() override { notice_fork(); }
  LogFileExporter(const LogFileExporter&) = delete;
  LogFileExporter& operator=(const LogFileExporter&) = delete;

  Result<void> open() {
    Result<void> opened = file_.open();
    if (opened && file_.bytes() != 0) period_ = period_of(file_.modified());
    return opened;
  }

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    notice_fork();
    look_sometimes();
    for (const LogRecord& line : batch.lines) {
      if (period_of(line.time) != period_) begin_period(line.time, report);
      if (!writer_.append(buffer_, batch.resource, line)) {
        report.dropped(Reason::too_large, 1);
        continue;
      }
      // A file is at most as long as it may be, but for the first line in it.
      if (is_full()) begin_file(line.time, report);
      ends_.push_back(buffer_.size());
      if (buffer_.size() >= kBufferBytes || ends_.size() == ends_.capacity()) write(report);
    }
    write(report);
    settle(report);
  }

 private:
  std::int64_t period_of(WallTime time) const noexcept {
    return options_.rotate_every == 0ns ? 0 : time.time_since_epoch() / options_.rotate_every;
  }
  bool is_full() const noexcept {
    return options_.rotate_bytes != 0 && file_.may_rotate() &&
           (file_.bytes() != 0 || !ends_.empty()) &&
           file_.bytes() + buffer_.size() > options_.rotate_bytes;
  }

  void notice_fork() noexcept {
    const std::uint32_t now = detail::fork_epoch();
    if (now != epoch_) file_.leave_lock();
    epoch_ = now;
  }

  void look_sometimes() noexcept {
    const SteadyTime now = platform_.clock.steady_now();
    if (now - looked_ < kLookEvery) return;
    looked_ = now;
    file_.look();
  }

  void begin_period(WallTime first, ExportReport& report) noexcept {
    // A clock that was set back does not bring an old file back.
    if (period_ && period_of(first) < *period_) return;
    if (period_ && !file_.may_rotate()) return;
    write(report);
    if (!period_ || file_.bytes() == 0 || file_.rotate(first)) period_ = period_of(first);
  }

  /// The line that stands last in the buffer is the first of the new file.
  void begin_file(WallTime first, ExportReport& report) noexcept {
    const std::size_t line = ends_.empty() ? 0 : ends_.back();
    const std::size_t bytes = buffer_.size() - line;
    put(report);
    // A full disk takes nothing; an empty file in the place of an old one would help nobody.
    if (file_.bytes() != 0) file_.rotate(first);
    // The lines before it are out: it goes to the front.
    line_.assign(buffer_.view().substr(line, bytes));
    clear();
    buffer_.append(line_);
  }

  void write(ExportReport& report) noexcept {
    put(report);
    clear();
  }
  /// The lines of the buffer that have an end.
  void put(ExportReport& report) noexcept {
    if (ends_.empty()) return;
    const std::size_t done = file_.append(buffer_.view().substr(0, ends_.back()));
    const auto sent = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), done) -
                                               ends_.begin());
    written_ += sent;
    if (sent == ends_.size()) return;
    report.dropped(Reason::send_failed, ends_.size() - sent);
    platform_.diagnostics.report(ErrorCode::unavailable, "log_file",
                                 "log lines were dropped, for the disk of LogFileOptions::path did "
                                 "not take them: free space");
  }
  void clear() noexcept {
    buffer_.clear();
    ends_.clear();
  }

  /// What was written is sent, unless the disk was asked and did not confirm: then nothing is said
  /// of it, which is *unknown*.
  void settle(ExportReport& report) noexcept {
    if (written_ != 0 && (!options_.sync_each_batch || file_.sync())) report.sent(written_);
    written_ = 0;
  }

  const LogFileOptions options_;
  const Platform platform_;
  detail::RotatingFile file_;
  LogLineWriter writer_;
  json::Buffer buffer_;
  std::vector<std::size_t> ends_;  // of the lines in it
  std::string line_;
  std::size_t written_ = 0;             // lines of this batch
  std::optional<std::int64_t> period_;  // of the lines in the file
  SteadyTime looked_;
  std::uint32_t epoch_;
};

Unexpected refuse(std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, "LogFileOptions::" + std::string(what),
              std::string(remedy));
}

Result<void> check(const LogFileOptions& options) {
  const std::string_view path = options.path;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.empty() || name == "." || name == ".." || path.find('\0') != std::string_view::npos) {
    return refuse("path names no file", "give the path of a file");
  }
  if (name.size() > kMostNameBytes || path.size() > kMostPathBytes) {
    return refuse("path is longer than 200 bytes of name, or 4,000 in all", "give a shorter one");
  }
  if (options.rotate_bytes != 0 && options.rotate_bytes < kLeastRotateBytes) {
    return refuse("rotate_bytes is less than 64 KiB", "give more, or 0 for never");
  }
  if (options.rotate_every != 0ns && options.rotate_every < kLeastRotateEvery) {
    return refuse("rotate_every is shorter than a minute", "give more, or 0 for never");
  }
  if (options.kept_files > kMostKeptFiles) {
    return refuse("kept_files is more than 1,000", "keep fewer");
  }
  if ((options.mode & ~0777u) != 0 || (options.mode & 0600u) != 0600u ||
      (options.mode & 0022u) != 0) {
    return refuse("mode lets others write, or its owner not", "give e.g. 0640");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LogExporter>> detail::log_file(LogFileOptions options,
                                                      const Platform& platform,
                                                      delivery::FileSystem& files) {
  if (auto checked = check(options); !checked) return unexpected(checked.error());
  constexpr std::size_t kMost = std::size_t{1} << 20;
  options.line_limit_bytes = std::clamp(options.line_limit_bytes, kMinLogLineBytes, kMost);
  if (!options.counters) options.counters = std::make_shared<LogFileCounters>();
  auto file = std::make_unique<LogFileExporter>(std::move(options), platform, files);
  if (auto opened = file->open(); !opened) return unexpected(opened.error());
  return std::unique_ptr<LogExporter>(std::move(file));
}

Result<std::unique_ptr<LogExporter>> log_file(LogFileOptions options, const Platform& platform) {
  // The program may change its folder, and the path is followed once a second.
  if (!options.path.empty() && options.path.front() != '/') {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::current_path(error);
    if (error) return refuse("path is relative, to a folder that is gone", "give an absolute path");
    options.path = (folder / options.path).string();
  }
  return detail::log_file(std::move(options), platform, delivery::FileSystem::system());
}

}  // namespace v0
}  // namespace aloft
