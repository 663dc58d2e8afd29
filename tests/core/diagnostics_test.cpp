// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/diagnostics.hpp>

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

TEST(Diagnostics, WritesOneJsonLineASecondForAPlaceAndHoldsTheRestBack) {
  ::testing::internal::CaptureStderr();

  for (int i = 0; i < 100; ++i) {
    Diagnostics::standard_error().report(ErrorCode::unavailable, "the_test", "a \"quoted\" reason");
  }

  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "{\"aloft\":\"unavailable\",\"subject\":\"the_test\","
            "\"message\":\"a \\\"quoted\\\" reason\",\"held_back\":0}\n");
}

TEST(Diagnostics, AnnouncesWhatWasChosenInOneLine) {
  ::testing::internal::CaptureStderr();

  Diagnostics::standard_error().announce("traces", "sent to a collector");

  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "{\"aloft\":\"info\",\"subject\":\"traces\","
            "\"message\":\"sent to a collector\",\"held_back\":0}\n");
}

}  // namespace
}  // namespace aloft
