// SPDX-License-Identifier: Apache-2.0
// One random life of a process that writes the log, drawn from a seed, and what it says of itself
// through a pipe until it is killed.
//
// Thread-safety: one thread; `live` is for a child of a fork.
#pragma once

#include "telemetry/delivery/file_system.hpp"
#include "telemetry/delivery/write_ahead_log.hpp"

#include <cstdint>
#include <string>

namespace aloft::delivery::fixture {

enum class Word : std::uint8_t {
  durable,        ///< the log said so
  to_be_settled,  ///< it may be gone from now on
  settled,        ///< its acknowledgement was written: it must not come back
};

/// Written whole or not at all, for a pipe takes that much at once.
struct Message {
  Word word = Word::durable;
  std::uint64_t id = 0;
};

struct LifeScript {
  std::uint64_t seed = 0;
  std::uint64_t first_id = 0;
  LogOptions options{};
  std::uint64_t calls = UINT64_MAX;  ///< that change the disk, before it kills itself; else: never
  std::uint64_t torn_bytes = 0;      ///< of the write in which it does
  std::uint64_t file_limit = 0;      ///< RLIMIT_FSIZE; 0: none
};

LifeScript draw_life(std::uint64_t seed, const std::string& directory);
/// How large record `id` is: both sides know.
std::size_t bytes_of(std::uint64_t id);
/// Appends, syncs and acknowledges until it is killed. `pipe` takes its messages.
[[noreturn]] void live(const LifeScript& script, int pipe);

}  // namespace aloft::delivery::fixture
