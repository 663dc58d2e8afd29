// SPDX-License-Identifier: Apache-2.0
// What a caller of the running service sees.
#include "examples/support/payments_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace examples_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Payments, CreatesAndFindsACharge) {
  PaymentsService service;

  const Reply created = service.charge("demo-acme", kGoodCharge);
  const Document charge = parsed(created);
  const Reply found = service.get("demo-acme", created.header("location"));

  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.header("content-type"), "application/json");
  EXPECT_EQ(created.header("location"), "/v1/charges/" + charge.text("/id"));
  EXPECT_EQ(charge.text("/status"), "succeeded");
  EXPECT_EQ(charge.integer("/amount_minor"), 4200);
  EXPECT_EQ(charge.text("/currency"), "USD");
  EXPECT_EQ(charge.text("/card_last4"), "4242");
  EXPECT_GT(charge.integer("/created"), 1'700'000'000);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(parsed(found).text("/id"), charge.text("/id"));
}

TEST(Payments, KeepsTenantsApart) {
  PaymentsService service;
  const std::string acme = service.charge("demo-acme", kGoodCharge).header("location");
  const std::string initech = service.charge("demo-initech", kGoodCharge).header("location");

  EXPECT_EQ(service.get("demo-acme", acme).status, 200);
  EXPECT_EQ(service.get("demo-globex", acme).status, 404);
  EXPECT_EQ(service.get("demo-acme", initech).status, 404);
  const Document list = parsed(service.get("demo-acme", "/v1/charges"));
  EXPECT_EQ("/v1/charges/" + list.text("/charges/0/id"), acme);
  EXPECT_FALSE(list.has("/charges/1"));
  EXPECT_FALSE(parsed(service.get("demo-globex", "/v1/charges")).has("/charges/0"));
}

TEST(Payments, AnswersEachStatus) {
  PaymentsService service;

  EXPECT_EQ(service.charge("demo-acme", kGoodCharge).status, 201);
  EXPECT_EQ(service.charge("demo-acme", "{\"amount_minor\":").status, 400);
  EXPECT_EQ(service.get("demo-acme", "/v1/charges/%zz").status, 400);
  EXPECT_EQ(service.get("demo-acme", "/v1/charges?limit=0").status, 400);
  EXPECT_EQ(service.get("demo-acme", "/v1/charges?limit=101").status, 400);
  EXPECT_EQ(service.get("demo-acme", "/v1/charges?before=x").status, 400);
  EXPECT_EQ(service.charge("demo-nobody", kGoodCharge).status, 401);
  EXPECT_EQ(service.send({"GET", "/v1/charges", {}, ""}).status, 401);
  EXPECT_EQ(service.charge("demo-acme", kDeclinedCharge).status, 402);
  EXPECT_EQ(service.get("demo-acme", "/v1/charges/ch_unknown").status, 404);
  EXPECT_EQ(service.get("demo-acme", "/v2/charges").status, 404);
  EXPECT_EQ(service.send({"GET", "/", {}, ""}).status, 404);
  EXPECT_EQ(service.charge("demo-acme", std::string(16 * 1024 + 1, ' ')).status, 413);
}

TEST(Payments, TellsWhichMethodsAPathTakes) {
  PaymentsService service;

  const Reply list = service.send({"DELETE", "/v1/charges", {{"x-api-key", "demo-acme"}}, ""});
  const Reply one = service.send({"POST", "/v1/charges/ch_1", {}, ""});

  EXPECT_EQ(list.status, 405);
  EXPECT_EQ(list.header("allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(one.status, 405);
  EXPECT_EQ(one.header("allow"), "GET, HEAD, OPTIONS");
}

TEST(Payments, RefusesAnotherContentType) {
  PaymentsService service;
  const auto status = [&service](const std::string& type) {
    return service
        .send({"POST",
               "/v1/charges",
               {{"x-api-key", "demo-acme"}, {"content-type", type}},
               std::string(kGoodCharge)})
        .status;
  };

  EXPECT_EQ(status("text/plain"), 415);
  EXPECT_EQ(status("application/jsonp"), 415);
  EXPECT_EQ(status("application/json; charset=utf-8"), 201);
  EXPECT_EQ(status("Application/JSON"), 201);
}

TEST(Payments, RefusesAKeyThatIsAlmostRightOrSentTwice) {
  PaymentsService service;

  EXPECT_EQ(service.charge("demo-acm", kGoodCharge).status, 401);
  EXPECT_EQ(service.charge("demo-acmee", kGoodCharge).status, 401);
  EXPECT_EQ(service.charge("demo-acmedemo-acme", kGoodCharge).status, 401);
  EXPECT_EQ(service.charge("DEMO-ACME", kGoodCharge).status, 401);
  EXPECT_EQ(service.charge("demo-acme", kGoodCharge, {{"x-api-key", "demo-globex"}}).status, 401);
}

TEST(Payments, ExplainsARefusalAsAProblemDocument) {
  PaymentsService service;

  const Reply declined = service.charge("demo-acme", kDeclinedCharge);
  const Reply unauthorized = service.get("demo-secret-9", "/v1/charges");

  EXPECT_EQ(declined.header("content-type"), "application/problem+json");
  EXPECT_EQ(parsed(declined).text("/code"), "card_declined");
  EXPECT_EQ(unauthorized.header("content-type"), "application/problem+json");
  EXPECT_EQ(parsed(unauthorized).text("/detail"),
            "the header x-api-key is missing or its key unknown");
  EXPECT_EQ(unauthorized.header("www-authenticate"), "ApiKey realm=\"payments\"");
}

TEST(Payments, NeverQuotesInputInAnError) {
  PaymentsService service;
  const std::vector<std::string> bodies = {
      R"({"amount_minor":"PLANTED","currency":"USD"})",
      R"({"amount_minor":1,"currency":"PLANTED"})",
      R"({"amount_minor":1,"currency":"USD","card":{"number":"PLANTED","cvv":"1"}})",
      R"({"amount_minor":1,"currency":"USD","card":{"number":"4242424242424242","cvv":"PLANTED"}})",
      R"({"amount_minor":1,"PLANTED)",
      R"("PLANTED")",
      "PLANTED"};

  for (const std::string& body : bodies) {
    const Reply reply = service.charge("demo-acme", body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.head + reply.body, Not(HasSubstr("PLANTED")));
  }
  const Reply query = service.get("demo-acme", "/v1/charges?limit=PLANTED&before=PLANTED");
  EXPECT_EQ(query.status, 400);
  EXPECT_THAT(query.head + query.body, Not(HasSubstr("PLANTED")));
}

TEST(Payments, ListsChargesInPagesNewestFirst) {
  PaymentsService service;
  const auto make = [&service] {
    return parsed(service.charge("demo-acme", kGoodCharge)).text("/id");
  };
  const std::string oldest = make();
  const std::string middle = make();
  const std::string newest = make();

  const Document first = parsed(service.get("demo-acme", "/v1/charges?limit=2"));
  const Document second = parsed(service.get(
      "demo-acme", "/v1/charges?limit=2&before=" + std::to_string(first.integer("/next"))));

  EXPECT_EQ(first.text("/charges/0/id"), newest);
  EXPECT_EQ(first.text("/charges/1/id"), middle);
  EXPECT_EQ(second.text("/charges/0/id"), oldest);
  EXPECT_FALSE(second.has("/charges/1"));
  EXPECT_EQ(second.integer("/next"), 0);
}

TEST(Payments, DoesNotKeepADeclinedCharge) {
  PaymentsService service;

  service.charge("demo-acme", kDeclinedCharge);

  EXPECT_FALSE(parsed(service.get("demo-acme", "/v1/charges")).has("/charges/0"));
}

TEST(Payments, TellsItsHealthWithoutAKey) {
  PaymentsService service;

  const Reply health = service.send({"GET", "/healthz", {}, ""});

  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, "ok\n");
  EXPECT_EQ(service.send({"POST", "/healthz", {}, ""}).header("allow"), "GET, HEAD, OPTIONS");
}

}  // namespace
}  // namespace examples_test
