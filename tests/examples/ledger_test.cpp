// SPDX-License-Identifier: Apache-2.0
// The ledger as a process: what it answers, the SQL in its traces, how it starts and stops.
#include "examples/support/service.hpp"

#include "console/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace examples_test {
namespace {

using aloft::console::fixture::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kEntry =
    R"({"charge_id":"ch_planted","amount_minor":4217,"currency":"USD"})";

TEST(Ledger, KeepsAndListsTheEntriesOfATenant) {
  Service ledger(ledger_program());

  const Reply added = ledger.post_as("acme", "/v1/entries", kEntry);
  const Document acme = parsed(ledger.get_as("acme", "/v1/entries"));
  const Document globex = parsed(ledger.get_as("globex", "/v1/entries"));

  EXPECT_EQ(added.status, 201);
  EXPECT_EQ(parsed(added).integer("/id"), 1);
  EXPECT_EQ(acme.text("/entries/0/charge_id"), "ch_planted");
  EXPECT_EQ(acme.integer("/entries/0/amount_minor"), 4217);
  EXPECT_FALSE(globex.has("/entries/0"));
}

TEST(Ledger, ShowsItsSqlWithPlaceholdersAndNoValues) {
  Service ledger(ledger_program());
  ledger.post_as("acme", "/v1/entries", kEntry);
  ledger.get_as("acme", "/v1/entries");

  const Ending ending = ledger.stop();

  ASSERT_THAT(ending.documents, SizeIs(2));
  const Document& added = ending.documents[0];
  EXPECT_THAT(added.child_names(), ElementsAre("ledger-in-memory"));
  EXPECT_EQ(added.text("/subsegments/0/namespace"), "remote");
  EXPECT_EQ(added.text("/subsegments/0/sql/database_type"), "SQLite");
  EXPECT_EQ(added.text("/subsegments/0/sql/url"), "sqlite:ledger-in-memory");
  EXPECT_EQ(added.text("/subsegments/0/sql/user"), "ledger");
  EXPECT_EQ(added.text("/subsegments/0/sql/preparation"), "statement");
  EXPECT_EQ(added.text("/subsegments/0/sql/sanitized_query"),
            "INSERT INTO entry (tenant, charge_id, amount_minor, currency, created)"
            " VALUES (?, ?, ?, ?, ?)");
  EXPECT_EQ(added.text("/annotations/tenant_id"), "acme");
  EXPECT_EQ(added.text("/annotations/charge_id"), "ch_planted");
  const Document& listed = ending.documents[1];
  EXPECT_THAT(listed.text("/subsegments/0/sql/sanitized_query"), HasSubstr("WHERE tenant = ?"));
  EXPECT_EQ(listed.integer("/subsegments/0/annotations/rows"), 1);
  for (const std::string& datagram : ending.datagrams) {
    EXPECT_THAT(datagram, Not(HasSubstr("4217")));
  }
}

TEST(Ledger, RemembersInAFileAndNamesItWithoutItsFolder) {
  const ScratchFolder folder;
  const ServiceOptions options{.flags = {"--db", folder.path("books.db")}};
  Service(ledger_program(), options).post_as("acme", "/v1/entries", kEntry);

  Service again(ledger_program(), options);
  const Document listed = parsed(again.get_as("acme", "/v1/entries"));
  const Ending ending = again.stop();

  EXPECT_EQ(listed.text("/entries/0/charge_id"), "ch_planted");
  ASSERT_THAT(ending.documents, SizeIs(1));
  EXPECT_THAT(ending.documents[0].child_names(), ElementsAre("books.db"));
  EXPECT_EQ(ending.documents[0].text("/subsegments/0/sql/url"), "sqlite:books.db");
}

TEST(Ledger, RefusesWhatIsNoEntry) {
  Service ledger(ledger_program());

  EXPECT_EQ(ledger.post_as("acme", "/v1/entries", "{").status, 400);
  EXPECT_EQ(ledger.post_as("acme", "/v1/entries", R"({"charge_id":"a b"})").status, 400);
  EXPECT_EQ(ledger.get_as("acme", "/v1/entries?limit=0").status, 400);
  EXPECT_EQ(ledger.get_as("acme", "/v1/entries?before=last").status, 400);
  EXPECT_EQ(ledger.get_as("", "/v1/entries").status, 400);
  EXPECT_EQ(ledger.get_as("no tenant", "/v1/entries").status, 400);
  EXPECT_EQ(ledger.get_as("acme", "/v1/nothing").status, 404);
  EXPECT_EQ(ledger.send({"DELETE", "/v1/entries", {}, ""}).header("allow"),
            "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(ledger.send({"GET", "/healthz", {}, ""}).status, 200);
}

TEST(Ledger, TakesATenantIdForDataAndNeverForSql) {
  Service ledger(ledger_program());
  ledger.post_as("acme", "/v1/entries", kEntry);

  // Every byte that an id may have and SQL knows.
  const Document others = parsed(ledger.get_as("acme--", "/v1/entries"));

  EXPECT_EQ(others.integer("/next"), 0);
  EXPECT_FALSE(others.has("/entries/0"));
}

TEST(Ledger, StopsWithinFiveSecondsWithItsBooksInTheLastLine) {
  Service ledger(ledger_program());
  ledger.post_as("acme", "/v1/entries", kEntry);

  const Ending ending = ledger.stop();

  EXPECT_EQ(ledger.ready_line(), "ledger ready: " + ledger.url());
  EXPECT_EQ(ending.exit.code, 0);
  EXPECT_LT(ending.exit.took, std::chrono::seconds(5));
  EXPECT_THAT(ending.exit.err, ::testing::EndsWith(books_of("ledger", 1, 2)));
}

TEST(Ledger, SaysWhyItCannotStart) {
  const ScratchFolder folder;
  Process program({ledger_program(), "--listen", "127.0.0.1:0", "--db", folder.path("a/b.db")});

  const Exit exit = program.wait();

  EXPECT_EQ(exit.code, 2);
  EXPECT_EQ(exit.out, "");
  EXPECT_THAT(exit.err,
              ::testing::EndsWith(
                  "ledger: the database: unable to open database file; see --db in --help\n"));
}

}  // namespace
}  // namespace examples_test
