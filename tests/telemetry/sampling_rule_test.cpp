// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/sampling_rule.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aloft {
namespace {

constexpr TraceContext kNoParent{};

SamplingRequest request_of(RequestTraits traits, ServiceTraits service = {}) {
  return {
      .name = "payments", .parent = kNoParent, .tenant = {}, .request = traits, .service = service};
}

TEST(Wildcard, StandsForTheWholeTextInAnyCase) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("*", "x"));
  EXPECT_TRUE(matches_wildcard("pay*s", "PAYMENTS"));
  EXPECT_TRUE(matches_wildcard("P?YMENTS", "payments"));
  EXPECT_TRUE(matches_wildcard("*a*b*", "xxabxbxx"));
  EXPECT_TRUE(matches_wildcard("a**b", "ab"));
  EXPECT_TRUE(matches_wildcard("*.example.com", "a.b.example.com"));
  EXPECT_FALSE(matches_wildcard("p?yments", "pyments"));
  EXPECT_FALSE(matches_wildcard("payments", "payments2"));
  EXPECT_FALSE(matches_wildcard("*a", "ab"));
  EXPECT_FALSE(matches_wildcard("?", ""));
}

TEST(Wildcard, AnEmptyPatternIsOnlyForEmptyText) {
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_FALSE(matches_wildcard("", "x"));
}

TEST(Wildcard, AQuestionMarkIsOneCharacterNotOneByte) {
  EXPECT_TRUE(matches_wildcard("caf?", "caf\xC3\xA9"));
  EXPECT_FALSE(matches_wildcard("caf??", "caf\xC3\xA9"));
  EXPECT_FALSE(matches_wildcard("*??", "\xC3\xA9"));
  EXPECT_TRUE(matches_wildcard("?", "\xFF"));
}

TEST(Wildcard, IsNotExponential) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  const std::string text(20'000, 'a');

  EXPECT_TRUE(matches_wildcard(pattern, text));
  EXPECT_FALSE(matches_wildcard(pattern + "b", text));
}

TEST(SamplingRule, LooksAtEveryField) {
  const std::vector<SamplingAttribute> attributes = {{"plan", "gold"}, {"beta", "1"}};
  const SamplingRequest request =
      request_of({.host = "api.example.com",
                  .http_method = "POST",
                  .url_path = "/v1/charges",
                  .attributes = attributes},
                 {.type = "AWS::ECS::Container", .resource_arn = "arn:aws:ecs:eu-west-1:1:c/2"});
  const auto is_for = [&](const SamplingRule& rule) { return matches(rule, request); };

  EXPECT_TRUE(is_for({.name = "a"}));
  EXPECT_TRUE(is_for({.name = "a", .host = "*.EXAMPLE.com"}));
  EXPECT_FALSE(is_for({.name = "a", .host = "www.*"}));
  EXPECT_TRUE(is_for({.name = "a", .http_method = "P*"}));
  EXPECT_FALSE(is_for({.name = "a", .http_method = "GET"}));
  EXPECT_TRUE(is_for({.name = "a", .url_path = "/v?/charges"}));
  EXPECT_FALSE(is_for({.name = "a", .url_path = "/v1"}));
  EXPECT_TRUE(is_for({.name = "a", .service_name = "pay*"}));
  EXPECT_FALSE(is_for({.name = "a", .service_name = "ledger"}));
  EXPECT_TRUE(is_for({.name = "a", .service_type = "AWS::ECS::*"}));
  EXPECT_FALSE(is_for({.name = "a", .service_type = "AWS::EC2::Instance"}));
  EXPECT_TRUE(is_for({.name = "a", .resource_arn = "arn:*:c/2"}));
  EXPECT_FALSE(is_for({.name = "a", .resource_arn = "arn:*:c/3"}));
  EXPECT_TRUE(is_for({.name = "a", .attributes = {{"plan", "G*"}, {"beta", "?"}}}));
  EXPECT_FALSE(is_for({.name = "a", .attributes = {{"plan", "gold"}, {"beta", "0"}}}));
  EXPECT_FALSE(is_for({.name = "a", .attributes = {{"Plan", "gold"}}}));
}

TEST(SamplingRule, AQueryIsNoPartOfThePath) {
  const SamplingRequest request = request_of({.url_path = "/cart?debug=/admin"});

  EXPECT_TRUE(matches({.name = "a", .url_path = "/cart"}, request));
  EXPECT_FALSE(matches({.name = "a", .url_path = "*/admin"}, request));
}

TEST(SamplingRule, WhatIsNotKnownIsMatchedByAsterisksOnly) {
  const SamplingRequest request = request_of({});
  const auto is_for = [&](const SamplingRule& rule) { return matches(rule, request); };

  EXPECT_TRUE(is_for({.name = "a", .host = "*", .url_path = "**"}));
  EXPECT_FALSE(is_for({.name = "a", .host = ""}));
  EXPECT_FALSE(is_for({.name = "a", .host = "*?"}));
  EXPECT_FALSE(is_for({.name = "a", .url_path = "/*"}));
  EXPECT_FALSE(is_for({.name = "a", .resource_arn = "arn:*"}));
  EXPECT_TRUE(is_for({.name = "a", .attributes = {{"plan", "*"}}}));
  EXPECT_FALSE(is_for({.name = "a", .attributes = {{"plan", ""}}}));
}

TEST(SamplingRule, AreTriedByPriorityThenNameAndTheDefaultLast) {
  std::vector<SamplingRule> rules = {{.name = "Default", .priority = 1},
                                     {.name = "b", .priority = 7},
                                     {.name = "late", .priority = 9999},
                                     {.name = "a", .priority = 7}};

  sort_rules(rules);

  std::string order;
  for (const SamplingRule& rule : rules) order += rule.name + " ";
  EXPECT_EQ(order, "a b late Default ");
}

TEST(SamplingRule, TheFirstThatMatchesIsTheOne) {
  const std::vector<SamplingRule> rules = {{.name = "pay", .url_path = "/v1/*"},
                                           {.name = "post", .http_method = "POST"},
                                           {.name = "Default", .host = "nowhere"}};

  EXPECT_EQ(first_match(rules, request_of({.http_method = "POST", .url_path = "/v1/x"}))->name,
            "pay");
  EXPECT_EQ(first_match(rules, request_of({.http_method = "POST", .url_path = "/v2"}))->name,
            "post");
  EXPECT_EQ(first_match(rules, request_of({}))->name, "Default");
  EXPECT_EQ(first_match({}, request_of({})), nullptr);
}

}  // namespace
}  // namespace aloft
