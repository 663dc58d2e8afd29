// SPDX-License-Identifier: Apache-2.0
// Spans of statements that a real PostgreSQL answers.
#include <aloft/integrations/postgres.hpp>

#include "integrations/fixture.hpp"
#include "integrations/postgres_server.hpp"

#include <memory>
#include <string>

namespace aloft::integrations {
namespace {

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Clear>;

class PostgresSpans : public IntegrationTest {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<PostgresServer>(); }
  static void TearDownTestSuite() { server_.reset(); }

  static Connection connect() {
    Connection connection(PQconnectdb(server_->connection_info().c_str()));
    EXPECT_EQ(PQstatus(connection.get()), CONNECTION_OK) << PQerrorMessage(connection.get());
    EXPECT_EQ(run(connection.get(), "SET client_min_messages = error"), PGRES_COMMAND_OK);
    return connection;
  }
  /// Untraced.
  static ExecStatusType run(PGconn* connection, const char* sql) {
    return PQresultStatus(Answer(PQexec(connection, sql)).get());
  }
  ExecStatusType traced(const char* sql, const PostgresOptions& options = {}) {
    return PQresultStatus(Answer(traced_exec(*root, connection.get(), sql, options)).get());
  }

  static inline std::unique_ptr<PostgresServer> server_;
  Connection connection = connect();
};

TEST_F(PostgresSpans, RecordTheConnectionAndItsVersionsButNoPasswordAndNoValue) {
  const char* const values[] = {"secret"};
  const Answer answer(traced_exec_params(
      *root, connection.get(),
      {.command = "SELECT $1::text UNION SELECT 'b'", .param_count = 1, .values = values}));
  EXPECT_EQ(PQntuples(answer.get()), 2);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.name, "postgres@localhost");
  EXPECT_EQ(span.kind, SpanKind::remote);
  EXPECT_EQ(span.sql.url, "postgresql://localhost:5432/postgres");
  EXPECT_EQ(span.sql.database_type, "PostgreSQL");
  EXPECT_EQ(std::stoi(span.sql.database_version), PQserverVersion(connection.get()) / 10'000);
  EXPECT_EQ(span.sql.driver_version, "libpq " + std::to_string(PQlibVersion() / 10'000) + "." +
                                         std::to_string(PQlibVersion() % 10'000));
  EXPECT_EQ(span.sql.user, "aloft");
  EXPECT_EQ(span.sql.preparation, "statement");
  EXPECT_EQ(span.sql.sanitized_query, "");
  EXPECT_EQ(span.annotation("rows"), "2");
  EXPECT_FALSE(span.fault);
  expect_nowhere(span, "secret");
  expect_nowhere(span, PostgresServer::kPassword);
}

TEST_F(PostgresSpans, RecordTheStatementWithoutLiteralsWhenAskedTo) {
  EXPECT_EQ(traced("SELECT 1 WHERE 'a\\' <> $$secret$$", {.statement_text = true}),
            PGRES_TUPLES_OK);
  EXPECT_EQ(run(connection.get(), "SET standard_conforming_strings = off"), PGRES_COMMAND_OK);
  EXPECT_EQ(traced("SELECT 1 WHERE 'a\\' secret' <> 'b'", {.statement_text = true}),
            PGRES_TUPLES_OK);

  const auto spans = children();
  EXPECT_EQ(spans.at(0).sql.sanitized_query, "SELECT ? WHERE ? <> ?");
  EXPECT_EQ(spans.at(1).sql.sanitized_query, "SELECT ? WHERE ? <> ?");
}

TEST_F(PostgresSpans, CountTheRowsThatAStatementChanged) {
  EXPECT_EQ(run(connection.get(), "CREATE TEMP TABLE t AS SELECT generate_series(1, 7) AS x"),
            PGRES_COMMAND_OK);

  EXPECT_EQ(traced("DELETE FROM t WHERE x > 2"), PGRES_COMMAND_OK);

  EXPECT_EQ(child().annotation("rows"), "5");
}

TEST_F(PostgresSpans, CallAConstraintAnErrorWithoutQuotingTheValue) {
  EXPECT_EQ(run(connection.get(),
                "CREATE TEMP TABLE t (x text PRIMARY KEY);"
                "INSERT INTO t VALUES ('secret')"),
            PGRES_COMMAND_OK);

  EXPECT_EQ(traced("INSERT INTO t VALUES ('secret')"), PGRES_FATAL_ERROR);

  const aloft::testing::SpanCopy span = child();
  EXPECT_TRUE(span.fault);
  EXPECT_EQ(span.annotation("sql_state"), "23505");
  EXPECT_EQ(span.annotation("error_class"), "error");
  ASSERT_EQ(span.exceptions.size(), 1U);
  EXPECT_EQ(span.exceptions[0].type, "invalid_argument");
  EXPECT_EQ(span.exceptions[0].message, "integrity constraint violation");
  expect_nowhere(span, "secret");
}

TEST_F(PostgresSpans, CallALockThatIsHeldAThrottleAndATimeoutAFault) {
  const Connection other = connect();
  EXPECT_EQ(run(other.get(), "CREATE TABLE held (x int)"), PGRES_COMMAND_OK);
  EXPECT_EQ(run(other.get(), "BEGIN; LOCK TABLE held"), PGRES_COMMAND_OK);
  EXPECT_EQ(run(connection.get(), "SET lock_timeout = 1"), PGRES_COMMAND_OK);
  EXPECT_EQ(traced("SELECT * FROM held"), PGRES_FATAL_ERROR);
  EXPECT_EQ(run(connection.get(), "SET lock_timeout = 0; SET statement_timeout = 1"),
            PGRES_COMMAND_OK);
  EXPECT_EQ(traced("SELECT * FROM held"), PGRES_FATAL_ERROR);

  const auto spans = children();
  EXPECT_EQ(spans.at(0).annotation("sql_state"), "55P03");
  EXPECT_EQ(spans.at(0).annotation("error_class"), "throttle");
  EXPECT_EQ(spans.at(1).annotation("sql_state"), "57014");
  EXPECT_EQ(spans.at(1).annotation("error_class"), "fault");
  EXPECT_EQ(spans.at(1).exceptions.at(0).type, "cancelled");
}

TEST_F(PostgresSpans, EndWithTheLastResultOfAnAsynchronousQuery) {
  PostgresSpan query(*root, connection.get(), "…");
  ASSERT_EQ(PQsendQuery(connection.get(), "SELECT generate_series(1, 3); SELECT 1"), 1);
  ASSERT_EQ(PQsetSingleRowMode(connection.get()), 1);
  while (PGresult* result = query.next_result()) {
    EXPECT_TRUE(query.span().recording());
    PQclear(result);
  }

  EXPECT_FALSE(query.span().recording());
  EXPECT_EQ(child().annotation("rows"), "4");
}

TEST_F(PostgresSpans, RecordTheErrorThatEndsAnAsynchronousQuery) {
  PostgresSpan query(*root, connection.get(), "…");
  ASSERT_EQ(PQsendQuery(connection.get(), "SELECT 1; SELECT 'secret'::int"), 1);
  while (PGresult* result = query.next_result()) PQclear(result);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.annotation("sql_state"), "22P02");
  EXPECT_EQ(span.annotation("rows"), "1");
  expect_nowhere(span, "secret");
}

TEST_F(PostgresSpans, AreFaultsWhenTheServerHangsUp) {
  const Connection other = connect();
  const std::string kill =
      "SELECT pg_terminate_backend(" + std::to_string(PQbackendPID(connection.get())) + ", 10000)";
  EXPECT_EQ(run(other.get(), kill.c_str()), PGRES_TUPLES_OK);

  EXPECT_EQ(traced("SELECT 1"), PGRES_FATAL_ERROR);
  {
    PostgresSpan query(*root, connection.get(), "SELECT 1");
    ASSERT_EQ(PQsendQuery(connection.get(), "SELECT 1"), 0);
    query.fail();
  }

  const auto spans = children();
  EXPECT_EQ(spans.at(0).annotation("error_class"), "fault");
  EXPECT_TRUE(spans.at(0).fault);
  EXPECT_TRUE(spans.at(1).fault);
  EXPECT_EQ(spans.at(1).exceptions.at(0).type, "unavailable");
}

TEST_F(PostgresSpans, OfADroppedTraceRunTheStatementAllTheSame) {
  Span dropped = dropped_root();

  const Answer answer(traced_exec(dropped, connection.get(), "SELECT 1", {.statement_text = true}));

  EXPECT_EQ(PQntuples(answer.get()), 1);
  EXPECT_TRUE(children().empty());
}

TEST(SqlState, HasTheClassOfItsFirstTwoCharacters) {
  EXPECT_EQ(class_of_sql_state("23505").error_class, "error");
  EXPECT_EQ(class_of_sql_state("40001").error_class, "throttle");
  EXPECT_EQ(class_of_sql_state("53300").error_class, "throttle");
  EXPECT_EQ(class_of_sql_state("XX000").code, ErrorCode::internal);
  EXPECT_EQ(class_of_sql_state("HV000").error_class, "fault");
  EXPECT_EQ(class_of_sql_state("").error_class, "fault");
}

}  // namespace
}  // namespace aloft::integrations
