// SPDX-License-Identifier: Apache-2.0
// Records the fixed set of spans and sends it: `recorded_spans udp HOST:PORT` or `recorded_spans
// otlp URL`. Prints how many spans were accepted, acknowledged and sent.
#include "console/otlp/recorded_spans.hpp"

#include <aloft/http_client/otlp_exporter.hpp>
#include <aloft/telemetry/export/xray_daemon_exporter.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace {

aloft::Result<std::unique_ptr<aloft::Exporter>> exporter_for(std::string_view wire,
                                                             const char* where) {
  if (wire == "udp") return aloft::xray_daemon_exporter({.address = where});
  aloft::http_client::OtlpOptions options;
  options.url = where;
  return aloft::http_client::otlp_exporter(options, aloft::console::fixture::resource());
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  auto exporter = exporter_for(arguments[1], arguments[2]);
  if (!exporter) {
    std::fprintf(stderr, "%s\n", exporter.error().to_string().c_str());
    return 1;
  }
  const aloft::Accounting books = aloft::console::fixture::record_through(*std::move(exporter));
  std::printf("%llu accepted %llu acknowledged %llu sent\n",
              static_cast<unsigned long long>(books.accepted),
              static_cast<unsigned long long>(books.acknowledged),
              static_cast<unsigned long long>(books.sent));
  return books.accepted == books.acknowledged + books.sent ? 0 : 1;
}
