// SPDX-License-Identifier: Apache-2.0
// The version of the library; the build checks that it is the project's.
#pragma once

#include <string_view>

namespace aloft {
inline namespace v0 {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace v0
}  // namespace aloft
