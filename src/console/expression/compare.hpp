// SPDX-License-Identifier: Apache-2.0
// What the operators mean. Each comparison takes time linear in the longer text.
//
// Thread-safety: pure functions.
#pragma once

#include "console/expression/token.hpp"

#include <cstdint>
#include <string_view>

namespace aloft::console::expression {

bool is_order(Operator op) noexcept;  ///< `< <= > >=`
bool is_part(Operator op) noexcept;   ///< CONTAINS, BEGINSWITH, ENDSWITH

/// `found op wanted`, byte for byte; false for an operator of order.
bool compare_texts(std::string_view found, Operator op, std::string_view wanted) noexcept;
/// False for an operator of parts.
bool compare_numbers(double found, Operator op, double wanted) noexcept;
/// Exact, also beyond 2^53.
bool compare_whole_numbers(std::int64_t found, Operator op, std::int64_t wanted) noexcept;

}  // namespace aloft::console::expression
