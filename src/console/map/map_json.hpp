// SPDX-License-Identifier: Apache-2.0
// The map and the overview as JSON of the console's own API (docs/reference/console-api.md).
//
// Thread-safety: pure functions.
#pragma once

#include "console/map/service_map.hpp"

#include <aloft/core/clock.hpp>

#include <cstdint>
#include <string>

namespace aloft::console {

inline constexpr std::uint64_t kMaxMapMinutes = 60;
inline constexpr std::uint64_t kDefaultMapMinutes = 5;

/// The answer to `GET /api/map`.
std::string map_json(const ServiceMap& map, std::uint64_t minutes, WallTime now);
/// The answer to `GET /api/overview`.
std::string overview_json(const ServiceMap& map, std::uint64_t minutes, WallTime now);

}  // namespace aloft::console
