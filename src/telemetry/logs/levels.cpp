// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/levels.hpp"

#include <aloft/core/text.hpp>
#include <aloft/telemetry/redactor.hpp>

#include <algorithm>

namespace aloft {
inline namespace v0 {

std::string_view to_string(LogLevel level) noexcept {
  static constexpr std::string_view kNames[] = {"DEBUG", "INFO", "WARN", "ERROR", "OFF"};
  return kNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> parse_log_level(std::string_view name) noexcept {
  static constexpr struct {
    std::string_view name;
    LogLevel level;
  } kWords[] = {{"debug", LogLevel::debug},    {"trace", LogLevel::debug},
                {"info", LogLevel::info},      {"warn", LogLevel::warn},
                {"warning", LogLevel::warn},   {"error", LogLevel::error},
                {"critical", LogLevel::error}, {"fatal", LogLevel::error},
                {"off", LogLevel::off},        {"none", LogLevel::off}};
  for (const auto& word : kWords) {
    if (text::equals_ignoring_case(word.name, name)) return word.level;
  }
  return std::nullopt;
}

namespace detail {

constinit LogCell silent_log;

void LogLevels::reset(LogLevel common, const std::vector<NamedLogLevel>& named) {
  const std::lock_guard lock(mutex_);
  common_.store(common, std::memory_order_relaxed);
  for (Named& one : names_) one.own.store(kCommon, std::memory_order_relaxed);
  for (OfTenant& tenant : tenants_) {
    tenant.own.store(kCommon, std::memory_order_relaxed);
    tenant.hash.store(0, std::memory_order_relaxed);
    // Loggers of an earlier generation may look at it still, but write nothing.
    tenant.was_used = false;
  }
  tenant_count_.store(0, std::memory_order_relaxed);
  for (const NamedLogLevel& one : named) {
    const std::uint16_t index = add(one.name);
    if (index != 0) names_[index].own.store(one.level, std::memory_order_relaxed);
  }
  apply();
}

void LogLevels::set_enabled(bool on) noexcept {
  // Without the lock, which a thread may hold that does not exist in a fork's child.
  enabled_.store(on, std::memory_order_relaxed);
  apply();
}

LogLevel LogLevels::level_of(const Holder& holder) const noexcept {
  const LogLevel own = holder.own.load(std::memory_order_relaxed);
  return own != kCommon ? own : common_.load(std::memory_order_relaxed);
}

LogLevel LogLevels::change(Holder& holder, std::optional<LogLevel> level) noexcept {
  const LogLevel before = level_of(holder);
  holder.own.store(level.value_or(kCommon), std::memory_order_relaxed);
  apply();
  return before;
}

void LogLevels::apply() noexcept {
  const bool on = enabled_.load(std::memory_order_relaxed);
  const auto show = [&](Holder& holder) {
    holder.cell.level.store(on ? level_of(holder) : LogLevel::off, std::memory_order_relaxed);
  };
  audit_.level.store(on ? LogLevel::debug : LogLevel::off, std::memory_order_relaxed);
  std::for_each(names_.begin(), names_.end(), show);
  std::for_each(tenants_.begin(), tenants_.end(), show);
}

std::uint16_t LogLevels::add(std::string_view name) {
  const std::uint32_t count = name_count_.load(std::memory_order_relaxed);
  if (!is_log_key(name)) return 0;
  for (std::uint32_t i = 1; i < count; ++i) {
    if (names_[i].name == name) return static_cast<std::uint16_t>(i);
  }
  // One that was made while the program runs may be a secret.
  RedactionScratch scratch;
  RedactionCounts counts;
  const bool is_clean = Redactor().redact(name, scratch, counts) == name;
  if (count == kMaxLoggerNames || !is_clean) return 0;
  names_[count].name = name;
  name_count_.store(count + 1, std::memory_order_release);
  return static_cast<std::uint16_t>(count);
}

std::uint16_t LogLevels::index_of(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return add(name);
}

LogLevel LogLevels::set_common(LogLevel level) noexcept {
  const std::lock_guard lock(mutex_);
  const LogLevel before = common_.exchange(level, std::memory_order_relaxed);
  apply();
  return before;
}

std::optional<LogLevel> LogLevels::set_name(std::string_view name, std::optional<LogLevel> level) {
  const std::lock_guard lock(mutex_);
  const std::uint16_t index = add(name);
  if (index == 0) return std::nullopt;
  return change(names_[index], level);
}

const LogCell* LogLevels::tenant(std::uint64_t hash) const noexcept {
  if (tenant_count_.load(std::memory_order_acquire) == 0) [[likely]]
    return nullptr;
  for (const OfTenant& tenant : tenants_) {
    if (tenant.hash.load(std::memory_order_acquire) == hash) return &tenant.cell;
  }
  return nullptr;
}

std::optional<LogLevel> LogLevels::set_tenant(std::uint64_t hash,
                                              std::optional<LogLevel> level) noexcept {
  const std::lock_guard lock(mutex_);
  const auto of = [](std::uint64_t wanted) {
    return [wanted](const OfTenant& tenant) {
      return tenant.hash.load(std::memory_order_relaxed) == wanted;
    };
  };
  auto found = std::find_if(tenants_.begin(), tenants_.end(), of(hash));
  if (found == tenants_.end()) {
    if (!level) return common_.load(std::memory_order_relaxed);
    // One that no tenant ever had, if there is one left.
    found = std::find_if(tenants_.begin(), tenants_.end(),
                         [](const OfTenant& tenant) { return !tenant.was_used; });
    if (found == tenants_.end()) found = std::find_if(tenants_.begin(), tenants_.end(), of(0));
    if (found == tenants_.end()) return std::nullopt;
    found->was_used = true;
    tenant_count_.fetch_add(1, std::memory_order_release);
  } else if (!level) {
    tenant_count_.fetch_sub(1, std::memory_order_release);
  }
  const LogLevel before = change(*found, level);
  found->hash.store(level ? hash : 0, std::memory_order_release);
  return before;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
