// SPDX-License-Identifier: Apache-2.0
// opentelemetry-cpp under the load of paced_requests.hpp: OTLP over HTTP, protobuf, gzip, its batch
// processor with a queue that loses nothing at this pace. Built by bench/rivals/CMakeLists.txt.
#include "paced_requests.hpp"

#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/tracer.h>

#include <memory>
#include <utility>

namespace sdk = opentelemetry::sdk;
namespace otlp = opentelemetry::exporter::otlp;
namespace trace = opentelemetry::trace;

namespace {

/// Counts what the exporter says it has delivered.
class Counting final : public sdk::trace::SpanExporter {
 public:
  Counting(std::unique_ptr<sdk::trace::SpanExporter> exporter, std::uint64_t& delivered)
      : exporter_(std::move(exporter)), delivered_(delivered) {}
  std::unique_ptr<sdk::trace::Recordable> MakeRecordable() noexcept override {
    return exporter_->MakeRecordable();
  }
  sdk::common::ExportResult Export(
      const opentelemetry::nostd::span<std::unique_ptr<sdk::trace::Recordable>>& spans) noexcept
      override {
    const std::size_t count = spans.size();
    const sdk::common::ExportResult result = exporter_->Export(spans);
    if (result == sdk::common::ExportResult::kSuccess) delivered_ += count;
    return result;
  }
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return exporter_->ForceFlush(timeout);
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override {
    return exporter_->Shutdown(timeout);
  }

 private:
  std::unique_ptr<sdk::trace::SpanExporter> exporter_;
  std::uint64_t& delivered_;
};

void annotate(trace::Span& span, std::int64_t number) {
  span.SetAttribute("tenant_id", "acme");
  span.SetAttribute("request_id", "req-0123456789abcdef");
  span.SetAttribute("route", "/v1/charges");
  span.SetAttribute("currency", "EUR");
  span.SetAttribute("amount_minor", number);
  span.SetAttribute("attempt", std::int64_t{1});
  span.SetAttribute("ratio", 0.25);
  span.SetAttribute("cached", false);
}

}  // namespace

int main(int count, char** words) {
  const rivals::Load load = rivals::load_of(count, words);
  std::uint64_t delivered = 0;

  otlp::OtlpHttpExporterOptions options;
  options.url = load.url;
  options.content_type = otlp::HttpRequestContentType::kBinary;
  options.compression = "gzip";
  sdk::trace::BatchSpanProcessorOptions batching;
  batching.max_queue_size = 65'536;
  batching.max_export_batch_size = 4'096;
  batching.schedule_delay_millis = std::chrono::milliseconds(200);
  auto exporter =
      std::make_unique<Counting>(otlp::OtlpHttpExporterFactory::Create(options), delivered);
  auto processor = sdk::trace::BatchSpanProcessorFactory::Create(std::move(exporter), batching);
  auto provider = sdk::trace::TracerProviderFactory::Create(
      std::move(processor), sdk::resource::Resource::Create({{"service.name", "rival"}}));
  const auto tracer = provider->GetTracer("bench");

  rivals::run_paced(load, [&](std::int64_t number) {
    const auto root = tracer->StartSpan("POST /v1/charges");
    annotate(*root, number);
    for (int i = 1; i < rivals::kSpansPerRequest; ++i) {
      trace::StartSpanOptions child;
      child.parent = root->GetContext();
      const auto span = tracer->StartSpan("ledger", child);
      annotate(*span, number);
      span->End();
    }
    root->End();
  });
  provider->ForceFlush();
  provider->Shutdown();
  rivals::print(load, delivered, rivals::cpu_us());
}
