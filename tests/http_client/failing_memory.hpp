// SPDX-License-Identifier: Apache-2.0
// Lets one chosen `operator new` of a thread fail. For a program of its own: it replaces them all.
#pragma once

#include <atomic>

namespace aloft::failing_memory {

/// Counts allocations down; the one that gets it from 1 to 0 fails, at 0 and less none does.
using Countdown = std::atomic<int>;
/// Null: nothing fails on this thread.
extern thread_local Countdown* countdown_of_this_thread;

}  // namespace aloft::failing_memory
