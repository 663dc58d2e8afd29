// SPDX-License-Identifier: Apache-2.0
// Spans of calls that leave the process: what is kept of them, and under which name.
#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/operations.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {
namespace {

TEST(Tracer, TracesAQueryWithItsSqlBlock) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    Span query = sql_query(root, {.url = "postgresql://rw:hunter2@db.internal:5432/ledger?sslkey=k",
                                  .database_type = "PostgreSQL",
                                  .database_version = "15.4",
                                  .driver_version = "libpq 15.4",
                                  .user = "rw",
                                  .preparation = "statement",
                                  .sanitized_query = "SELECT total FROM entry WHERE id = ?"});
  }
  bench.flush();

  const testing::SpanCopy query = bench.memory.span("ledger@db.internal");
  EXPECT_EQ(query.kind, SpanKind::remote);
  EXPECT_EQ(query.sql.url, "postgresql://[redacted:userinfo]@db.internal:5432/ledger");
  EXPECT_EQ(query.sql.database_type, "PostgreSQL");
  EXPECT_EQ(query.sql.database_version, "15.4");
  EXPECT_EQ(query.sql.driver_version, "libpq 15.4");
  EXPECT_EQ(query.sql.user, "rw");
  EXPECT_EQ(query.sql.preparation, "statement");
  EXPECT_EQ(query.sql.sanitized_query, "SELECT total FROM entry WHERE id = ?");
  EXPECT_EQ(query.parent_id, bench.memory.span("root").id);
}

TEST(Tracer, NamesAQueryByDatabaseAndHost) {
  const auto name_of = [](const SqlCallInfo& call) {
    Bench bench;
    Span root = bench.tracer.start("root");
    sql_query(root, call).end();
    root.end();
    bench.flush();
    return bench.memory.spans().at(1).name;
  };

  EXPECT_EQ(name_of({.url = "jdbc:mysql://u@db:3306/shop?password=x"}), "shop@db");
  EXPECT_EQ(name_of({.url = "mysql://u:p/w@db/shop"}), "shop@db");
  EXPECT_EQ(name_of({.url = "mysql://db"}), "db");
  EXPECT_EQ(name_of({.url = "sqlite:/var/lib/ledger.db"}), "ledger.db");
  EXPECT_EQ(name_of({.url = "sqlite:///var/lib/ledger.db"}), "ledger.db");
  EXPECT_EQ(name_of({.url = "jdbc:sqlserver://[::1]:1433;databaseName=x"}), "_::1_");
  EXPECT_EQ(name_of({.database_type = "SQLite"}), "SQLite");
  EXPECT_EQ(name_of({}), "sql");
}

struct SqlUrl {
  std::string_view given;
  std::string_view kept;
  std::string_view name;
};

TEST(Tracer, TakesThePasswordOutOfEveryFormOfADatabaseUrl) {
  constexpr SqlUrl kUrls[] = {
      // A password with what ends an authority in it.
      {"postgresql://rw:hunter#2@db/ledger", "postgresql://[redacted:userinfo]@db/ledger",
       "ledger@db"},
      {"postgresql://rw:hunter?2@db/ledger", "postgresql://[redacted:userinfo]@db/ledger",
       "ledger@db"},
      {"postgresql://rw:hunter;2@db/ledger?x=1", "postgresql://[redacted:userinfo]@db/ledger",
       "ledger@db"},
      {"mysql://u:p/w#x@db/shop", "mysql://[redacted:userinfo]@db/shop", "shop@db"},
      {"mysql://u:12/w@db/shop", "mysql://[redacted:userinfo]@db/shop", "shop@db"},
      // No scheme in front: Go's MySQL driver, Oracle's thin one.
      {"rw:hunter2@tcp(db:3306)/ledger", "[redacted:userinfo]@tcp(db:3306)/ledger", "ledger"},
      {"rw:hun#ter2@tcp(db:3306)/ledger?loc=UTC", "[redacted:userinfo]@tcp(db:3306)/ledger",
       "ledger"},
      {"jdbc:oracle:thin:scott/tiger@//db:1521/orcl", "[redacted:userinfo]@//db:1521/orcl", "orcl"},
      {"jdbc:oracle:thin:@db:1521:orcl", "jdbc:oracle:thin:@db:1521:orcl", "orcl"},
      {"scott/ti://ger@ldap://db/orcl", "[redacted:userinfo]@ldap://db/orcl", "orcl"},
      // An @ among the parameters is none of the authority.
      {"jdbc:postgresql://db:5432/ledger?user=me@corp&password=p@ss",
       "jdbc:postgresql://db:5432/ledger", "ledger@db"},
      {"jdbc:sqlserver://db.internal:1433;user=me@corp;password=p@ss",
       "jdbc:sqlserver://db.internal:1433", "db.internal"},
      // Where the password stands cannot be told: nothing behind the scheme is kept.
      {"mysql://db/shop?x&password=p@ss", "mysql://[redacted:userinfo]", "MySQL"},
      {"mysql://u:a@b?x=1@db/shop", "mysql://[redacted:userinfo]", "MySQL"},
      {"mysql://u:secret", "mysql://[redacted:userinfo]", "MySQL"},
      {"mysql://u:secret#half", "mysql://[redacted:userinfo]", "MySQL"},
      {"host=db password=p@ss dbname=x", "[redacted:userinfo]", "MySQL"},
      {"rw:hunter2@tcp(db)/ledger?loc=a@b", "[redacted:userinfo]", "MySQL"},
      // As ever where there is nothing to hide.
      {"mongodb://h1:27017,h2:27017/shop", "mongodb://h1:27017,h2:27017/shop", "shop@h1"},
      {"jdbc:sqlserver://[::1]:1433", "jdbc:sqlserver://[::1]:1433", "_::1_"},
      {"sqlite:/var/lib/ledger.db", "sqlite:/var/lib/ledger.db", "ledger.db"},
      {"jdbc:mysql://app@db/shop", "jdbc:mysql://app@db/shop", "shop@db"},
  };
  for (const SqlUrl& url : kUrls) {
    Bench bench;
    Span root = bench.tracer.start("root");
    sql_query(root, {.url = url.given, .database_type = "MySQL"}).end();
    root.end();
    bench.flush();

    const testing::SpanCopy query = bench.memory.spans().at(1);
    EXPECT_EQ(query.sql.url, url.kept) << url.given;
    EXPECT_EQ(query.name, url.name) << url.given;
  }
}

TEST(Tracer, KeepsNoPasswordOfADatabaseUrlThatIsTooLong) {
  const std::string password(kMaxAnnotationValueBytes, '7');
  const std::string urls[] = {"mysql://u:" + password + "@db/shop", "u:" + password + "@tcp(db)/x",
                              "mysql://u:7#" + password + "@db/shop"};
  for (const std::string& url : urls) {
    Bench bench;
    Span root = bench.tracer.start("root");
    sql_query(root, {.url = url}).end();
    root.end();
    bench.flush();

    EXPECT_EQ(bench.memory.spans().at(1).sql.url.find('7'), std::string::npos) << url;
  }
}

TEST(Tracer, BoundsTheTextOfAQuery) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    const std::string query = "SELECT " + std::string(kMaxSqlQueryBytes, 'x');
    Span call = sql_query(root, {.url = "sqlite:ledger.db", .sanitized_query = query});
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("ledger.db").sql.sanitized_query.size(), kMaxSqlQueryBytes);
  EXPECT_EQ(bench.telemetry.counters().values_cut, 1u);
}

TEST(Tracer, TracesAnHttpCallAndKeepsMethodUrlAndStatus) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    Span call = http_call(
        root, {.method = "GET", .url = "https://me:pw@fraud.internal:8443/v1/scores?card=1#x"});
    EXPECT_EQ(write_xray_header(call.context()).view(),
              "Root=1-67760225-000000000000000000000002;Parent=0000000000000003;Sampled=1");
    call.set_http_response(503, 17);
    call.set_error("timeout", "fraud timed out after 800 ms");
  }
  bench.flush();

  const testing::SpanCopy call = bench.memory.span("fraud.internal");
  EXPECT_EQ(call.kind, SpanKind::remote);
  EXPECT_EQ(call.http_method, "GET");
  EXPECT_EQ(call.http_url, "https://fraud.internal:8443/v1/scores");
  EXPECT_EQ(call.http_status, 503);
  EXPECT_EQ(call.http_content_length, 17);
  EXPECT_TRUE(call.fault);
  ASSERT_EQ(call.exceptions.size(), 1u);
  EXPECT_EQ(call.exceptions[0].message, "fraud timed out after 800 ms");
}

TEST(Tracer, NamesAnHttpCallByNoPartOfAPassword) {
  Bench bench;
  Span root = bench.tracer.start("root");
  http_call(root, {.url = "https://me:pa:ss/word@fraud.internal/v1"}).end();
  http_call(root, {.url = "https://[::1]:8443/v1"}).end();
  root.end();
  bench.flush();

  EXPECT_EQ(bench.memory.spans().at(1).name, "me");
  EXPECT_EQ(bench.memory.spans().at(2).name, "_::1_");
}

}  // namespace
}  // namespace aloft
