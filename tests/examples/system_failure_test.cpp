// SPDX-License-Identifier: Apache-2.0
// What callers and traces say when a service behind payments fails, is late, or is gone.
#include "examples/support/example_system.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace examples_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kCallError[] = "/subsegments/1/cause/exceptions/0/message";

TEST(System, Answers503NamingTheServiceThatFailedAndNotItsInsides) {
  ExampleSystem system({.fraud_flags = {"--fail-rate", "1"}});

  const Reply reply = system.payments().charge("demo-acme", kGoodCharge);

  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  EXPECT_EQ(reply.header("retry-after"), "1");
  EXPECT_EQ(parsed(reply).text("/detail"), "nothing was charged: fraud is unavailable");
  EXPECT_THAT(reply.body, Not(HasSubstr("memory")));
}

TEST(System, MarksAFailureAsAFaultOnEverySpanItPassed) {
  ExampleSystem system({.fraud_flags = {"--fail-rate", "1"}});
  system.payments().charge("demo-acme", kGoodCharge);

  const SystemEnding ending = system.stop();

  ASSERT_THAT(ending.documents, SizeIs(2));
  const Document& payments = ending.only("payments");
  EXPECT_TRUE(payments.boolean("/fault"));
  EXPECT_EQ(payments.integer("/http/response/status"), 503);
  EXPECT_THAT(payments.child_names(), ElementsAre("validate", "fraud"));
  EXPECT_TRUE(payments.boolean("/subsegments/1/fault"));
  EXPECT_EQ(payments.integer("/subsegments/1/http/response/status"), 503);
  EXPECT_TRUE(ending.only("fraud").boolean("/fault"));
}

TEST(System, ChargesOtherTenantsWhileOneSuffers) {
  ExampleSystem system({.fraud_flags = {"--fail-rate", "1", "--tenants", "globex"}});

  EXPECT_EQ(system.payments().charge("demo-acme", kGoodCharge).status, 201);
  EXPECT_EQ(system.payments().charge("demo-globex", kGoodCharge).status, 503);
  EXPECT_EQ(system.payments().charge("demo-initech", kGoodCharge).status, 201);
}

TEST(System, KeepsNothingOfAChargeThatFailed) {
  ExampleSystem system({.fraud_flags = {"--fail-rate", "1"}});
  system.payments().charge("demo-acme", kGoodCharge);

  EXPECT_FALSE(parsed(system.payments().get("demo-acme", "/v1/charges")).has("/charges/0"));
  EXPECT_FALSE(parsed(system.ledger().get_as("acme", "/v1/entries")).has("/entries/0"));
}

TEST(System, WaitsForALateServiceOnlySoLong) {
  ExampleSystem system({.fraud_flags = {"--slow-ms", "2500"}});

  const auto start = std::chrono::steady_clock::now();
  const Reply reply = system.payments().charge("demo-acme", kGoodCharge);
  const auto took = std::chrono::steady_clock::now() - start;
  const SystemEnding ending = system.stop();

  EXPECT_EQ(reply.status, 503);
  EXPECT_LT(took, std::chrono::milliseconds(2'400));
  const Document& payments = ending.only("payments");
  EXPECT_EQ(payments.text(kCallError), "fraud timed out after 1500 ms");
  EXPECT_TRUE(payments.boolean("/subsegments/1/fault"));
}

TEST(System, ChargesSlowlyWhenAServiceIsSlowInTime) {
  ExampleSystem system({.fraud_flags = {"--slow-ms", "100"}});

  EXPECT_EQ(system.payments().charge("demo-acme", kGoodCharge).status, 201);
}

TEST(System, Answers503WhenAServiceIsGone) {
  ExampleSystem system;
  EXPECT_EQ(system.payments().charge("demo-acme", kGoodCharge).status, 201);
  system.stop_ledger();

  const Reply reply = system.payments().charge("demo-acme", kGoodCharge);
  const SystemEnding ending = system.stop();

  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(parsed(reply).text("/detail"), "nothing was charged: ledger is unavailable");
  ASSERT_THAT(ending.of("payments"), SizeIs(2));
  const Document& failed = *ending.of("payments")[1];
  EXPECT_THAT(failed.child_names(), ElementsAre("validate", "fraud", "authorise", "ledger"));
  EXPECT_TRUE(failed.boolean("/subsegments/3/fault"));
  EXPECT_TRUE(failed.has("/subsegments/3/cause/exceptions/0/message"));
}

TEST(System, Answers503WhenALedgerHasNeverBeenThere) {
  PaymentsService payments(
      {.flags = {"--ledger", "http://127.0.0.1:" + std::to_string(unused_port())}});

  EXPECT_EQ(payments.charge("demo-acme", kGoodCharge).status, 503);
  EXPECT_EQ(payments.get("demo-acme", "/v1/charges").status, 200);
}

TEST(System, StopsInAnyOrderWithinFiveSeconds) {
  ExampleSystem system;
  system.payments().charge("demo-acme", kGoodCharge);
  const Exit fraud = system.stop_fraud();
  const Exit ledger = system.stop_ledger();

  const Exit payments = system.stop().payments;

  for (const Exit& exit : {fraud, ledger, payments}) {
    EXPECT_EQ(exit.code, 0);
    EXPECT_LT(exit.took, std::chrono::seconds(5));
  }
}

}  // namespace
}  // namespace examples_test
