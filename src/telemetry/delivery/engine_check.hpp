// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// @error invalid_argument  names the option or the wire's limit that is out of its range.
Result<void> check(const EngineOptions& options, const Limits& limits);

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
