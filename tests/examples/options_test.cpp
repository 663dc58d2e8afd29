// SPDX-License-Identifier: Apache-2.0
#include "payments/options.hpp"

#include "load/options.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace {

TEST(PaymentsOptions, ListensOnLoopbackWhenNotTold) {
  const auto options = payments::Options::parse({});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->listen.host, "127.0.0.1");
  EXPECT_EQ(options->listen.port, 8080);
}

TEST(PaymentsOptions, TakesAddressAndPort) {
  const auto four = payments::Options::parse({"--listen", "0.0.0.0:0"});
  const auto six = payments::Options::parse({"--listen", "[::1]:9000"});

  ASSERT_TRUE(four);
  EXPECT_EQ(four->listen.host, "0.0.0.0");
  EXPECT_EQ(four->listen.port, 0);
  ASSERT_TRUE(six);
  EXPECT_EQ(six->listen.host, "::1");
  EXPECT_EQ(six->listen.url(), "http://[::1]:9000");
}

TEST(PaymentsOptions, RefusesAMalformedAddress) {
  EXPECT_FALSE(payments::Options::parse({"--listen", "8080"}));
  EXPECT_FALSE(payments::Options::parse({"--listen", ":8080"}));
  EXPECT_FALSE(payments::Options::parse({"--listen", "127.0.0.1:65536"}));
  EXPECT_FALSE(payments::Options::parse({"--listen", "127.0.0.1:-1"}));
  EXPECT_FALSE(payments::Options::parse({"--listen", "127.0.0.1:"}));
}

TEST(PaymentsOptions, NamesWhatIsWrongWithoutQuotingIt) {
  const auto unknown = payments::Options::parse({"--color"});
  const auto lacking = payments::Options::parse({"--listen"});

  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "argument 1 is not a flag of this program");
  ASSERT_FALSE(lacking);
  EXPECT_EQ(lacking.error().message, "--listen lacks its value");
}

TEST(PaymentsOptions, AskNobodyWhenNotTold) {
  const auto options = payments::Options::parse({});

  ASSERT_TRUE(options);
  EXPECT_FALSE(options->ledger);
  EXPECT_FALSE(options->fraud);
}

TEST(PaymentsOptions, TakeTheServicesBehind) {
  const auto options = payments::Options::parse(
      {"--ledger", "http://127.0.0.1:8081", "--fraud", "http://[::1]:8082/"});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->ledger->url(), "http://127.0.0.1:8081");
  EXPECT_EQ(options->fraud->url(), "http://[::1]:8082");
}

TEST(PaymentsOptions, RefuseAServiceThatIsNoUrlAndNameTheRemedy) {
  const auto options = payments::Options::parse({"--fraud", "127.0.0.1:8082"});

  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().message, "--fraud is not http://HOST:PORT");
  EXPECT_EQ(options.error().remedy, "write it like --fraud http://127.0.0.1:8080");
}

TEST(LoadOptions, TakesTargetRateAndDuration) {
  const auto options = load::Options::parse(
      {"--target", "http://127.0.0.1:8080", "--rate", "50", "--duration", "3"});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->target.host, "127.0.0.1");
  EXPECT_EQ(options->target.port, 8080);
  EXPECT_EQ(options->rate, 50u);
  EXPECT_EQ(options->duration, std::chrono::seconds(3));
}

TEST(LoadOptions, SendsTwentyASecondUntilStoppedWhenNotTold) {
  const auto options = load::Options::parse({"--target", "http://localhost/"});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->target.port, 80);
  EXPECT_EQ(options->rate, 20u);
  EXPECT_FALSE(options->duration);
}

TEST(LoadOptions, TakesAnIpv6Target) {
  const auto target = example::Address::of_url("http://[::1]:8080");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->host, "::1");
  EXPECT_EQ(target->port, 8080);
}

TEST(LoadOptions, RefusesWhatItCannotUse) {
  const auto parse = [](const std::vector<std::string_view>& arguments) {
    return load::Options::parse(arguments).has_value();
  };
  EXPECT_FALSE(parse({}));
  EXPECT_FALSE(parse({"--target"}));
  EXPECT_FALSE(parse({"--target", "https://127.0.0.1:8080"}));
  EXPECT_FALSE(parse({"--target", "http://:8080"}));
  EXPECT_FALSE(parse({"--target", "http://127.0.0.1:8080/path"}));
  EXPECT_FALSE(parse({"--target", "http://127.0.0.1:8080", "--rate", "0"}));
  EXPECT_FALSE(parse({"--target", "http://127.0.0.1:8080", "--rate", "1001"}));
  EXPECT_FALSE(parse({"--target", "http://127.0.0.1:8080", "--fast", "1"}));
}

}  // namespace
