// SPDX-License-Identifier: Apache-2.0
#include "console/logs/log_schema.hpp"

#include <string>
#include <utility>

namespace aloft::console::logs {
namespace {

// Columns that an event does not have are NULL, so that the index of traces holds only events of
// traces. Both stamps must match the constants in the header.
constexpr const char* kTables = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE log_group (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  retention_days INTEGER NOT NULL,
  settings TEXT NOT NULL
) STRICT;
CREATE TABLE log_stream (
  key INTEGER PRIMARY KEY,
  log_group INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_stream_by_name ON log_stream (log_group, name);
CREATE TABLE event (
  key INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  ingestion_ms INTEGER NOT NULL,
  level TEXT,
  service TEXT,
  tenant TEXT,
  trace_id TEXT,
  request_id TEXT,
  message BLOB NOT NULL
) STRICT;
CREATE INDEX event_by_stream ON event (stream);
CREATE INDEX event_by_trace ON event (trace_id) WHERE trace_id IS NOT NULL;
PRAGMA application_id = 1097623116;
PRAGMA user_version = 1;
COMMIT;
)sql";
// Of all files, also of those from before it was kept.
constexpr const char* kCounter = R"sql(
CREATE TABLE IF NOT EXISTS log_counter (given INTEGER NOT NULL) STRICT;
INSERT INTO log_counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM log_counter);
)sql";
static_assert(kLogApplicationId == 1097623116 && kLogSchemaVersion == 1);

constexpr const char* kRemedy = "move the file of logs away, or choose another --db";

}  // namespace

Result<void> prepare_log_schema(Database& database) {
  const auto application = database.integer("PRAGMA application_id");
  if (!application) {
    return fail(application.error().code, "the file of logs is damaged or no database", kRemedy);
  }
  const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return fail(objects.error().code, "the file of logs is damaged", kRemedy);
  if (*application == 0 && *objects == 0) {
    if (auto done = database.run(kTables); !done) return done;
    return database.run(kCounter);
  }
  if (*application != kLogApplicationId) {
    return fail(ErrorCode::unsupported, "the file of logs belongs to another program", kRemedy);
  }
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return unexpected(version.error());
  if (*version != kLogSchemaVersion) {
    return fail(ErrorCode::unsupported, "the file of logs was written by another version", kRemedy);
  }
  return database.run(kCounter);
}

Result<void> prepare(Database& database, Statement& statement, std::string_view sql) {
  auto prepared = database.prepare(sql);
  if (!prepared) return unexpected(prepared.error());
  statement = std::move(*prepared);
  return {};
}

}  // namespace aloft::console::logs
