// SPDX-License-Identifier: Apache-2.0
// The outside world a component needs, in one small struct that is passed at construction.
//
//   auto telemetry = Telemetry::create(options);                       // the real world
//   auto telemetry = Telemetry::create(options, {clock, random, log}); // a test
//
// The three objects must outlive everything that was built with them, and every `Span` those made.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/diagnostics.hpp>
#include <aloft/core/random.hpp>

namespace aloft {
inline namespace v0 {

struct Platform {
  Clock& clock;
  Random& random;
  Diagnostics& diagnostics;

  static Platform system() noexcept {
    return {Clock::system(), Random::system(), Diagnostics::standard_error()};
  }
};

}  // namespace v0
}  // namespace aloft
