// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/sampling_manifest.hpp>

#include "fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aloft::aws {
namespace {

constexpr std::string_view kDefault = R"("default":{"fixed_target":1,"rate":0.05})";

/// A manifest of version 2 with these rules.
std::string manifest(const std::string& rules) {
  return R"({"version":2,)" + std::string(kDefault) + R"(,"rules":[)" + rules + "]}";
}

std::string error_of(std::string_view json) {
  const auto read = read_sampling_manifest(json);
  return read ? "no error" : read.error().message;
}

TEST(SamplingManifest, KeepsTheOrderOfTheFileAndTheDefaultLast) {
  const auto rules = read_sampling_manifest(
      R"({"version":2,"default":{"fixed_target":2,"rate":0},"rules":[
          {"description":"x","host":"*.com","http_method":"P*","url_path":"/b",
           "fixed_target":10,"rate":0.5},
          {"host":"*","http_method":"*","url_path":"/a","fixed_target":0,"rate":1}]})");

  ASSERT_TRUE(rules) << rules.error().to_string();
  EXPECT_EQ(*rules, (std::vector<SamplingRule>{
                        {.name = "local-1",
                         .priority = 1,
                         .reservoir = 10,
                         .rate = 0.5,
                         .host = "*.com",
                         .http_method = "P*",
                         .url_path = "/b"},
                        {.name = "local-2", .priority = 2, .rate = 1, .url_path = "/a"},
                        {.name = "Default", .priority = 10'000, .reservoir = 2}}));
}

TEST(SamplingManifest, Version1HasTheHostInServiceName) {
  const auto rules = read_sampling_manifest(
      R"({"version":1,"default":{"fixed_target":1,"rate":0.05},"rules":[
          {"service_name":"shop.*","http_method":"*","url_path":"*",
           "fixed_target":1,"rate":0.1}]})");

  ASSERT_TRUE(rules) << rules.error().to_string();
  EXPECT_EQ(rules->front().host, "shop.*");
  EXPECT_EQ(rules->front().service_name, "*");
}

TEST(SamplingManifest, NeedsNoRulesButTheDefault) {
  EXPECT_EQ(read_sampling_manifest(R"({"version":2,)" + std::string(kDefault) + "}")->size(), 1u);
  EXPECT_EQ(read_sampling_manifest(manifest(""))->front(), built_in_rule());
}

TEST(SamplingManifest, NamesThePlaceThatIsWrong) {
  const std::string good =
      R"({"host":"*","http_method":"*","url_path":"*","fixed_target":1,"rate":1})";
  const auto second = [&](const std::string& rule) { return manifest(good + "," + rule); };

  EXPECT_EQ(error_of(""), "the manifest cannot be read: the document is not valid JSON");
  EXPECT_EQ(error_of("[]"), "the manifest is no JSON object");
  EXPECT_EQ(error_of("{}"), "/version is neither 1 nor 2");
  EXPECT_EQ(error_of(R"({"version":3})"), "/version is neither 1 nor 2");
  EXPECT_EQ(error_of(R"({"version":"2"})"), "/version is neither 1 nor 2");
  EXPECT_EQ(error_of(R"({"version":2})"), "/default is missing");
  EXPECT_EQ(error_of(R"({"version":2,"rules":{"a":1}})"), "/rules is not an array");
  EXPECT_EQ(error_of(second("7")), "/rules/1/host is missing or no string");
  EXPECT_EQ(error_of(second(R"({"service_name":"*"})")), "/rules/1/host is missing or no string");
  EXPECT_EQ(error_of(second(R"({"host":"*","http_method":1})")),
            "/rules/1/http_method is missing or no string");
  EXPECT_EQ(error_of(second(R"({"host":"*","http_method":"*"})")),
            "/rules/1/url_path is missing or no string");
  const std::string fields = R"({"host":"*","http_method":"*","url_path":"*")";
  EXPECT_EQ(error_of(second(fields + R"(,"fixed_target":-1,"rate":1})")),
            "/rules/1/fixed_target is missing or not a whole number from 0 on");
  EXPECT_EQ(error_of(second(fields + R"(,"fixed_target":1.5,"rate":1})")),
            "/rules/1/fixed_target is missing or not a whole number from 0 on");
  EXPECT_EQ(error_of(second(fields + R"(,"fixed_target":1,"rate":5})")),
            "/rules/1/rate is missing or not a number from 0 to 1");
  EXPECT_EQ(error_of(R"({"version":2,"default":{"host":"*","fixed_target":1,"rate":1}})"),
            "/default/host is there, and the default is for every request");
  EXPECT_EQ(error_of(R"({"version":2,"default":{"fixed_target":1}})"),
            "/default/rate is missing or not a number from 0 to 1");
}

TEST(SamplingManifest, IsBounded) {
  std::string rules = "1";
  for (int i = 0; i < 512; ++i) rules += ",1";

  EXPECT_EQ(error_of(manifest(rules)), "/rules has more than 512 members");
  EXPECT_EQ(read_sampling_manifest(std::string((1u << 20) + 1, ' ')).error().code,
            ErrorCode::resource_exhausted);
}

TEST(SamplingManifest, IsReadFromAFile) {
  const HomeFolder home;
  const std::string file = home.write("rules.json", manifest(""));

  EXPECT_EQ(load_sampling_manifest(file)->size(), 1u);
  EXPECT_EQ(load_sampling_manifest(file + "x").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aloft::aws
