// SPDX-License-Identifier: Apache-2.0
// The web port: the page, its API (docs/reference/console-api.md), and the gate before both.
//
// Thread-safety: handlers run on several threads; what they use is thread-safe.
#pragma once

#include "console/broadcaster.hpp"
#include "console/gate.hpp"
#include "console/intake.hpp"
#include "console/logs/log_store.hpp"
#include "console/logs/page_api.hpp"
#include "console/map/service_map.hpp"
#include "console/otlp/otlp_intake.hpp"
#include "console/page.hpp"
#include "console/store.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/router.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace aloft::console {

/// What the status answer tells beside the counters.
struct AppFacts {
  std::string version;
  WallTime started;
  Endpoint http;
  Endpoint xray;
  std::optional<Endpoint> otlp;  ///< its own port
  std::string store_kind;        ///< "memory" or "file"
  std::uint64_t max_bytes = 0;
  std::uint64_t logs_max_bytes = 0;
};

/// What the status answer counts.
struct AppCounters {
  IntakeStatus intake;
  otlp::OtlpStatus otlp;
  StoreStatus store;
  logs::LogStoreStatus logs;
};

/// The status answer of the API document.
std::string status_json(const AppFacts& facts, WallTime now, const AppCounters& counters);

/// What the handlers work with; all of it outlives the router.
struct ConsoleParts {
  Store& store;
  Intake& intake;
  otlp::OtlpIntake& otlp;
  const ServiceMap& map;
  Broadcaster& broadcaster;
  const Page& page;
  Clock& clock;
  std::function<std::string()> status;
  logs::PageParts logs;
};

http::Router make_console_router(const ConsoleParts& parts, GateOptions gate);
/// The port for OTLP alone, behind the same gate.
http::Router make_otlp_router(otlp::OtlpIntake& intake, GateOptions gate);

}  // namespace aloft::console
