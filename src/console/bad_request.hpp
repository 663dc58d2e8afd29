// SPDX-License-Identifier: Apache-2.0
// What was wrong with a request to one of the AWS operations.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace aloft::console {

/// In words that quote nothing of the request.
struct BadRequest {
  std::string_view message;
  std::optional<std::size_t> position = std::nullopt;  ///< the byte of a filter expression
};

}  // namespace aloft::console
