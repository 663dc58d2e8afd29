// SPDX-License-Identifier: Apache-2.0
// What a program needs to trace its work: the telemetry facade and the small values it speaks.
//
// Rooms that bring more with them (http, http_server) are included by name.
//
//   auto telemetry = aloft::Telemetry::from_environment({.service_name = "payments"});
//   aloft::Span work = telemetry->tracer().start("work");
//
// Thread-safety: as said by each header.
#pragma once

#include <aloft/telemetry/telemetry.hpp>
