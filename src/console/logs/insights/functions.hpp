// SPDX-License-Identifier: Apache-2.0
// The functions of Logs Insights, by name (in any case).
//
// Source: "Boolean, comparison, numeric, datetime, and other functions", user guide of CloudWatch
// Logs, read 2026-11.
// Thread-safety: pure functions.
#pragma once

#include "console/logs/insights/period.hpp"
#include "console/logs/insights/value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace aloft::console::logs::insights {

/// Ours: most bytes of a text that a function makes; what is longer is cut.
inline constexpr std::size_t kMaxMadeBytes = std::size_t{256} << 10U;
/// As many as an expression may have at all.
inline constexpr std::size_t kMaxCallArguments = 32;

/// What functions know beside their arguments.
struct CallContext {
  std::int64_t timestamp_ms = 0;  ///< of the event; for `bin`
  bool has_timestamp = false;
  std::int64_t now_ms = 0;  ///< when the query began
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::optional<Period> period;  ///< of the argument that is one
};

using FunctionBody = Value (*)(const CallContext&, std::span<const Value>);

struct Function {
  std::string_view name;
  std::size_t least = 0;  ///< arguments, without the period
  std::size_t most = 0;
  bool period = false;  ///< its last argument is a period
  FunctionBody body = nullptr;
};

/// Null when there is none.
const Function* find_function(std::string_view name) noexcept;

/// By kind; `find_function` looks through all.
std::span<const Function> number_functions() noexcept;
std::span<const Function> text_functions() noexcept;
std::span<const Function> general_functions() noexcept;

}  // namespace aloft::console::logs::insights
