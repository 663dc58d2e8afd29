// SPDX-License-Identifier: Apache-2.0
// The lines of bench_logs by spdlog: the same JSON, escaped by hand, for spdlog has none.
#pragma once

#include "rivals/bench_line.hpp"

#include <cstdint>

namespace aloft::bench {

enum class SpdlogMode : bool { synchronous, asynchronous };

/// Writes `lines` lines to `path` from this thread, and flushes.
void write_with_spdlog(SpdlogMode mode, const char* path, std::uint64_t lines);

}  // namespace aloft::bench
