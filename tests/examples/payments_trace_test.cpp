// SPDX-License-Identifier: Apache-2.0
// What the daemon sees of the running service.
#include "examples/support/payments_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace examples_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kRoot[] = "1-67891233-abcdef012345678912345678";

TEST(Payments, SendsOneTraceOfEveryRequest) {
  PaymentsService service;
  service.charge("demo-globex", kGoodCharge);
  service.get("demo-globex", "/v1/charges/ch_unknown");

  const Ending ending = service.stop();

  ASSERT_THAT(ending.documents, SizeIs(2));
  const Document& charge = ending.documents[0];
  EXPECT_EQ(charge.text("/name"), "payments");
  EXPECT_EQ(charge.text("/http/request/method"), "POST");
  EXPECT_THAT(charge.text("/http/request/url"), StartsWith("http://"));
  EXPECT_THAT(charge.text("/http/request/url"), HasSubstr("/v1/charges"));
  EXPECT_EQ(charge.integer("/http/response/status"), 201);
  EXPECT_EQ(charge.text("/annotations/tenant_id"), "globex");
  EXPECT_THAT(charge.child_names(), ElementsAre("validate", "authorise", "store"));
  EXPECT_EQ(charge.integer("/subsegments/1/annotations/amount_minor"), 4200);
  EXPECT_EQ(charge.text("/subsegments/1/annotations/currency"), "USD");
  EXPECT_EQ(charge.text("/subsegments/1/annotations/decision"), "approved");
  EXPECT_EQ(ending.documents[1].integer("/http/response/status"), 404);
  EXPECT_THAT(ending.documents[1].text("/http/request/url"), HasSubstr("/v1/charges/{id}"));
}

TEST(Payments, MarksADeclinedChargeAsErrorNotFault) {
  PaymentsService service;
  service.charge("demo-acme", kDeclinedCharge);

  const Ending ending = service.stop();

  ASSERT_THAT(ending.documents, SizeIs(1));
  EXPECT_TRUE(ending.documents[0].boolean("/error"));
  EXPECT_FALSE(ending.documents[0].has("/fault"));
  EXPECT_THAT(ending.documents[0].child_names(), ElementsAre("validate", "authorise"));
  EXPECT_EQ(ending.documents[0].text("/subsegments/1/annotations/decision"), "declined");
}

TEST(Payments, RecordsADescriptionWithoutTheCardNumberInIt) {
  PaymentsService service;
  service.charge("demo-acme",
                 R"({"amount_minor":1,"currency":"USD","description":"card 4242 4242 4242 4242",)"
                 R"("card":{"number":"4242424242424242","cvv":"123"}})");

  const Ending ending = service.stop();

  ASSERT_THAT(ending.documents, SizeIs(1));
  EXPECT_EQ(ending.documents[0].text("/subsegments/0/metadata/charge/description"),
            "card [redacted:pan]");
}

TEST(Payments, ContinuesTheCallersTrace) {
  PaymentsService service;
  const Reply reply = service.charge(
      "demo-acme", kGoodCharge,
      {{"x-amzn-trace-id", std::string("Root=") + kRoot + ";Parent=53995c3f42cd8ad8;Sampled=1"}});

  const Ending ending = service.stop();

  EXPECT_EQ(reply.header("x-amzn-trace-id"), std::string("Root=") + kRoot + ";Sampled=1");
  ASSERT_THAT(ending.documents, SizeIs(1));
  EXPECT_EQ(ending.documents[0].text("/trace_id"), kRoot);
  EXPECT_EQ(ending.documents[0].text("/parent_id"), "53995c3f42cd8ad8");
}

TEST(Payments, ObeysACallerThatDoesNotSample) {
  PaymentsService service({.variables = {{"ALOFT_CONSOLE_URL", "http://127.0.0.1:8000"}}});
  const Reply reply = service.charge(
      "demo-acme", kGoodCharge,
      {{"x-amzn-trace-id", std::string("Root=") + kRoot + ";Parent=53995c3f42cd8ad8;Sampled=0"}});

  const Ending ending = service.stop();

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.header("x-amzn-trace-id"), std::string("Root=") + kRoot + ";Sampled=0");
  EXPECT_EQ(reply.header("link"), "");
  EXPECT_THAT(reply.body, Not(HasSubstr("trace")));
  EXPECT_THAT(ending.datagrams, SizeIs(0));
}

TEST(Payments, LinksAnAnswerToItsTrace) {
  PaymentsService service({.variables = {{"ALOFT_CONSOLE_URL", "http://127.0.0.1:8000/"}}});
  const Reply created = service.charge("demo-acme", kGoodCharge);
  const Reply declined = service.charge("demo-acme", kDeclinedCharge);

  const Ending ending = service.stop();

  ASSERT_THAT(ending.documents, SizeIs(2));
  const std::string url =
      "http://127.0.0.1:8000/#xray:traces/" + ending.documents[0].text("/trace_id");
  EXPECT_EQ(created.header("link"), "<" + url + ">; rel=\"trace\"");
  EXPECT_THAT(created.body, HasSubstr("\"trace\":\"" + url + "\""));
  EXPECT_THAT(declined.header("link"), HasSubstr(ending.documents[1].text("/trace_id")));
}

TEST(Payments, LinksNowhereWithoutAConsole) {
  PaymentsService service;

  const Reply created = service.charge("demo-acme", kGoodCharge);

  EXPECT_EQ(created.header("link"), "");
  EXPECT_THAT(created.body, Not(HasSubstr("trace")));
}

TEST(Payments, DoesNotTraceHealthChecks) {
  PaymentsService service;
  service.send({"GET", "/healthz", {}, ""});

  EXPECT_THAT(service.stop().datagrams, SizeIs(0));
}

}  // namespace
}  // namespace examples_test
