// SPDX-License-Identifier: Apache-2.0
// An adapter from an installation, with the user's own SQLite.
#include <aloft/integrations/sqlite.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include <chrono>

int main() {
  aloft::testing::MemoryExporter memory;
  auto telemetry =
      aloft::Telemetry::create({.service_name = "shop", .exporter = memory.exporter()});
  sqlite3* database = nullptr;
  if (!telemetry || sqlite3_open(":memory:", &database) != SQLITE_OK) return 1;
  aloft::Span request = telemetry->tracer().start("request");
  const int code = aloft::integrations::traced_exec(request, database, "CREATE TABLE t (x)");
  sqlite3_close(database);
  request.end();
  telemetry->flush(std::chrono::seconds(5));
  return code == SQLITE_OK && memory.span("memory").sql.database_type == "SQLite" ? 0 : 1;
}
