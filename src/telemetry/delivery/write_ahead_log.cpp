// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/write_ahead_log.hpp"

#include "telemetry/delivery/file_system.hpp"
#include "telemetry/delivery/log_core.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr std::uint64_t kLeastLimitBytes = 64u << 10;
constexpr std::uint64_t kMostLimitBytes = std::uint64_t{1} << 40;
constexpr std::uint64_t kLeastSegmentBytes = 4u << 10;
/// Far below `kMaxFileBytes`, with room for the acknowledgements behind the records.
constexpr std::uint64_t kMostSegmentBytes = std::uint64_t{1} << 30;
/// Ours: above it nobody means durability.
constexpr std::chrono::hours kLongestInterval{1};

Result<void> check(const LogOptions& options) {
  const auto wrong = [](std::string message, std::string remedy) {
    return Result<void>(fail(ErrorCode::invalid_argument, std::move(message), std::move(remedy)));
  };
  if (options.directory.empty() || options.directory.find('\0') != std::string::npos) {
    return wrong("LogOptions::directory is empty or has a zero byte", "give an absolute path");
  }
  if (options.limit_bytes < kLeastLimitBytes || options.limit_bytes > kMostLimitBytes) {
    return wrong("LogOptions::limit_bytes is out of range", "use 64 KiB to 1 TiB");
  }
  if (options.segment_bytes < kLeastSegmentBytes || options.segment_bytes > kMostSegmentBytes ||
      options.segment_bytes > options.limit_bytes / 4) {
    return wrong("LogOptions::segment_bytes is out of range",
                 "use 4 KiB to 1 GiB, and at most a quarter of limit_bytes");
  }
  if (options.sync_interval < Nanoseconds::zero() || options.sync_interval > kLongestInterval) {
    return wrong("LogOptions::sync_interval is out of range", "use zero to an hour");
  }
  return {};
}

}  // namespace

WriteAheadLog::WriteAheadLog(std::unique_ptr<Core> core) noexcept : core_(std::move(core)) {}
WriteAheadLog::~WriteAheadLog() = default;

Result<std::unique_ptr<WriteAheadLog>> WriteAheadLog::open(const LogOptions& options,
                                                           Platform platform) {
  return open(options, platform, FileSystem::system());
}

Result<std::unique_ptr<WriteAheadLog>> WriteAheadLog::open(const LogOptions& options,
                                                           Platform platform, FileSystem& files) {
  if (auto checked = check(options); !checked) return unexpected(checked.error());
  auto directory = LogDirectory::open(files, platform.random, options.directory, options.purpose);
  if (!directory) return unexpected(directory.error());
  auto core = std::make_unique<Core>(options, platform, files, std::move(*directory));
  core->recover_own();
  core->adopt();
  return std::unique_ptr<WriteAheadLog>(new WriteAheadLog(std::move(core)));
}

Appended WriteAheadLog::append(const Record& record) noexcept {
  return core_->forked() ? Appended{} : core_->append(record);
}

bool WriteAheadLog::commit() noexcept {
  return !core_->forked() && core_->push(core_->sync_is_due());
}

bool WriteAheadLog::sync() noexcept { return !core_->forked() && core_->push(true); }

SteadyTime WriteAheadLog::sync_due() const noexcept {
  return core_->forked() ? (SteadyTime::max)() : core_->sync_due();
}

Sequence WriteAheadLog::durable() const noexcept { return core_->durable(); }

bool WriteAheadLog::holds(Sequence sequence) const noexcept { return core_->holds(sequence); }

Sequence WriteAheadLog::last() const noexcept { return core_->last(); }

void WriteAheadLog::acknowledge(Sequence sequence) noexcept {
  if (!core_->forked()) core_->acknowledge(sequence);
}

bool WriteAheadLog::next(Sequence after, LogRecord& out) noexcept {
  return !core_->forked() && core_->next(after, out);
}

std::uint64_t WriteAheadLog::adopt() noexcept { return core_->forked() ? 0 : core_->adopt(); }

bool WriteAheadLog::unreadable() const noexcept { return core_->unreadable(); }

bool WriteAheadLog::failing() const noexcept { return core_->failing(); }

LogCounters WriteAheadLog::counters() const noexcept { return core_->counters(); }

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
