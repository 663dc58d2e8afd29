// SPDX-License-Identifier: Apache-2.0
// Asks, in order, everything that must be right before a span reaches its receiver, and stops where
// the next question would make no sense.
//
//   wire -> settings, place -> disk -> region -> credentials -> endpoint -> clock -> permission
//            -> sampling
//
// The files of AWS and the place are asked only where wire or region need them. It sends no span:
// permission is asked with an empty PutTraceSegments. Nothing that it prints is a secret: of
// credentials the source and the last four characters of the key's id.
// Thread-safety: none needed; blocks at most `ExaminationOptions::timeout` a question.
#pragma once

#include "doctor/finding.hpp"

#include <aloft/aws/telemetry.hpp>
#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>

#include <string>

namespace aloft::doctor {

struct ExaminationOptions {
  std::string service_name{};  ///< for the sampling rule; empty: ALOFT_SERVICE_NAME
  Nanoseconds timeout = std::chrono::seconds(5);
  aws::DetectOptions detect{};
  aws::CredentialsChainOptions credentials{};
};

Report examine(const ExaminationOptions& options, const Environment& environment,
               Platform platform);

}  // namespace aloft::doctor
