// SPDX-License-Identifier: Apache-2.0
// Spans of statements that SQLite really runs.
#include <aloft/integrations/sqlite.hpp>

#include "integrations/fixture.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace aloft::integrations {
namespace {

struct Close {
  void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

class SqliteSpans : public IntegrationTest {
 protected:
  SqliteSpans() { open(":memory:"); }
  void open(const std::string& file) {
    sqlite3* opened = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &opened), SQLITE_OK);
    database_.reset(opened);
    EXPECT_EQ(sqlite3_exec(opened,
                           "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, owner TEXT);"
                           "INSERT OR IGNORE INTO entry VALUES (1, 'ann'), (2, 'bob')",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
  }
  Statement prepare(const char* sql) {
    sqlite3_stmt* made = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database_.get(), sql, -1, &made, nullptr), SQLITE_OK);
    return Statement(made);
  }

  std::unique_ptr<sqlite3, Close> database_;
};

TEST_F(SqliteSpans, RecordTheDatabaseAndItsRowsButNoValue) {
  const Statement select = prepare("SELECT id FROM entry WHERE owner <> ?");
  sqlite3_bind_text(select.get(), 1, "secret", -1, SQLITE_STATIC);

  SqliteSpan run(*root, select.get());
  EXPECT_EQ(run.step(), SQLITE_ROW);
  EXPECT_EQ(run.step(), SQLITE_ROW);
  EXPECT_EQ(run.step(), SQLITE_DONE);
  EXPECT_FALSE(run.span().recording());

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.name, "memory");
  EXPECT_EQ(span.kind, SpanKind::remote);
  EXPECT_EQ(span.sql.url, "sqlite:memory");
  EXPECT_EQ(span.sql.database_type, "SQLite");
  EXPECT_EQ(span.sql.database_version, sqlite3_libversion());
  EXPECT_EQ(span.sql.preparation, "statement");
  EXPECT_EQ(span.sql.sanitized_query, "");
  EXPECT_EQ(span.annotation("rows"), "2");
  EXPECT_FALSE(span.fault);
  expect_nowhere(span, "secret");
}

TEST_F(SqliteSpans, RecordTheStatementWithoutLiteralsWhenAskedTo) {
  const Statement select = prepare("SELECT id FROM entry WHERE owner = 'secret' AND id = ?");
  sqlite3_bind_int(select.get(), 1, 4711);

  SqliteSpan run(*root, select.get(), {.statement_text = true});
  EXPECT_EQ(run.step(), SQLITE_DONE);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.sql.sanitized_query, "SELECT id FROM entry WHERE owner = ? AND id = ?");
  expect_nowhere(span, "4711");
}

TEST_F(SqliteSpans, NameTheFileButNotItsFolder) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "aloft-sqlite-secret";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  open((folder / "ledger.db").string());

  EXPECT_EQ(traced_exec(*root, database_.get(), "DELETE FROM entry"), SQLITE_OK);
  database_.reset();
  std::filesystem::remove_all(folder);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.name, "ledger.db");
  EXPECT_EQ(span.sql.url, "sqlite:ledger.db");
  expect_nowhere(span, "secret");
}

TEST_F(SqliteSpans, TakeTheNameThatTheyAreGiven) {
  EXPECT_EQ(traced_exec(*root, database_.get(), "DELETE FROM entry", {.database = "cache"}),
            SQLITE_OK);

  EXPECT_EQ(child().sql.url, "sqlite:cache");
}

TEST_F(SqliteSpans, CallAConstraintAnErrorWithoutQuotingTheValue) {
  const Statement insert = prepare("INSERT INTO entry VALUES (?, 'secret')");
  sqlite3_bind_int(insert.get(), 1, 1);

  SqliteSpan run(*root, insert.get());
  EXPECT_EQ(run.step(), SQLITE_CONSTRAINT);

  const aloft::testing::SpanCopy span = child();
  EXPECT_TRUE(span.fault);
  EXPECT_EQ(span.annotation("error_class"), "error");
  EXPECT_EQ(span.annotation("sqlite_code"), std::to_string(SQLITE_CONSTRAINT_PRIMARYKEY));
  ASSERT_EQ(span.exceptions.size(), 1U);
  EXPECT_EQ(span.exceptions[0].type, "invalid_argument");
  EXPECT_EQ(span.exceptions[0].message, "constraint failed");
  expect_nowhere(span, "secret");
}

TEST_F(SqliteSpans, CallALockedDatabaseAThrottle) {
  const std::string file = "file:aloft-locked?mode=memory&cache=shared";
  sqlite3* raw[2] = {};
  std::unique_ptr<sqlite3, Close> both[2];
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(
        sqlite3_open_v2(file.c_str(), &raw[i],
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nullptr),
        SQLITE_OK);
    both[i].reset(raw[i]);
  }
  ASSERT_EQ(sqlite3_exec(raw[0], "CREATE TABLE t (x); BEGIN IMMEDIATE", nullptr, nullptr, nullptr),
            SQLITE_OK);

  EXPECT_NE(traced_exec(*root, raw[1], "INSERT INTO t VALUES (1)"), SQLITE_OK);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.annotation("error_class"), "throttle");
  EXPECT_EQ(span.exceptions.at(0).type, "unavailable");
}

TEST_F(SqliteSpans, NeverQuoteAStatementThatIsWrong) {
  EXPECT_EQ(traced_exec(*root, database_.get(), "SELEKT 'secret'"), SQLITE_ERROR);

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.annotation("error_class"), "error");
  EXPECT_EQ(span.exceptions.at(0).message, "SQL logic error");
  expect_nowhere(span, "SELEKT");
}

TEST_F(SqliteSpans, EndWithTheirScopeWhenTheRowsAreNotReadToTheEnd) {
  const Statement select = prepare("SELECT id FROM entry");
  {
    SqliteSpan run(*root, select.get());
    EXPECT_EQ(run.step(), SQLITE_ROW);
  }

  const aloft::testing::SpanCopy span = child();
  EXPECT_EQ(span.annotation("rows"), "1");
  EXPECT_FALSE(span.fault);
}

TEST_F(SqliteSpans, OfADroppedTraceRunTheStatementAllTheSame) {
  Span dropped = dropped_root();
  const Statement select = prepare("SELECT id FROM entry WHERE id = 1");

  SqliteSpan run(dropped, select.get(), {.statement_text = true});
  EXPECT_EQ(run.step(), SQLITE_ROW);
  EXPECT_EQ(run.step(), SQLITE_DONE);

  EXPECT_TRUE(children().empty());
}

}  // namespace
}  // namespace aloft::integrations
