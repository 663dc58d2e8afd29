// SPDX-License-Identifier: Apache-2.0
// Who runs what happens in the background: a thread of the library's, or its owner by hand, as
// under Lambda, where nothing may run between two invocations.
//
// Thread-safety: a plain value.
#pragma once

#include <cstdint>

namespace aloft {
inline namespace v0 {

enum class Threading : std::uint8_t {
  background,  ///< a thread of the library's own
  manual,      ///< the owner calls `poll` and `flush`
};

}  // namespace v0
}  // namespace aloft
