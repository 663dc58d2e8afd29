// SPDX-License-Identifier: Apache-2.0
// Plays one script in the calling process, which is its last act.
#pragma once

#include "safety/script.hpp"
#include "safety/world.hpp"

namespace aloft::safety {

/// Returns only for `Ending::from_main`; the caller then returns from main or calls exit.
void live(const Script& script, const World& world, Report& report);

/// Says why in the report and ends the process at once.
[[noreturn]] void give_up(Report& report, const char* why);

inline constexpr int kGaveUp = 99;

}  // namespace aloft::safety
