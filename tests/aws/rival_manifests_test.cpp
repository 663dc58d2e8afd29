// SPDX-License-Identifier: Apache-2.0
// Which manifests of local rules the X-Ray SDKs take and refuse in their own tests, and what they
// decide by them. Where we differ on purpose the row says why.
//
// Source: the unit tests of the X-Ray SDKs for Go (9e7a607), Java (6bcfc41), Node (458fc17), Python
// (a975ccb) and .NET (9978874), read 2026-11: their inputs and outcomes, none of their code.
#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace aloft::aws {
namespace {

struct Row {
  const char* whose;
  const char* manifest;
  bool taken;
  const char* differs = "";
};

const Row kRows[] = {
    {"Go", R"({"version":1,"default":{"fixed_target":1,"rate":0.05},"rules":[]})", true},
    {"Go", R"({"version":1,"default":{"fixed_target":1,"rate":},"rules":[]})", false},
    {"Go", R"({"version":1,"default":{"fixed_target":1,"rate":0.05},"rules":[{"host":"*",
               "http_method":"*","url_path":"/checkout","fixed_target":10,"rate":0.05}]})",
     false},
    {"Go", R"({"version":2,"default":{"fixed_target":1,"rate":0.05},"rules":[{"service_name":"*",
               "http_method":"*","url_path":"/checkout","fixed_target":10,"rate":0.05}]})",
     false},
    {"Java", R"({"rules":[]})", false},
    {"Java", R"({"default":{"fixed_target":1,"url_path":"test","rate":0.05}})", false},
    {"Java", R"({"default":{"rate":0.05}})", false},
    {"Java", R"({"version":1,"default":{"rate":0.05},"rules":[{"url_path":"*","service_name":"*",
                 "http_method":"*"}]})",
     false},
    {"Java", R"({"default":{"fixed_target":1,"rate":0.05}})", false,
     "they take a file of no version for one of version 1; which one it is decides what host is"},
    {"Python", R"({"rules":[{"host":"*","http_method":"*","url_path":"/api/move/*",
                   "fixed_target":0,"rate":0}],"default":{"fixed_target":1,"rate":1}})",
     false},
    {"Python", R"({"version":2,"default":{"fixed_target":1,"rate":1},"rules":[{"host":"*",
                   "http_method":"*","url_path":"*","fixed_target":0,"rate":-1}]})",
     false},
    {"Python", R"({"version":2,"default":{"fixed_target":1,"rate":1},"rules":[{"host":"*",
                   "http_method":"*","url_path":"*","fixed_target":-1,"rate":0}]})",
     false},
    {"Python", R"({"version":2,"default":{"description":"Player moves.","host":"*",
                   "http_method":"*","url_path":"/api/move/*","fixed_target":0,"rate":0.05}})",
     false},
    {"Python", R"({"version":2,"default":{"fixed_target":1,"rate":1},"rules":[{"host":"*",
                   "http_method":"*","fixed_target":0,"rate":0.05}]})",
     false},
    {"Node", R"({"version":1,"default":{"fixed_target":0,"rate":0}})", true},
    {"Node", R"({"version":"moop","rules":[]})", false},
    {"Node", R"({"version":1,"rules":[]})", false},
    {"Node", R"({"version":1,"default":{"fixed_target":10,"rate":0.05,"url_path":"/signin/*"}})",
     false},
    {"Node", R"({"version":1,"default":{"fixed_target":10}})", false},
    {"Node", R"({"version":2,"default":{"fixed_target":10,"rate":0.05},"rules":[{
                 "url_path":"/signin/*","fixed_target":10,"rate":0.05}]})",
     false},
    {"Node", R"({"version":2,"default":{"fixed_target":10,"rate":0.05},"rules":[{
                 "host":"www.worththewait.io","http_method":null,"url_path":"/signin/*",
                 "fixed_target":10,"rate":0.05}]})",
     false},
    {"Node", R"({"version":2,"default":{"fixed_target":10,"rate":0.05},"rules":[{
                 "host":"www.worththewait.io","http_method":"PUT","url_path":"/signin/*",
                 "moop":"moop","fixed_target":10,"rate":0.05}]})",
     true, "they refuse a member that they do not know; a file may be of a newer tool"},
    {".NET", R"({"version":3,"default":{"fixed_target":1,"rate":0.05},"rules":[]})", false},
};

TEST(RivalManifests, AreTakenAndRefusedAsTheSdksDo) {
  for (const Row& row : kRows) {
    EXPECT_EQ(read_sampling_manifest(row.manifest).has_value(), row.taken)
        << row.whose << ": " << row.manifest << row.differs;
  }
}

TEST(RivalManifests, TheHostOfVersion1StandsInServiceName) {
  for (const auto& [version, member] : {std::pair{"1", "service_name"}, {"2", "host"}}) {
    const auto rules = read_sampling_manifest(
        std::string(R"({"version":)") + version +
        R"(,"default":{"fixed_target":10,"rate":0.05},"rules":[{"description":"moop",")" + member +
        R"(":"*.foo.com","http_method":"GET","url_path":"/signin/*","fixed_target":0,"rate":0}]})");

    ASSERT_TRUE(rules) << rules.error().to_string();
    EXPECT_EQ(rules->at(0).host, "*.foo.com");
    EXPECT_EQ(rules->at(0).service_name, "*");
    EXPECT_EQ(rules->at(0).http_method, "GET");
    EXPECT_EQ(rules->at(0).url_path, "/signin/*");
    EXPECT_EQ(rules->at(1).reservoir, 10u);
    EXPECT_EQ(rules->at(1).rate, 0.05);
  }
}

struct Asked {
  const char* host;
  const char* method;
  const char* path;
  bool sampled;
};
struct Decided {
  const char* whose;
  const char* manifest;
  std::vector<Asked> asked;
};

/// The first request of each rule in its second, so that a reservoir of one answers for its rate.
const Decided kDecided[] = {
    {"Java",
     R"({"version":1,"rules":[{"service_name":"*","http_method":"*","url_path":"/test",
         "fixed_target":1,"rate":0.05}],"default":{"fixed_target":0,"rate":0}})",
     {{"test", "test", "/test", true}, {"test", "test", "/no", false}}},
    {"Java",
     R"({"version":1,"rules":[
         {"service_name":"test","http_method":"*","url_path":"*","fixed_target":0,"rate":0},
         {"service_name":"test2","http_method":"*","url_path":"*","fixed_target":1,"rate":0.05}],
         "default":{"fixed_target":0,"rate":0}})",
     {{"test", "test", "/test", false},
      {"test2", "test", "/test", true},
      {"no", "test", "/test", false}}},
    {"Java",
     R"({"version":1,"rules":[
         {"service_name":"*","http_method":"test","url_path":"*","fixed_target":0,"rate":0},
         {"service_name":"*","http_method":"?est","url_path":"*","fixed_target":1,"rate":0.05},
         {"service_name":"*","http_method":"test","url_path":"*","fixed_target":1,"rate":0.05}],
         "default":{"fixed_target":0,"rate":0}})",
     {{"test", "test", "/test", false},
      {"test", "rest", "/test", true},
      {"test", "no", "/test", false}}},
    {"Python",
     R"({"version":2,"rules":[{"host":"*","http_method":"*","url_path":"/api/move/*",
         "fixed_target":0,"rate":0}],"default":{"fixed_target":1,"rate":1}})",
     {{"", "GET", "/view", true}, {"name", "method", "/api/move/left", false}, {"", "", "", true}}},
    // They let a rule for a path decide on a request of none; here `*` alone is for what is not
    // known, so that a job without a path is not a request for /api.
    {"Python",
     R"({"version":2,"rules":[{"host":"*","http_method":"*","url_path":"/api/move/*",
         "fixed_target":0,"rate":1}],"default":{"fixed_target":0,"rate":0}})",
     {{"name", "GET", "/api/move/up", true},
      {"", "POST", "/api/move/up", true},
      {"name", "", "/api/move/up", true},
      {"name", "PUT", "", false},
      {"", "GET", "/root", false}}},
};

TEST(RivalManifests, DecideAsTheSdksDo) {
  for (const Decided& row : kDecided) {
    const testing::ManualClock clock;
    const auto sampler = *RuleSampler::create(*read_sampling_manifest(row.manifest), clock);
    for (const Asked& asked : row.asked) {
      static constexpr TraceContext kNoParent{};
      const bool sampled = sampler->sample(
          {.name = "n",
           .parent = kNoParent,
           .tenant = {},
           .draw = std::uint64_t{1} << 63,  // above 5 %
           .request = {.host = asked.host, .http_method = asked.method, .url_path = asked.path}});
      EXPECT_EQ(sampled, asked.sampled)
          << row.whose << ": " << asked.host << ' ' << asked.method << ' ' << asked.path;
    }
  }
}

}  // namespace
}  // namespace aloft::aws
