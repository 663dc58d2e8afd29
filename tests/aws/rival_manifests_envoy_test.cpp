// SPDX-License-Identifier: Apache-2.0
// Which manifests of local rules Envoy's tracer for X-Ray takes and refuses in its own tests, and
// what it decides by them. Of a refused one Envoy goes on with its built-in rules, or with the
// default beside a bad rule, and logs; here the caller has an error in hand and decides.
//
// Source: Envoy, extensions/tracers/xray, the unit test of localized sampling (1981e2e), read
// 2026-11: its inputs and outcomes, none of its code.
#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft::aws {
namespace {

std::string manifest(std::string_view rules, std::string_view fallback,
                     std::string_view version = R"("version":2,)") {
  return "{" + std::string(version) + R"("rules":[)" + std::string(rules) + R"(],"default":{)" +
         std::string(fallback) + "}}";
}

std::string rule(std::string_view shares, std::string_view host = R"("*")",
                 std::string_view method = R"("*")", std::string_view path = R"("/api/move/*")") {
  return R"({"description":"X-Ray rule","host":)" + std::string(host) + R"(,"http_method":)" +
         std::string(method) + R"(,"url_path":)" + std::string(path) + "," + std::string(shares) +
         "}";
}

constexpr std::string_view kShares = R"("fixed_target":0,"rate":0.05)";
constexpr std::string_view kDefault = R"("fixed_target":1,"rate":0.1)";
constexpr std::string_view kAny = R"("*")";

struct Row {
  const char* what;
  std::string text;
  bool taken;
};

std::vector<Row> rows() {
  const std::string good = rule(kShares);
  const auto of = [](std::string_view shares) { return manifest(rule(shares), kDefault); };
  return {
      {"nothing", "", false},
      {"no JSON", "{{}", false},
      {"no rules", manifest("", kDefault), true},
      {"one rule", manifest(good, kDefault), true},
      {"a default alone", R"({"version":2,"default":{"fixed_target":0,"rate":0}})", true},
      {"a default alone, rate 2", R"({"version":2,"default":{"fixed_target":0,"rate":2.0}})",
       false},
      {"default rate 1.5", manifest(good, R"("fixed_target":1,"rate":1.5)"), false},
      {"rate 1.5", of(R"("fixed_target":0,"rate":1.5)"), false},
      {"target 4.2", of(R"("fixed_target":4.2,"rate":0.1)"), false},
      {"no default rate", manifest(good, R"("fixed_target":1)"), false},
      {"no default target", manifest(good, R"("rate":0.5)"), false},
      {"version 1 with host", manifest(good, kDefault, R"("version":1,)"), false},
      {"no version", manifest(good, kDefault, ""), false},
      {"no default", R"({"version":2,"rules":[)" + good + "]}", false},
      {"host null", manifest(rule(kShares, "null"), kDefault), false},
      {"method 42", manifest(rule(kShares, kAny, "42"), kDefault), false},
      {"path an object", manifest(rule(kShares, kAny, kAny, R"({"another":"object"})"), kDefault),
       false},
      {"no target", of(R"("rate":0.05)"), false},
      {"no rate", of(R"("fixed_target":0)"), false},
      {"a text among the rules", manifest(good + R"(,"no rule")", kDefault), false},
      {"target -1", of(R"("fixed_target":-1,"rate":0.05)"), false},
      {"rate -0.05", of(R"("fixed_target":0,"rate":-0.05)"), false},
  };
}

TEST(EnvoyManifests, AreTakenAndRefusedAsEnvoyDoes) {
  for (const Row& row : rows()) {
    EXPECT_EQ(read_sampling_manifest(row.text).has_value(), row.taken)
        << row.what << ": " << row.text;
  }
}

struct Decided {
  const char* what;
  std::string text;
  int percent;  ///< what the draw of each request says
  int asked;
  int sampled;
  RequestTraits request{};
};

TEST(EnvoyManifests, DecideAsEnvoyDoes) {
  constexpr std::string_view kNone = R"("fixed_target":0,"rate":0)";
  constexpr std::string_view kMost = R"("fixed_target":1,"rate":0.9)";
  const auto any = [&](std::string_view shares) { return rule(shares, kAny, kAny, kAny); };
  const Decided decided[] = {
      {"the reservoir alone", manifest(any(R"("fixed_target":1,"rate":0.5)"), kDefault), 90, 11, 1},
      {"reservoir and rate", manifest(any(R"("fixed_target":1,"rate":0.1)"), kDefault), 1, 10, 10},
      {"another host",
       manifest(rule(kMost, R"("example.com")", kAny, kAny), kNone),
       50,
       10,
       0,
       {.host = "amazon.com"}},
      {"another method",
       manifest(rule(kMost, kAny, R"("POST")", kAny), kNone),
       50,
       10,
       0,
       {.http_method = "GET"}},
      {"another path",
       manifest(rule(kMost, kAny, kAny, R"("/available/*")"), kNone),
       50,
       10,
       0,
       {.url_path = "/"}},
      {"a default of nothing", manifest("", kNone), 50, 10, 0, {.url_path = "/"}},
      // What Envoy and ours begin with: one a second, then 5 %.
      {"the built-in rule",
       manifest("", R"("fixed_target":1,"rate":0.05)"),
       50,
       11,
       1,
       {.url_path = "/"}},
  };
  for (const Decided& row : decided) {
    const testing::ManualClock clock;
    const auto sampler = *RuleSampler::create(*read_sampling_manifest(row.text), clock);
    int sampled = 0;
    for (int i = 0; i < row.asked; ++i) {
      static constexpr TraceContext kNoParent{};
      const auto draw = static_cast<std::uint64_t>(row.percent) * (~std::uint64_t{0} / 100);
      sampled += sampler->sample(
          {.name = "n", .parent = kNoParent, .tenant = {}, .draw = draw, .request = row.request});
    }
    EXPECT_EQ(sampled, row.sampled) << row.what;
  }
}

}  // namespace
}  // namespace aloft::aws
