// SPDX-License-Identifier: Apache-2.0
// Spans of what libpq sends to PostgreSQL, blocking or not.
//
//   PGresult* rows = traced_exec_params(request, connection,
//       {.command = "SELECT total FROM entry WHERE id = $1", .param_count = 1, .values = values});
//
//   PostgresSpan query(request, connection, "SELECT …");         // asynchronous, row by row, COPY
//   if (PQsendQuery(connection, "SELECT …") == 0) return query.fail();
//   while (PGresult* result = query.next_result()) PQclear(result);
//
// Recorded are host, port, database and user of the connection, the versions, how many rows came or
// changed, and the SQLSTATE of an error with the name of its class; never a password, a parameter's
// value, or the server's message, which quotes values. The text of a statement is recorded when you
// ask for it, without its literals.
//
// An error is a fault, with the annotations `sql_state` and `error_class`: `error` for the
// statement's own mistake, `throttle` where the server has too much to do or a lock is held, else
// `fault`.
//
// Thread-safety: as the connection. Never throws; allocates nothing beyond libpq.
#pragma once

#include <aloft/integrations/sql_text.hpp>
#include <aloft/telemetry/operations.hpp>
#include <aloft/telemetry/span.hpp>

#include <libpq-fe.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct PostgresOptions {
  bool statement_text = false;  ///< record the statement, its literals replaced (sql_text.hpp)
};

/// What an SQLSTATE says by its first two characters.
struct SqlStateClass {
  std::string_view state_class;
  std::string_view error_class;  ///< "error", "throttle" or "fault"
  ErrorCode code;
  std::string_view meaning;
};

/// Source: PostgreSQL 15, appendix A, "PostgreSQL Error Codes", read 2026-11.
inline constexpr SqlStateClass kSqlStateClasses[] = {
    {"08", "fault", ErrorCode::unavailable, "connection exception"},
    {"0A", "error", ErrorCode::unsupported, "feature not supported"},
    {"22", "error", ErrorCode::invalid_argument, "data exception"},
    {"23", "error", ErrorCode::invalid_argument, "integrity constraint violation"},
    {"25", "error", ErrorCode::invalid_argument, "invalid transaction state"},
    {"28", "error", ErrorCode::permission_denied, "invalid authorization"},
    {"40", "throttle", ErrorCode::unavailable, "transaction rollback"},
    {"42", "error", ErrorCode::invalid_argument, "syntax error or access rule violation"},
    {"44", "error", ErrorCode::invalid_argument, "check option violation"},
    {"53", "throttle", ErrorCode::resource_exhausted, "insufficient resources"},
    {"54", "error", ErrorCode::resource_exhausted, "program limit exceeded"},
    {"55", "throttle", ErrorCode::unavailable, "object not in the state it must have"},
    {"57", "fault", ErrorCode::cancelled, "operator intervention"},
    {"58", "fault", ErrorCode::unavailable, "system error"},
    {"P0", "error", ErrorCode::invalid_argument, "raised by a procedure"},
    {"XX", "fault", ErrorCode::internal, "internal error of the server"},
};

/// The row of a state's class; one that says "fault" for what is not listed.
inline constexpr SqlStateClass class_of_sql_state(std::string_view state) noexcept {
  for (const SqlStateClass& row : kSqlStateClasses) {
    if (state.substr(0, 2) == row.state_class) return row;
  }
  return {{}, "fault", ErrorCode::unavailable, "the statement failed"};
}

namespace detail {

inline std::string_view text_of(const char* text) noexcept { return text == nullptr ? "" : text; }

/// "postgresql://db.internal:5432/ledger"; a socket's folder says "localhost".
class PostgresUrl {
 public:
  explicit PostgresUrl(const PGconn* connection) noexcept {
    const std::string_view host = text_of(PQhost(connection));
    const bool is_socket = host.empty() || host.front() == '/' || host.front() == '@';
    const bool is_ipv6 = !is_socket && host.find(':') != std::string_view::npos;
    add("postgresql://");
    add(is_ipv6 ? "[" : "");
    add(is_socket ? "localhost" : host);
    add(is_ipv6 ? "]:" : ":");
    add(text_of(PQport(connection)));
    add("/");
    add(text_of(PQdb(connection)));
  }
  std::string_view view() const noexcept { return {bytes_, size_}; }

 private:
  void add(std::string_view part) noexcept {
    size_ += part.copy(bytes_ + size_, sizeof bytes_ - size_);
  }
  char bytes_[2 * kMaxNameBytes];
  std::size_t size_ = 0;
};

inline SqlDialect dialect_of(const PGconn* connection) noexcept {
  const bool conforming =
      text_of(PQparameterStatus(connection, "standard_conforming_strings")) == "on";
  return conforming ? SqlDialect::postgresql : SqlDialect::postgresql_with_backslashes;
}

inline Span start_postgres_span(Span& parent, const PGconn* connection, std::string_view statement,
                                const PostgresOptions& options) noexcept {
  if (!records_children(parent)) return sql_query(parent, {});
  const PostgresUrl url(connection);
  const std::string_view server = text_of(PQparameterStatus(connection, "server_version"));
  // "libpq 15.18" of 150018; libpq and server count the same way since version 10.
  char driver[32] = "libpq ";
  char* end = std::to_chars(driver + 6, driver + 16, PQlibVersion() / 10'000).ptr;
  *end++ = '.';
  end = std::to_chars(end, driver + sizeof driver, PQlibVersion() % 10'000).ptr;
  const SqlCallInfo call{.url = url.view(),
                         .database_type = "PostgreSQL",
                         .database_version = server.substr(0, server.find(' ')),
                         .driver_version = {driver, static_cast<std::size_t>(end - driver)},
                         .user = text_of(PQuser(connection)),
                         .preparation = "statement"};
  Span span = sql_query(parent, call);
  if (!options.statement_text || !span.recording()) return span;
  span.set_sql_call({.sanitized_query = SqlText(statement, dialect_of(connection)).view()});
  return span;
}

}  // namespace detail

/// One statement, or one text of several, from before it is sent until its last result.
class [[nodiscard]] PostgresSpan {
 public:
  PostgresSpan(Span& parent, PGconn* connection, std::string_view statement,
               const PostgresOptions& options = {}) noexcept
      : span_(detail::start_postgres_span(parent, connection, statement, options)),
        connection_(connection) {}
  PostgresSpan(const PostgresSpan&) = delete;
  PostgresSpan& operator=(const PostgresSpan&) = delete;
  ~PostgresSpan() { end(); }

  /// `PQgetResult`, recorded; the span ends with the null that says there is no more.
  PGresult* next_result() noexcept {
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) {
      end();
    } else {
      record(result);
    }
    return result;
  }

  /// What a result says, for who gets it from libpq himself; null is a failed connection.
  void record(const PGresult* result) noexcept {
    if (!span_.recording()) return;
    if (result == nullptr) return fail();
    switch (PQresultStatus(result)) {
      case PGRES_TUPLES_OK:
      case PGRES_SINGLE_TUPLE:
        return count(PQntuples(result));
      case PGRES_COMMAND_OK:
        return count(changed_rows(result));
      case PGRES_BAD_RESPONSE:
      case PGRES_FATAL_ERROR:
        return record_error(detail::text_of(PQresultErrorField(result, PG_DIAG_SQLSTATE)));
      case PGRES_PIPELINE_ABORTED:
        return span_.set_error(to_string(ErrorCode::cancelled), "an earlier statement failed");
      default:
        return;  // COPY, a notice, the mark in a pipeline
    }
  }

  /// Nothing could be sent, or no answer came: a fault of the connection.
  void fail() noexcept {
    if (!span_.recording()) return;
    span_.annotate("error_class", "fault");
    span_.set_error(to_string(ErrorCode::unavailable), "the connection failed");
    end();
  }

  Span& span() noexcept { return span_; }

 private:
  static std::int64_t changed_rows(const PGresult* result) noexcept {
    // libpq asks for a result that may be changed, and does not change it.
    const std::string_view text(PQcmdTuples(const_cast<PGresult*>(result)));
    std::int64_t rows = 0;
    std::from_chars(text.data(), text.data() + text.size(), rows);
    return rows;
  }

  void record_error(std::string_view state) noexcept {
    if (state.empty()) return fail();  // libpq's own, not the server's
    const SqlStateClass found = class_of_sql_state(state);
    span_.annotate("sql_state", state);
    span_.annotate("error_class", found.error_class);
    span_.set_error(to_string(found.code), found.meaning);
  }

  void count(std::int64_t rows) noexcept { rows_ += rows; }
  void end() noexcept {
    if (!span_.recording()) return;
    span_.annotate("rows", rows_);
    span_.end();
  }

  Span span_;
  PGconn* connection_;
  std::int64_t rows_ = 0;
};

/// The parameters of `PQexecParams`.
struct PostgresQuery {
  const char* command = "";
  int param_count = 0;
  const Oid* types = nullptr;
  const char* const* values = nullptr;
  const int* lengths = nullptr;
  const int* formats = nullptr;
  int result_format = 0;
};

/// `PQexecParams` inside a span. The result is yours to clear.
inline PGresult* traced_exec_params(Span& parent, PGconn* connection, const PostgresQuery& query,
                                    const PostgresOptions& options = {}) noexcept {
  PostgresSpan span(parent, connection, query.command, options);
  PGresult* result = PQexecParams(connection, query.command, query.param_count, query.types,
                                  query.values, query.lengths, query.formats, query.result_format);
  span.record(result);
  return result;
}

/// `PQexec` inside a span.
inline PGresult* traced_exec(Span& parent, PGconn* connection, const char* command,
                             const PostgresOptions& options = {}) noexcept {
  PostgresSpan span(parent, connection, command, options);
  PGresult* result = PQexec(connection, command);
  span.record(result);
  return result;
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
