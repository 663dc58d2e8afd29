// SPDX-License-Identifier: Apache-2.0
// A wait that only time ends: what stands in for a peer that takes its time.
//
//   pause_until(platform.clock, platform.clock.steady_now() + 5ms);
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/clock.hpp>

namespace example {

void pause_until(aloft::Clock& clock, aloft::SteadyTime until);

}  // namespace example
