// SPDX-License-Identifier: Apache-2.0
// Spans of what SQLite runs: a statement of your own, from its first step to its last, or a text.
//
//   SqliteSpan run(request, statement);              // after the parameters are bound
//   while (run.step() == SQLITE_ROW) use(sqlite3_column_int64(statement, 0));
//   sqlite3_reset(statement);
//
//   const int code = traced_exec(request, database, "BEGIN IMMEDIATE");
//
// Recorded are the name of the file, the version, how many rows came, and what SQLite says of an
// error's code. The text of a statement is recorded when you ask for it, without its literals;
// bound values and SQLite's own messages, which quote the statement, never are.
//
// An error is a fault, with the annotations `sqlite_code` (extended) and `error_class`: `error` for
// the statement's own mistake (a constraint, a type), `throttle` where another holds the lock, else
// `fault`.
//
// Thread-safety: as the connection. Never throws or allocates.
#pragma once

#include <aloft/integrations/sql_text.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/span.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct SqliteOptions {
  /// Which database it is, e.g. "ledger.db". Empty: the name of the main file, or "memory". Where
  /// the file lies is not recorded.
  std::string_view database{};
  /// Record the statement, its literals replaced (sql_text.hpp).
  bool statement_text = false;
};

/// "error", "throttle" or "fault".
inline std::string_view error_class_of_sqlite(int code) noexcept {
  switch (code & 0xFF) {  // the low byte is the primary code
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "throttle";
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return "error";
    default:
      return "fault";
  }
}

namespace detail {

/// The class of an error, as the spans of Aloft name it.
inline ErrorCode error_code_of_sqlite(int code) noexcept {
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return ErrorCode::invalid_argument;
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_PERM:
      return ErrorCode::permission_denied;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return ErrorCode::resource_exhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::data_loss;
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT:
      return ErrorCode::cancelled;
    case SQLITE_MISUSE:
    case SQLITE_INTERNAL:
      return ErrorCode::internal;
    default:
      return ErrorCode::unavailable;
  }
}

inline std::string_view sqlite_database_name(sqlite3* database) noexcept {
  const char* file = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  if (file == nullptr || *file == '\0') return "memory";
  const std::string_view path(file);
  return path.substr(path.rfind('/') + 1);
}

inline Span start_sqlite_span(Span& parent, sqlite3* database, const char* statement,
                              const SqliteOptions& options) noexcept {
  if (!records_children(parent)) return sql_query(parent, {});
  constexpr std::string_view kScheme = "sqlite:";
  char url[kScheme.size() + kMaxNameBytes];
  const std::string_view name =
      options.database.empty() ? sqlite_database_name(database) : options.database;
  std::size_t size = kScheme.copy(url, kScheme.size());
  size += name.copy(url + size, kMaxNameBytes);
  const SqlCallInfo call{.url = {url, size},
                         .database_type = "SQLite",
                         .database_version = sqlite3_libversion(),
                         .preparation = "statement"};
  Span span = sql_query(parent, call);
  if (options.statement_text && statement != nullptr && span.recording()) {
    span.set_sql_call({.sanitized_query = SqlText(statement, SqlDialect::sqlite).view()});
  }
  return span;
}

/// @param code  what SQLite answered; SQLITE_OK, ROW and DONE are no errors.
inline void record_sqlite_error(Span& span, int code) noexcept {
  if (!span.recording() || code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  span.annotate("sqlite_code", std::int64_t{code});
  span.annotate("error_class", error_class_of_sqlite(code));
  span.set_error(to_string(error_code_of_sqlite(code)), sqlite3_errstr(code));
}

}  // namespace detail

/// One run of a prepared statement.
class [[nodiscard]] SqliteSpan {
 public:
  SqliteSpan(Span& parent, sqlite3_stmt* statement, const SqliteOptions& options = {}) noexcept
      : span_(detail::start_sqlite_span(parent, sqlite3_db_handle(statement),
                                        sqlite3_sql(statement), options)),
        statement_(statement) {}
  SqliteSpan(const SqliteSpan&) = delete;
  SqliteSpan& operator=(const SqliteSpan&) = delete;
  ~SqliteSpan() { end(); }

  /// `sqlite3_step`. The span ends when no row follows, or with this object.
  int step() noexcept {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) {
      ++rows_;
      return code;
    }
    if (code != SQLITE_DONE && span_.recording()) {
      detail::record_sqlite_error(span_, sqlite3_extended_errcode(sqlite3_db_handle(statement_)));
    }
    end();
    return code;
  }

  Span& span() noexcept { return span_; }

 private:
  void end() noexcept {
    if (!span_.recording()) return;
    span_.annotate("rows", rows_);
    span_.end();
  }

  Span span_;
  sqlite3_stmt* statement_;
  std::int64_t rows_ = 0;
};

/// `sqlite3_exec` of text whose rows nobody wants.
/// @return what SQLite answered.
inline int traced_exec(Span& parent, sqlite3* database, const char* statements,
                       const SqliteOptions& options = {}) noexcept {
  Span span = detail::start_sqlite_span(parent, database, statements, options);
  const int code = sqlite3_exec(database, statements, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) detail::record_sqlite_error(span, sqlite3_extended_errcode(database));
  return code;
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
