// SPDX-License-Identifier: Apache-2.0
// Traces over OTLP/HTTP through the delivery engine: for a collector, for AWS, for the console.
//
//   auto exporter = http_client::otlp_exporter(*OtlpOptions::from_environment(environment),
//                                              {.service_name = "payments"});
//   if (!exporter) return unexpected(exporter.error());
//   auto telemetry = Telemetry::create({.service_name = "payments",
//                                       .exporter = std::move(*exporter)});
//
// Thread-safety: as every exporter.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http_client/otlp_wire.hpp>
#include <aloft/telemetry/delivery/engine_options.hpp>
#include <aloft/telemetry/delivery/trace_exporter.hpp>
#include <aloft/telemetry/exporter.hpp>

#include <cstddef>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace http_client {

/// Each trace a record of OTLP spans, as `OtlpWire` takes them.
/// @param limit_bytes  of one record; a trace that has more becomes several.
delivery::TraceEncoder otlp_encoder(std::size_t limit_bytes);

/// @param resource  the service's; must be the one that the `Telemetry` has.
/// @error as OtlpWire::create and delivery::Engine::create.
Result<std::unique_ptr<Exporter>> otlp_exporter(OtlpOptions wire, const Resource& resource,
                                                delivery::EngineOptions engine = {.name = "otlp"},
                                                Platform platform = Platform::system());

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
