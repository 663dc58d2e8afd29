// SPDX-License-Identifier: Apache-2.0
#include "console/store/sqlite.hpp"

#include <sqlite3.h>

namespace aloft::console {
namespace {

// How long a connection waits for another one's checkpoint before it reports "busy".
constexpr int kBusyMilliseconds = 2000;

ErrorCode code_of(int outcome) noexcept {
  switch (outcome & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::data_loss;
    case SQLITE_FULL:
      return ErrorCode::resource_exhausted;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorCode::permission_denied;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
      return ErrorCode::internal;
    default:
      return ErrorCode::unavailable;
  }
}

// SQLite's own sentence for the code: never the statement, never a value.
Unexpected failure(int outcome) {
  return fail(code_of(outcome), std::string("the store: ") + sqlite3_errstr(outcome));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

void Statement::bind(int parameter, std::int64_t value) noexcept {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}

void Statement::bind_text(int parameter, std::string_view text) noexcept {
  sqlite3_bind_text64(statement_.get(), parameter, text.data() == nullptr ? "" : text.data(),
                      text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_bytes(int parameter, std::string_view bytes) noexcept {
  sqlite3_bind_blob64(statement_.get(), parameter, bytes.data() == nullptr ? "" : bytes.data(),
                      bytes.size(), SQLITE_STATIC);
}

bool Statement::step() noexcept {
  outcome_ = sqlite3_step(statement_.get());
  return outcome_ == SQLITE_ROW;
}

Result<void> Statement::finish() {
  const int outcome = outcome_;
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  outcome_ = SQLITE_OK;
  if (outcome == SQLITE_OK || outcome == SQLITE_DONE || outcome == SQLITE_ROW) return {};
  return failure(outcome);
}

Result<void> Statement::run() {
  while (step()) {
  }
  return finish();
}

std::int64_t Statement::integer(int column) noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) noexcept {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int outcome =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.database_.reset(raw);
  if (outcome != SQLITE_OK) return failure(outcome);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  // A store may come from somebody else: its schema must not be able to run anything.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  return database;
}

Result<void> Database::run(const char* sql) {
  const int outcome = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (outcome != SQLITE_OK) return failure(outcome);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  sqlite3_stmt* raw = nullptr;
  const int outcome = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  statement.statement_.reset(raw);
  if (outcome != SQLITE_OK) return failure(outcome);
  return statement;
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return unexpected(statement.error());
  const std::int64_t value = statement->step() ? statement->integer(0) : 0;
  if (auto done = statement->finish(); !done) return unexpected(done.error());
  return value;
}

}  // namespace aloft::console
