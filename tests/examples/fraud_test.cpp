// SPDX-License-Identifier: Apache-2.0
// The fraud service as a process: what it answers, what its traces show, how it stops.
#include "examples/support/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace examples_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kCharge =
    R"({"amount_minor":4200,"currency":"USD","card_last4":"4242"})";

TEST(Fraud, ScoresACharge) {
  Service fraud(fraud_program());

  const Reply small = fraud.post_as("acme", "/v1/scores", kCharge);
  const Reply large = fraud.post_as(
      "acme", "/v1/scores", R"({"amount_minor":99900000,"currency":"USD","card_last4":"4242"})");

  EXPECT_EQ(small.status, 200);
  EXPECT_EQ(small.body, R"({"score":0})");
  EXPECT_EQ(large.body, R"({"score":98})");
}

TEST(Fraud, FailsWhenTold) {
  Service fraud(fraud_program(), {.flags = {"--fail-rate", "1", "--tenants", "globex"}});

  const Reply spared = fraud.post_as("acme", "/v1/scores", kCharge);
  const Reply failed = fraud.post_as("globex", "/v1/scores", kCharge);
  const Ending ending = fraud.stop();

  EXPECT_EQ(spared.status, 200);
  EXPECT_EQ(failed.status, 503);
  ASSERT_THAT(ending.documents, SizeIs(2));
  const Document& document = ending.documents[1];
  EXPECT_TRUE(document.boolean("/fault"));
  EXPECT_EQ(document.text("/annotations/tenant_id"), "globex");
  EXPECT_EQ(document.text("/subsegments/0/cause/exceptions/0/message"),
            "the scoring model is out of memory");
}

TEST(Fraud, IsSlowWhenTold) {
  Service fraud(fraud_program(), {.flags = {"--slow-ms", "200"}});

  const auto start = std::chrono::steady_clock::now();
  const Reply reply = fraud.post_as("acme", "/v1/scores", kCharge);

  EXPECT_EQ(reply.status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
}

TEST(Fraud, RefusesWhatIsNoCharge) {
  Service fraud(fraud_program());
  const std::vector<std::string> bodies = {
      "PLANTED", R"({"amount_minor":0,"currency":"USD","card_last4":"4242"})",
      R"({"amount_minor":1,"currency":"PLANTED","card_last4":"4242"})",
      R"({"amount_minor":1,"currency":"USD","card_last4":"PLANTED"})",
      R"({"amount_minor":1,"currency":"USD"})"};

  for (const std::string& body : bodies) {
    const Reply reply = fraud.post_as("acme", "/v1/scores", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(reply.head + reply.body, Not(HasSubstr("PLANTED")));
  }
}

TEST(Fraud, AnswersNobodyWithoutATenant) {
  Service fraud(fraud_program());
  const auto with = [&](const Variables& headers) {
    return fraud.send({"POST", "/v1/scores", headers, std::string(kCharge)}).status;
  };
  const std::pair<std::string, std::string> json{"content-type", "application/json"};

  EXPECT_EQ(with({json}), 400);
  EXPECT_EQ(with({json, {"x-tenant-id", "two words"}}), 400);
  EXPECT_EQ(with({json, {"x-tenant-id", "acme"}, {"x-tenant-id", "globex"}}), 400);
  EXPECT_EQ(with({{"x-tenant-id", "acme"}}), 415);
  EXPECT_EQ(fraud.send({"GET", "/v1/scores", {}, ""}).status, 405);
  EXPECT_EQ(fraud.send({"GET", "/v1/nothing", {}, ""}).status, 404);
  EXPECT_EQ(fraud.send({"GET", "/healthz", {}, ""}).status, 200);
}

TEST(Fraud, StopsWithinFiveSecondsWithItsBooksInTheLastLine) {
  Service fraud(fraud_program());
  fraud.post_as("acme", "/v1/scores", kCharge);

  const Ending ending = fraud.stop();

  EXPECT_EQ(fraud.ready_line(), "fraud ready: " + fraud.url());
  EXPECT_EQ(ending.exit.code, 0);
  EXPECT_LT(ending.exit.took, std::chrono::seconds(5));
  EXPECT_THAT(ending.exit.err, ::testing::EndsWith(books_of("fraud", 1, 2)));
  ASSERT_THAT(ending.documents, SizeIs(1));
  EXPECT_THAT(ending.documents[0].child_names(), ElementsAre("model"));
}

TEST(Fraud, StopsWhileAScoreIsStillSlow) {
  Service fraud(fraud_program(), {.flags = {"--slow-ms", "60000"}});
  const int caller = send_and_leave(
      fraud.port(), RawRequest{"POST",
                               "/v1/scores",
                               {{"x-tenant-id", "acme"}, {"content-type", "application/json"}},
                               std::string(kCharge)}
                        .bytes());
  // Answered by the same server after it has read the first request.
  fraud.send({"GET", "/healthz", {}, ""});

  const Ending ending = fraud.stop();
  close_socket(caller);

  EXPECT_EQ(ending.exit.code, 0);
  EXPECT_LT(ending.exit.took, std::chrono::seconds(5));
}

}  // namespace
}  // namespace examples_test
