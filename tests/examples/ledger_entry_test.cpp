// SPDX-License-Identifier: Apache-2.0
#include "ledger/entry.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledger {
namespace {

std::string refusal(std::string_view json) {
  const auto entry = Entry::parse(json);
  return entry ? "" : entry.error().message;
}

TEST(LedgerEntry, TakesChargeAmountAndCurrency) {
  const auto entry =
      Entry::parse(R"({"charge_id":"ch_abc","amount_minor":4200,"currency":"USD","more":1})");

  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->charge_id, "ch_abc");
  EXPECT_EQ(entry->amount_minor, 4200);
  EXPECT_EQ(entry->currency, "USD");
}

TEST(LedgerEntry, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(refusal(R"({"charge_id":"","amount_minor":1,"currency":"USD"})"),
            "field /charge_id is malformed");
  EXPECT_EQ(refusal(R"({"charge_id":"a'b","amount_minor":1,"currency":"USD"})"),
            "field /charge_id is malformed");
  EXPECT_EQ(refusal(R"({"charge_id":")" + std::string(65, 'a') +
                    R"(","amount_minor":1,"currency":"USD"})"),
            "field /charge_id is malformed");
  EXPECT_EQ(refusal(R"({"charge_id":"a","amount_minor":0,"currency":"USD"})"),
            "field /amount_minor is not an integer from 1 to 99999999");
  EXPECT_EQ(refusal(R"({"charge_id":"a","amount_minor":1,"currency":"usd"})"),
            "field /currency is not one of AUD, CAD, CHF, CZK, EUR, GBP, JPY, USD");
  EXPECT_NE(refusal(R"({"charge_id":7})"), "");
  EXPECT_NE(refusal("[]"), "");
  EXPECT_NE(refusal("{"), "");
}

}  // namespace
}  // namespace ledger
