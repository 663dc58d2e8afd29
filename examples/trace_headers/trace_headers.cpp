// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/trace-headers.md; prints the headers that it would send.
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/outgoing_trace.hpp>
#include <aloft/telemetry/sqs.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace aloft;

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The three edges of a system.
void guards(const Tracer& tracer) {
  auto shop = http::tracing(tracer);  // anyone: restart, the default
  auto partners = http::tracing(tracer, {.edge = http::EdgePolicy::restart_and_link});
  auto ledger = http::tracing(tracer, {.edge = http::EdgePolicy::trust});
}

/// A server of another library.
Span receive(const Tracer& tracer, const Fields& request) {
  IncomingTrace incoming(tracer.trace_headers().read);
  for (const auto& [name, value] : request) incoming.take(name, value);
  incoming.finish();
  Span span = tracer.start("payments", {.parent = incoming.parent(), .kind = SpanKind::server});
  span.pass_on(incoming.extras());
  return span;
}

/// A client of another library.
void call(Span& request) {
  const Span ledger = request.child("ledger", SpanKind::remote);
  std::map<std::string, std::string> fields;
  OutgoingTrace(ledger).each(
      [&](std::string_view name, std::string_view value) { fields[std::string(name)] = value; });
  for (const auto& [name, value] : fields) std::printf("%s: %s\n", name.c_str(), value.c_str());
}

void send_message(Span& request, std::map<std::string, std::string>& system_attributes) {
  const Span send = request.child("SQS", SpanKind::aws);
  const XRayHeaderWithExtras trace = sqs_trace_attribute(send);
  if (!trace.empty()) system_attributes["AWSTraceHeader"] = trace.view();
}

void work_on(const Tracer& tracer, std::map<std::string, std::string>& system_attributes) {
  const IncomingTrace message = trace_of_message(system_attributes["AWSTraceHeader"]);
  Span span = tracer.start("worker", {.parent = message.parent()});
  span.pass_on(message.extras());
}

void work_on_batch(const Tracer& tracer, const std::vector<std::string>& trace_headers) {
  Span batch = tracer.start("worker");
  for (const std::string& header : trace_headers) batch.link(trace_of_message(header).parent());
}

}  // namespace

int main() {
  auto telemetry = Telemetry::from_environment(
      {.service_name = "payments",
       .trace_headers = {.read = HeaderFormats::w3c_then_xray, .written = HeaderFormats::xray},
       .exporter = stdout_exporter()});
  if (!telemetry) return 1;
  const Tracer tracer = telemetry->tracer();
  guards(tracer);
  std::map<std::string, std::string> system_attributes;
  {
    Span request = receive(
        tracer, {{"X-Amzn-Trace-Id",
                  "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1;"
                  "Lineage=1:a87bd80c:0"}});
    call(request);
    send_message(request, system_attributes);
  }
  work_on(tracer, system_attributes);
  work_on_batch(tracer, {system_attributes["AWSTraceHeader"]});
  return telemetry->flush(std::chrono::seconds(1)).complete ? 0 : 1;
}
