// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/environment.hpp>

#include <gtest/gtest.h>

namespace aloft {
namespace {

TEST(Environment, GivesWhatIsSet) {
  const Environment environment = Environment::of({{"ALOFT_SERVICE_NAME", "payments"}});

  EXPECT_EQ(environment.get("ALOFT_SERVICE_NAME"), "payments");
  EXPECT_EQ(environment.get("ALOFT_ENVIRONMENT"), std::nullopt);
}

TEST(Environment, TakesAnEmptyVariableForUnset) {
  EXPECT_EQ(Environment::of({{"ALOFT_ENVIRONMENT", ""}}).get("ALOFT_ENVIRONMENT"), std::nullopt);
}

TEST(Environment, ReadsFlagsIgnoringCase) {
  EXPECT_FALSE(Environment::of({{"ALOFT_ENABLED", "FALSE"}}).flag("ALOFT_ENABLED", true));
  EXPECT_FALSE(Environment::of({{"ALOFT_ENABLED", "0"}}).flag("ALOFT_ENABLED", true));
  EXPECT_TRUE(Environment::of({{"ALOFT_ENABLED", "On"}}).flag("ALOFT_ENABLED", false));
}

TEST(Environment, KeepsTheDefaultOfAFlagItDoesNotUnderstand) {
  EXPECT_TRUE(Environment::of({{"ALOFT_ENABLED", "maybe"}}).flag("ALOFT_ENABLED", true));
  EXPECT_FALSE(Environment::of({}).flag("ALOFT_ENABLED", false));
}

}  // namespace
}  // namespace aloft
