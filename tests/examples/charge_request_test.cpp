// SPDX-License-Identifier: Apache-2.0
#include "payments/charge_request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace payments {
namespace {

/// A body with one field replaced, as JSON text; `card` is the whole card object.
struct Body {
  std::string amount = "4200";
  std::string currency = R"("USD")";
  std::string card = R"({"number":"4242424242424242","cvv":"123"})";
  std::string description = R"("first charge")";

  std::string json() const {
    return "{\"amount_minor\":" + amount + ",\"currency\":" + currency + ",\"card\":" + card +
           ",\"description\":" + description + "}";
  }
};

std::string why_refused(std::string_view json) {
  const aloft::Result<ChargeRequest> request = ChargeRequest::parse(json);
  return request ? "accepted" : request.error().message;
}

TEST(ChargeRequest, TakesEveryField) {
  const aloft::Result<ChargeRequest> request = ChargeRequest::parse(Body{}.json());

  ASSERT_TRUE(request);
  EXPECT_EQ(request->amount_minor, 4200);
  EXPECT_EQ(request->currency, "USD");
  EXPECT_EQ(request->card.last4(), "4242");
  EXPECT_EQ(request->description, "first charge");
}

TEST(ChargeRequest, TakesAmountsFromOneToItsLimit) {
  EXPECT_EQ(why_refused(Body{.amount = "1"}.json()), "accepted");
  EXPECT_EQ(why_refused(Body{.amount = "99999999"}.json()), "accepted");

  constexpr std::string_view kRange = "field /amount_minor is not an integer from 1 to 99999999";
  EXPECT_EQ(why_refused(Body{.amount = "0"}.json()), kRange);
  EXPECT_EQ(why_refused(Body{.amount = "-1"}.json()), kRange);
  EXPECT_EQ(why_refused(Body{.amount = "100000000"}.json()), kRange);
}

TEST(ChargeRequest, RefusesAnAmountOfAnotherType) {
  constexpr std::string_view kType = "field /amount_minor is not an integer of 64 bits";
  EXPECT_EQ(why_refused(Body{.amount = "\"4200\""}.json()), kType);
  EXPECT_EQ(why_refused(Body{.amount = "42.5"}.json()), kType);
  EXPECT_EQ(why_refused(Body{.amount = "null"}.json()), kType);
}

TEST(ChargeRequest, RefusesAnAmountThatNoIntegerHolds) {
  EXPECT_NE(why_refused(Body{.amount = "99999999999999999999"}.json()), "accepted");
}

TEST(ChargeRequest, RefusesACurrencyOutsideItsList) {
  constexpr std::string_view kList =
      "field /currency is not one of AUD, CAD, CHF, CZK, EUR, GBP, JPY, USD";
  EXPECT_EQ(why_refused(Body{.currency = R"("usd")"}.json()), kList);
  EXPECT_EQ(why_refused(Body{.currency = R"("XXX")"}.json()), kList);
  EXPECT_EQ(why_refused(Body{.currency = R"("")"}.json()), kList);
  EXPECT_EQ(why_refused(Body{.currency = "7"}.json()), "field /currency is not a string");
}

TEST(ChargeRequest, ChecksLengthAndCheckDigitOfACardNumber) {
  constexpr std::string_view kWrong =
      "field /card/number is not 13 to 19 digits with a valid check digit";
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4222222222222","cvv":"123"})"}.json()),
            "accepted");
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242424242424241","cvv":"123"})"}.json()),
            kWrong);
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"424242424242","cvv":"123"})"}.json()), kWrong);
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"42424242424242424242","cvv":"123"})"}.json()),
            kWrong);
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242 4242 4242 4242","cvv":"123"})"}.json()),
            kWrong);
}

TEST(ChargeRequest, TakesAmexWithItsFourDigitCode) {
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"378282246310005","cvv":"1234"})"}.json()),
            "accepted");
}

TEST(ChargeRequest, ChecksTheSecurityCode) {
  constexpr std::string_view kWrong = "field /card/cvv is not 3 or 4 digits";
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242424242424242","cvv":"12"})"}.json()),
            kWrong);
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242424242424242","cvv":"12345"})"}.json()),
            kWrong);
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242424242424242","cvv":"12a"})"}.json()),
            kWrong);
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242424242424242","cvv":123})"}.json()),
            "field /card/cvv is not a string");
}

TEST(ChargeRequest, NamesAMissingField) {
  EXPECT_EQ(why_refused("{}"), "field /amount_minor is missing");
  EXPECT_EQ(why_refused(R"({"amount_minor":1})"), "field /currency is missing");
  EXPECT_EQ(why_refused(R"({"amount_minor":1,"currency":"USD"})"), "field /card/number is missing");
  EXPECT_EQ(why_refused(Body{.card = R"({"number":"4242424242424242"})"}.json()),
            "field /card/cvv is missing");
}

TEST(ChargeRequest, CountsADescriptionInCharacters) {
  std::string two_hundred;
  for (int i = 0; i < 200; ++i) two_hundred += "\xC3\xA9";  // é, two bytes

  EXPECT_EQ(why_refused(Body{.description = "\"" + two_hundred + "\""}.json()), "accepted");
  EXPECT_EQ(why_refused(Body{.description = "\"" + two_hundred + "!\""}.json()),
            "field /description has more than 200 characters");
}

TEST(ChargeRequest, NeedsNoDescription) {
  const aloft::Result<ChargeRequest> request = ChargeRequest::parse(
      R"({"amount_minor":1,"currency":"USD","card":{"number":"4242424242424242","cvv":"123"}})");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->description, "");
}

TEST(ChargeRequest, RefusesWhatIsNoJsonObject) {
  EXPECT_EQ(why_refused(""), "the document is not valid JSON");
  EXPECT_EQ(why_refused("{\"amount_minor\":"), "the document is not valid JSON");
  EXPECT_EQ(why_refused("{\"description\":\"\xFF\"}"), "the document is not valid JSON");
  EXPECT_EQ(why_refused("[1]"), "the document is not an object");
}

}  // namespace
}  // namespace payments
