// SPDX-License-Identifier: Apache-2.0
#include "ledger/database.hpp"

#include <sqlite3.h>

#include <utility>

namespace ledger {
namespace {

using aloft::ErrorCode;
using aloft::Result;
using aloft::unexpected;

// One writer at a time is SQLite's rule, and this process holds the only connection; another one
// (a person with the sqlite3 shell) may hold the file for a moment.
constexpr int kBusyMilliseconds = 500;

aloft::Unexpected failure(int outcome) {
  const int primary = outcome & 0xFF;
  const bool damaged = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  const ErrorCode code = damaged                   ? ErrorCode::data_loss
                         : primary == SQLITE_FULL  ? ErrorCode::resource_exhausted
                         : primary == SQLITE_ERROR ? ErrorCode::internal
                                                   : ErrorCode::unavailable;
  return aloft::fail(code, std::string("the database: ") + sqlite3_errstr(outcome),
                     "see --db in --help");
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::int64_t value) noexcept {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}

void Statement::bind(int parameter, std::string_view text) noexcept {
  sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

Result<bool> Statement::step() {
  const int outcome = sqlite3_step(statement_.get());
  if (outcome == SQLITE_ROW) return true;
  if (outcome == SQLITE_DONE) return false;
  return failure(outcome);
}

void Statement::reset() noexcept {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::integer(int column) noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int count = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr || count <= 0) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(count)};
}

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

Result<Database> Database::open(const std::string& file) {
  sqlite3* raw = nullptr;
  const int outcome = sqlite3_open_v2(file.empty() ? ":memory:" : file.c_str(), &raw,
                                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database;
  database.database_.reset(raw);
  if (outcome != SQLITE_OK) return failure(outcome);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  // WAL: readers do not wait for the writer, and a commit costs no wait for the disk; after a power
  // cut the last commits may be missing, but the file is whole.
  if (const Result<void> mode =
          database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      !mode) {
    return unexpected(mode.error());
  }
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

std::int64_t Database::last_row_id() const noexcept {
  return sqlite3_last_insert_rowid(database_.get());
}

}  // namespace ledger
