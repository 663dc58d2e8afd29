// SPDX-License-Identifier: Apache-2.0
// What is left of a statement when its values are gone.
#include <aloft/integrations/sql_text.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft::integrations {
namespace {

std::string postgresql(std::string_view statement) {
  return std::string(SqlText(statement, SqlDialect::postgresql).view());
}
std::string sqlite(std::string_view statement) {
  return std::string(SqlText(statement, SqlDialect::sqlite).view());
}

TEST(SqlText, KeepsAStatementThatHasParametersAsItIs) {
  constexpr std::string_view kPostgresql =
      "SELECT total, \"Entry\".t1 FROM \"Entry\" WHERE id = $1 AND b ? $22 AND a[lo:hi] = x::int8";
  EXPECT_EQ(postgresql(kPostgresql), kPostgresql);
  constexpr std::string_view kSqlite =
      "SELECT total, `a b`.t1, [c d] FROM t WHERE id = ? AND b = ?12 AND c = :name1 AND d = @at2 "
      "AND e = $v3";
  EXPECT_EQ(sqlite(kSqlite), kSqlite);
}

TEST(SqlText, ReplacesTextsAndNumbers) {
  EXPECT_EQ(sqlite("x = 'bob' AND y = 5"), "x = ? AND y = ?");
  EXPECT_EQ(sqlite("x = 'it''s' AND y=''"), "x = ? AND y=?");
  EXPECT_EQ(sqlite("VALUES (1, -2.5e-7, .5, 0xFF, 1_000)"), "VALUES (?, -?, ?, ?, ?)");
  EXPECT_EQ(sqlite("b = X'4142'"), "b = X?");
  EXPECT_EQ(sqlite("1-2"), "?-?");
  EXPECT_EQ(postgresql("0xE-5"), "?-?");
}

TEST(SqlText, TakesATextInDoubleQuotesForAValueInSQLiteOnly) {
  EXPECT_EQ(sqlite("owner = \"bob\""), "owner = ?");
  EXPECT_EQ(postgresql("\"ow\"\"ner 7\" = 7"), "\"ow\"\"ner 7\" = ?");
}

TEST(SqlText, ReplacesEachFormOfATextThatPostgresqlKnows) {
  EXPECT_EQ(postgresql("a = E'x\\' secret' AND b"), "a = E? AND b");
  EXPECT_EQ(postgresql("a = $$it's$$ AND b"), "a = ? AND b");
  EXPECT_EQ(postgresql("a = $t$ $$ secret $t$ AND b"), "a = ? AND b");
  EXPECT_EQ(postgresql("a = U&'\\0441' AND b"), "a = U&? AND b");
  EXPECT_EQ(postgresql("a$b$c"), "a$b$c");
}

TEST(SqlText, EndsATextWhereTheServersSettingEndsIt) {
  constexpr std::string_view kStatement = "a = 'x\\' secret' AND b";
  EXPECT_EQ(SqlText(kStatement, SqlDialect::postgresql_with_backslashes).view(), "a = ? AND b");
  EXPECT_EQ(postgresql(kStatement), "a = ? secret?");
}

TEST(SqlText, TakesCommentsOut) {
  EXPECT_EQ(postgresql("a -- for bob\n+ b"), "a \n+ b");
  EXPECT_EQ(postgresql("a /* for /* bob */ and */ + b"), "a   + b");
  // SQLite's comments do not nest: what follows the first end is a statement again.
  EXPECT_EQ(sqlite("a /* for /* bob */ + 'secret'"), "a   + ?");
}

TEST(SqlText, TakesOutAllThatFollowsAnOpenQuote) {
  EXPECT_EQ(sqlite("a = 'secret"), "a = ?");
  EXPECT_EQ(sqlite("a = [secret"), "a = ?");
  EXPECT_EQ(postgresql("a = \"secret"), "a = ?");
  EXPECT_EQ(postgresql("a = $x$secret"), "a = ?");
  EXPECT_EQ(postgresql("a = E'secret\\"), "a = E?");
  EXPECT_EQ(postgresql("a /* secret"), "a  ");
}

TEST(SqlText, KeepsNoMoreThanASpanDoes) {
  const std::string longest(kMaxSqlQueryBytes, 'x');
  EXPECT_EQ(sqlite(longest), longest);
  EXPECT_EQ(sqlite(longest + "y"), longest);
  EXPECT_EQ(sqlite(longest + "'secret'"), longest);
}

}  // namespace
}  // namespace aloft::integrations
