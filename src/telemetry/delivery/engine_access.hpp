// SPDX-License-Identifier: Apache-2.0
// An engine whose log is on a disk that a test made.
#pragma once

#include <aloft/telemetry/delivery/engine.hpp>

#include "telemetry/delivery/file_system.hpp"

#include <memory>

namespace aloft {
inline namespace v0 {
namespace delivery {

struct EngineAccess {
  /// As `Engine::create`; `files` outlives the engine.
  static Result<Engine> create(EngineOptions options, std::unique_ptr<Wire> wire, Platform platform,
                               FileSystem& files);
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
