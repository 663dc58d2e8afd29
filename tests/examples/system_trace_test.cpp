// SPDX-License-Identifier: Apache-2.0
// One charge through payments, fraud and ledger, as the daemon sees it: one tree, whoever began it.
#include "examples/support/example_system.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace examples_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kRoot[] = "1-67891233-abcdef012345678912345678";
constexpr char kParent[] = "53995c3f42cd8ad8";

TEST(System, ShowsOneTraceOfThreeServicesWithEveryParentKnown) {
  ExampleSystem system;
  const Reply reply = system.payments().charge("demo-acme", kGoodCharge);

  const SystemEnding ending = system.stop();

  EXPECT_EQ(reply.status, 201);
  ASSERT_THAT(ending.documents, SizeIs(3));
  const Document& payments = ending.only("payments");
  EXPECT_THAT(payments.child_names(),
              ElementsAre("validate", "fraud", "authorise", "ledger", "store"));
  EXPECT_FALSE(payments.has("/parent_id"));
  EXPECT_EQ(ending.only("fraud").text("/trace_id"), payments.text("/trace_id"));
  EXPECT_EQ(ending.only("fraud").text("/parent_id"), payments.text("/subsegments/1/id"));
  EXPECT_EQ(ending.only("ledger").text("/trace_id"), payments.text("/trace_id"));
  EXPECT_EQ(ending.only("ledger").text("/parent_id"), payments.text("/subsegments/3/id"));
  EXPECT_THAT(ending.only("ledger").child_names(), ElementsAre("ledger-in-memory"));
}

TEST(System, ShowsEachCallAsAnEdgeOfTheServiceMap) {
  ExampleSystem system;
  system.payments().charge("demo-acme", kGoodCharge);

  const SystemEnding ending = system.stop();

  const Document& payments = ending.only("payments");
  EXPECT_EQ(payments.text("/subsegments/1/namespace"), "remote");
  EXPECT_EQ(payments.text("/subsegments/1/http/request/method"), "POST");
  EXPECT_EQ(payments.text("/subsegments/1/http/request/url"), system.fraud().url() + "/v1/scores");
  EXPECT_EQ(payments.integer("/subsegments/1/http/response/status"), 200);
  EXPECT_EQ(payments.text("/subsegments/3/http/request/url"),
            system.ledger().url() + "/v1/entries");
  EXPECT_EQ(payments.integer("/subsegments/3/http/response/status"), 201);
  EXPECT_TRUE(payments.has("/annotations/fraud_score"));
}

TEST(System, ContinuesACallersTraceHoweverItIsWritten) {
  const std::vector<std::pair<std::string, std::string>> forms = {
      {"X-Amzn-Trace-Id", std::string("Root=") + kRoot + ";Parent=" + kParent + ";Sampled=1"},
      {"x-amzn-trace-id", std::string("Sampled=1; Parent=") + kParent + "; Root=" + kRoot},
      {"X-AMZN-TRACE-ID",
       std::string("Self=1-1-2 ;  root=") + kRoot + " ; parent=" + kParent + " ; sampled=1"},
      {"x-amzn-trace-id", std::string(";;Root=;=x; Root=short;Root=") + kRoot +
                              ";Root=1-aaaaaaaa-aaaaaaaaaaaaaaaaaaaaaaaa;Parent=;Parent=" +
                              kParent + ";Parent=aaaaaaaaaaaaaaaa;Sampled=;Sampled=1;Sampled=0;"},
      {"traceparent", std::string("00-67891233abcdef012345678912345678-") + kParent + "-01"},
  };
  for (const auto& header : forms) {
    SCOPED_TRACE(header.second);
    ExampleSystem system;
    const Reply reply = system.payments().charge("demo-acme", kGoodCharge, {header});

    const SystemEnding ending = system.stop();

    EXPECT_EQ(reply.status, 201);
    ASSERT_THAT(ending.documents, SizeIs(3));
    EXPECT_EQ(ending.only("payments").text("/parent_id"), kParent);
    for (const Document& document : ending.documents) EXPECT_EQ(document.text("/trace_id"), kRoot);
  }
}

TEST(System, KeepsTheRootOfATraceWhoseParentIsMalformed) {
  ExampleSystem system;
  system.payments().charge(
      "demo-acme", kGoodCharge,
      {{"x-amzn-trace-id", std::string("Root=") + kRoot + ";Parent=no-parent;Sampled=1"}});

  const SystemEnding ending = system.stop();

  ASSERT_THAT(ending.documents, SizeIs(3));
  EXPECT_FALSE(ending.only("payments").has("/parent_id"));
  for (const Document& document : ending.documents) EXPECT_EQ(document.text("/trace_id"), kRoot);
}

TEST(System, BeginsANewTraceWhenTheRootIsMalformed) {
  ExampleSystem system;
  system.payments().charge("demo-acme", kGoodCharge,
                           {{"x-amzn-trace-id", "Root=1-67891233-PLANTED;Sampled=1"}});

  const SystemEnding ending = system.stop();

  ASSERT_THAT(ending.documents, SizeIs(3));
  const std::string trace = ending.only("payments").text("/trace_id");
  EXPECT_THAT(trace, SizeIs(35));
  for (const Document& document : ending.documents) EXPECT_EQ(document.text("/trace_id"), trace);
  for (const std::string& datagram : ending.datagrams) {
    EXPECT_THAT(datagram, Not(HasSubstr("PLANTED")));
  }
}

TEST(System, SendsNothingFromAnyServiceWhenTheCallerDoesNotSample) {
  ExampleSystem system;
  const Variables by_xray = {
      {"x-amzn-trace-id", std::string("Root=") + kRoot + ";Parent=" + kParent + ";Sampled=0"}};
  const Variables by_w3c = {
      {"traceparent", std::string("00-67891233abcdef012345678912345678-") + kParent + "-00"}};

  const Reply xray = system.payments().charge("demo-acme", kGoodCharge, by_xray);
  const Reply w3c = system.payments().charge("demo-acme", kGoodCharge, by_w3c);
  const Document entries = parsed(system.ledger().get_as("acme", "/v1/entries?limit=2"));
  const SystemEnding ending = system.stop();

  EXPECT_EQ(xray.status, 201);
  EXPECT_EQ(w3c.status, 201);
  EXPECT_TRUE(entries.has("/entries/1"));
  // The look at the entries, which no caller forbade.
  EXPECT_THAT(ending.datagrams, SizeIs(1));
  EXPECT_THAT(ending.payments.err, ::testing::EndsWith(books_of("payments", 2, 0)));
  EXPECT_THAT(ending.fraud.err, ::testing::EndsWith(books_of("fraud", 2, 0)));
}

TEST(System, HandsTenantAndRequestIdOn) {
  ExampleSystem system;
  const Reply reply = system.payments().charge("demo-globex", kGoodCharge);

  const SystemEnding ending = system.stop();

  ASSERT_THAT(ending.documents, SizeIs(3));
  for (const Document& document : ending.documents) {
    EXPECT_EQ(document.text("/annotations/tenant_id"), "globex");
    EXPECT_EQ(document.text("/annotations/request_id"), reply.header("x-request-id"));
  }
}

TEST(System, KeepsEntriesUnderTheTenantOfTheKeyWhateverTheCallerClaims) {
  ExampleSystem system;
  system.payments().charge("demo-acme", kGoodCharge, {{"x-tenant-id", "globex"}});

  EXPECT_TRUE(parsed(system.ledger().get_as("acme", "/v1/entries")).has("/entries/0"));
  EXPECT_FALSE(parsed(system.ledger().get_as("globex", "/v1/entries")).has("/entries/0"));
}

TEST(System, KeepsTheCardNumberInPayments) {
  ExampleSystem system;
  system.payments().charge("demo-acme", kGoodCharge);

  const SystemEnding ending = system.stop();

  for (const std::string& datagram : ending.datagrams) {
    EXPECT_THAT(datagram, Not(HasSubstr("4242424242424242")));
  }
}

TEST(System, BalancesTheBooksOfAllThree) {
  ExampleSystem system;
  for (int i = 0; i < 5; ++i) system.payments().charge("demo-acme", kGoodCharge);

  const SystemEnding ending = system.stop();

  EXPECT_THAT(ending.payments.err, ::testing::EndsWith(books_of("payments", 5, 30)));
  EXPECT_THAT(ending.fraud.err, ::testing::EndsWith(books_of("fraud", 5, 10)));
  EXPECT_THAT(ending.ledger.err, ::testing::EndsWith(books_of("ledger", 5, 10)));
  EXPECT_EQ(count_spans(ending.documents), 50u);
}

TEST(System, ChargesWithoutADaemon) {
  ExampleSystem system({.daemon = "127.0.0.1:" + std::to_string(unused_port())});

  const Reply reply = system.payments().charge("demo-acme", kGoodCharge);
  const SystemEnding ending = system.stop();

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(ending.payments.code, 0);
  EXPECT_EQ(ending.ledger.code, 0);
  EXPECT_EQ(ending.fraud.code, 0);
}

}  // namespace
}  // namespace examples_test
