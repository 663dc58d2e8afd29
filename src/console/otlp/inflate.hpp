// SPDX-License-Identifier: Apache-2.0
// A gzipped body, inflated up to a limit: a bomb costs no more memory than the limit.
//
// Thread-safety: pure function.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace aloft::console::otlp {

enum class InflateError {
  damaged,    ///< no gzip, cut short, or a wrong check sum
  too_large,  ///< inflated, it is above the limit
};

/// Members that follow one another are one body, as gzip says.
std::variant<std::string, InflateError> inflate_gzip(std::string_view packed,
                                                     std::size_t limit_bytes);

}  // namespace aloft::console::otlp
