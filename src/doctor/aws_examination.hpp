// SPDX-License-Identifier: Apache-2.0
// The questions that only AWS can answer: region, credentials, endpoint, clock, permission, rules.
//
// Thread-safety: functions; block at most `ExaminationOptions::timeout` a question.
#pragma once

#include "doctor/examination.hpp"

#include <aloft/aws/settings.hpp>

namespace aloft::doctor {

/// @param wire  xray or xray-otlp.
void examine_aws(const ExaminationOptions& options, const aws::Settings& settings,
                 aws::TracesWire wire, Platform platform, Report& report);

/// What the daemon's TCP side, or the console's, says about sampling rules.
void report_sampling_of_daemon(const ExaminationOptions& options, const Environment& environment,
                               Platform platform, Report& report);

}  // namespace aloft::doctor
