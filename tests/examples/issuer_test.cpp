// SPDX-License-Identifier: Apache-2.0
#include "payments/issuer.hpp"

#include <gtest/gtest.h>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/sequence_random.hpp>

namespace payments {
namespace {

using std::chrono::milliseconds;

class IssuerTest : public ::testing::Test {
 protected:
  static CardNumber card(std::string_view digits) {
    return CardNumber::parse(digits).value_or(*CardNumber::parse("4242424242424242"));
  }
  Issuer issuer(milliseconds latency) {
    return Issuer({clock_, random_, aloft::Diagnostics::standard_error()},
                  {.shortest = latency, .longest = latency});
  }

  aloft::testing::ManualClock clock_;
  aloft::testing::SequenceRandom random_;
};

TEST_F(IssuerTest, ApprovesMostCards) {
  const auto decision =
      issuer(milliseconds(0)).authorise(card("4242424242424242"), aloft::Deadline::never());

  ASSERT_TRUE(decision);
  EXPECT_EQ(*decision, Decision::approved);
}

TEST_F(IssuerTest, DeclinesTheNumberReservedForIt) {
  const auto decision =
      issuer(milliseconds(0)).authorise(card("4000000000000002"), aloft::Deadline::never());

  ASSERT_TRUE(decision);
  EXPECT_EQ(*decision, Decision::declined);
}

TEST_F(IssuerTest, DoesNotDecideAfterTheDeadline) {
  const aloft::Deadline now{clock_.steady_now()};

  const auto decision = issuer(milliseconds(5)).authorise(card("4242424242424242"), now);

  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().code, aloft::ErrorCode::deadline_exceeded);
}

}  // namespace
}  // namespace payments
