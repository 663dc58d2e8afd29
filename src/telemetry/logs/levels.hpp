// SPDX-License-Identifier: Apache-2.0
// The levels of loggers and tenants, each a cell that outlives whoever reads it.
//
// A logger that is made looks for its name, one that learns its tenant for that tenant; from then
// on both are a pointer. Cells are never freed; what is not set goes by the common level.
#pragma once

#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/logging.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

/// Ours: names are those of parts of a program; more share the cell of the logger without a name.
inline constexpr std::size_t kMaxLoggerNames = 256;
inline constexpr std::size_t kMaxTenantLevels = 64;

struct NamedLogLevel {
  std::string name;  // of a logger
  LogLevel level;
};

class LogLevels {
 public:
  /// Of a generation: nothing is left of the levels of an earlier one.
  void reset(LogLevel common, const std::vector<NamedLogLevel>& named);
  void set_enabled(bool on) noexcept;

  /// 0 is the logger without a name, and of a name above the limit.
  std::uint16_t index_of(std::string_view name);
  const LogCell& cell(std::uint16_t name) const noexcept { return names_[name].cell; }
  std::string_view name(std::uint16_t index) const noexcept { return names_[index].name; }
  /// At the lowest level while there are logs at all.
  const LogCell& audit_cell() const noexcept { return audit_; }

  /// The tenant's cell, or null when its level was not set. No lock.
  const LogCell* tenant(std::uint64_t hash) const noexcept;
  /// What was in force before; nothing when there are too many tenants with a level.
  std::optional<LogLevel> set_tenant(std::uint64_t hash, std::optional<LogLevel> level) noexcept;
  std::optional<LogLevel> set_name(std::string_view name, std::optional<LogLevel> level);
  LogLevel set_common(LogLevel level) noexcept;
  void forget_lock() noexcept { new (&mutex_) std::mutex; }

 private:
  /// Of what has no level of its own.
  static constexpr auto kCommon = static_cast<LogLevel>(0xFF);
  struct Holder {
    LogCell cell;
    std::atomic<LogLevel> own{kCommon};
  };
  struct Named : Holder {
    std::string name;
  };
  struct OfTenant : Holder {
    std::atomic<std::uint64_t> hash{0};
    bool was_used = false;  // loggers of a tenant that had it may still look at it
  };
  /// Under the lock. 0 when there are too many.
  std::uint16_t add(std::string_view name);
  LogLevel level_of(const Holder& holder) const noexcept;
  /// What was in force before.
  LogLevel change(Holder& holder, std::optional<LogLevel> level) noexcept;
  void apply() noexcept;

  LogCell audit_;
  std::mutex mutex_;  // never on the way of a line
  std::array<Named, kMaxLoggerNames> names_;
  std::atomic<std::uint32_t> name_count_{1};
  std::array<OfTenant, kMaxTenantLevels> tenants_;
  std::atomic<std::uint32_t> tenant_count_{0};
  std::atomic<LogLevel> common_{LogLevel::info};
  std::atomic<bool> enabled_{false};
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
