// SPDX-License-Identifier: Apache-2.0
#include <aloft/http_client/otlp_exporter.hpp>

#include <aloft/telemetry/format/otlp.hpp>

#include <string>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

class Encoder {
 public:
  explicit Encoder(std::size_t limit_bytes) : writer_(limit_bytes) {}

  void operator()(const aloft::Batch& batch, std::vector<delivery::Record>& records,
                  ExportReport& report) {
    for (const TraceRecord& trace : batch.traces) {
      const std::string tenant(delivery::tenant_of(trace));
      const WallTime time = delivery::time_of(trace);
      writer_.begin(trace);
      while (const auto spans = writer_.next()) {
        records.push_back({.payload = std::string(spans->bytes),
                           .tenant = tenant,
                           .count = static_cast<std::uint32_t>(spans->spans),
                           .time = time});
      }
      report.dropped(Reason::too_large, writer_.too_large());
    }
  }

 private:
  OtlpTraceWriter writer_;
};

}  // namespace

delivery::TraceEncoder otlp_encoder(std::size_t limit_bytes) {
  // The writer's memory is reused; std::function wants to be copied, a writer does not.
  return [encoder = std::make_shared<Encoder>(limit_bytes)](
             const aloft::Batch& batch, std::vector<delivery::Record>& records,
             ExportReport& report) { (*encoder)(batch, records, report); };
}

Result<std::unique_ptr<Exporter>> otlp_exporter(OtlpOptions wire, const Resource& resource,
                                                delivery::EngineOptions engine, Platform platform) {
  Result<std::unique_ptr<OtlpWire>> made = OtlpWire::create(std::move(wire), resource, platform);
  if (!made) return unexpected(made.error());
  // A record has no resource: another service's would be sent as ours.
  if (engine.log && engine.log->purpose.empty()) {
    engine.log->purpose = "otlp/" + std::string(resource.service_name);
  }
  // Less than the options say when the envelope needs the room.
  const std::size_t limit = (*made)->limits().record_bytes;
  auto exporter = delivery::TraceExporter::create(std::move(engine), *std::move(made),
                                                  otlp_encoder(limit), platform);
  if (!exporter) return unexpected(exporter.error());
  return std::unique_ptr<Exporter>(*std::move(exporter));
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
