// SPDX-License-Identifier: Apache-2.0
#include "console/sampling_rules.hpp"

#include "scratch_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace aloft::console {
namespace {

// A rule with one member replaced, or left out when `value` is empty.
std::string rule(std::string_view key = {}, std::string_view value = {}) {
  constexpr std::pair<std::string_view, std::string_view> kMembers[] = {
      {"RuleName", "\"checkout\""},
      {"Priority", "10"},
      {"FixedRate", "0.25"},
      {"ReservoirSize", "5"},
      {"ServiceName", "\"*\""},
      {"ServiceType", "\"*\""},
      {"Host", "\"*\""},
      {"HTTPMethod", "\"POST\""},
      {"URLPath", "\"/v1/*\""},
      {"ResourceARN", "\"*\""},
      {"Version", "1"},
  };
  std::string out = "{";
  for (const auto& [name, usual] : kMembers) {
    const std::string_view text = name == key ? value : usual;
    if (text.empty()) continue;
    if (out.size() > 1) out += ',';
    out.append("\"").append(name).append("\":").append(text);
  }
  return out + "}";
}

std::string with(std::string_view more) {
  std::string out = rule();
  out.pop_back();
  return out.append(",").append(more).append("}");
}

std::string complaint(const std::string& json) {
  const auto parsed = SamplingRules::parse(json);
  return parsed ? "accepted" : parsed.error().message;
}

TEST(SamplingRules, AreReadInEachShapeOfTheService) {
  for (const std::string& json :
       {"[" + rule() + "]", "[{\"SamplingRule\":" + rule() + ",\"CreatedAt\":1}]",
        "{\"SamplingRuleRecords\":[{\"SamplingRule\":" + rule() + ",\"ModifiedAt\":\"2026\"}]}"}) {
    const auto parsed = SamplingRules::parse(json);

    ASSERT_TRUE(parsed) << json;
    ASSERT_EQ(parsed->all().size(), 2U);
    const SamplingRule* found = parsed->find("checkout");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->priority, 10);
    EXPECT_EQ(found->fixed_rate, 0.25);
    EXPECT_EQ(found->reservoir_size, 5);
    EXPECT_EQ(found->http_method, "POST");
    EXPECT_EQ(found->arn, "arn:aws:xray:us-east-1:000000000000:sampling-rule/checkout");
    EXPECT_EQ(parsed->all().back().name, "Default");
  }
}

TEST(SamplingRules, KeepAttributesAndTheirArn) {
  const auto parsed = SamplingRules::parse(
      "[" + with(R"("RuleARN":"arn:x","Attributes":{"tier":"gold","beta":"*"})") + "]");

  ASSERT_TRUE(parsed) << parsed.error().message;
  const SamplingRule& found = parsed->all().front();
  EXPECT_EQ(found.arn, "arn:x");
  ASSERT_EQ(found.attributes.size(), 2U);
  EXPECT_EQ(found.attributes[0], (std::pair<std::string, std::string>("tier", "gold")));
}

TEST(SamplingRules, OfTheFileMayReplaceTheDefault) {
  const auto parsed = SamplingRules::parse(
      R"([{"RuleName":"Default","Priority":10000,"FixedRate":1,"ReservoirSize":7,)"
      R"("ServiceName":"*","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*",)"
      R"("ResourceARN":"*","Version":1,"Attributes":{}}])");

  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->all().size(), 1U);
  EXPECT_EQ(parsed->all()[0].fixed_rate, 1);
  EXPECT_EQ(parsed->all()[0].reservoir_size, 7);
}

TEST(SamplingRules, SayWhichRuleIsWrongAndHow) {
  EXPECT_EQ(complaint("["), "it is not JSON");
  EXPECT_EQ(complaint("{}"), "it is no list of rules, and has no SamplingRuleRecords");
  EXPECT_EQ(complaint("7"), "it is no list of rules, and has no SamplingRuleRecords");
  EXPECT_EQ(complaint("[7]"), "rule 1: it is no object");
  EXPECT_EQ(complaint("[" + rule() + "," + rule() + "]"),
            "rule 2: an earlier rule has its RuleName");
  for (const char* name : {"", "7", "\"\"", "\"<b>\"", "\"abcdefghijklmnopqrstuvwxyz1234567\""}) {
    EXPECT_EQ(complaint("[" + rule("RuleName", name) + "]"),
              "rule 1: RuleName is missing or not 1 to 32 of letters, digits, blanks and - _ .")
        << name;
  }
  for (const char* priority : {"", "0", "10000", "1.5", "\"1\""}) {
    EXPECT_EQ(complaint("[" + rule("Priority", priority) + "]"),
              "rule 1: Priority is missing or not 1 to 9999")
        << priority;
  }
  EXPECT_EQ(complaint("[" + rule("RuleName", "\"Default\"") + "]"),
            "rule 1: Priority is not 10000, as that of Default is");
  EXPECT_EQ(complaint("[" + rule("FixedRate", "1.01") + "]"),
            "rule 1: FixedRate is missing or not 0 to 1");
  EXPECT_EQ(complaint("[" + rule("ReservoirSize", "-1") + "]"),
            "rule 1: ReservoirSize is missing or not a whole number from 0");
  EXPECT_EQ(complaint("[" + rule("Version", "2") + "]"), "rule 1: Version is missing or not 1");
  EXPECT_EQ(complaint("[" + rule("Host", "") + "]"),
            "rule 1: Host is missing or no text; \"*\" matches everything");
  EXPECT_EQ(complaint("[" + rule("HTTPMethod", "\"ABCDEFGHIJK\"") + "]"),
            "rule 1: HTTPMethod has more than 10 characters");
  EXPECT_EQ(complaint("[" + with("\"Atributes\":{}") + "]"),
            "rule 1: it has a member that no sampling rule has");
  EXPECT_EQ(complaint("[" + with("\"SamplingRateBoost\":{}") + "]"),
            "rule 1: SamplingRateBoost is not served");
  EXPECT_EQ(complaint("[" +
                      with(R"("Attributes":{"a":"1","b":"2","c":"3","d":"4","e":"5",)"
                           R"("f":"6"})") +
                      "]"),
            "rule 1: Attributes is no object of at most 5 members");
  EXPECT_EQ(complaint("[" + with("\"Attributes\":{\"a\":\"\"}") + "]"),
            "rule 1: Attributes has a key or a value that is not a text of 1 to 32 characters");
}

TEST(SamplingRules, AreTwoHundredAtMost) {
  std::string many = rule("RuleName", "\"r0\"");
  for (int i = 1; i <= 200; ++i) many += "," + rule("RuleName", "\"r" + std::to_string(i) + "\"");

  EXPECT_EQ(complaint("[" + many + "]"), "it has more than 200 rules");
}

TEST(SamplingRules, ComeFromAFile) {
  const fixture::ScratchFolder folder;
  const std::string path = folder.path("rules.json");
  std::ofstream(path) << "[" << rule() << "]";

  const auto loaded = SamplingRules::load(path);

  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_NE(loaded->find("checkout"), nullptr);
  EXPECT_EQ(SamplingRules::load(folder.path("none")).error().message, "the file cannot be read");
  EXPECT_FALSE(SamplingRules::load(folder.path(".")));
  std::ofstream(path) << std::string((1U << 20U) + 1, ' ');
  EXPECT_EQ(SamplingRules::load(path).error().message, "the file is longer than a megabyte");
}

}  // namespace
}  // namespace aloft::console
