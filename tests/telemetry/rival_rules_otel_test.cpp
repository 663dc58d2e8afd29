// SPDX-License-Identifier: Apache-2.0
// What OpenTelemetry's remote samplers for X-Ray hold to be right in their own tests: patterns,
// which requests a rule is for, and what reservoirs and quotas give. Where we differ on purpose the
// row says why.
//
// Source: the unit tests of the samplers in opentelemetry-java-contrib (bfef2a5), opentelemetry-go-
// contrib (match 002278c, rule 02eb8a9, reservoir 073d1ff) and aws-otel-python-instrumentation
// (1164fa0), read 2026-11: their inputs and outcomes, none of their code. They also test which of
// their attributes is a host or a path; here an adapter says so.
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/sampling_rule.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace aloft {
namespace {

using std::chrono::seconds;

constexpr TraceContext kNoParent{};

struct PatternRow {
  const char* pattern;
  const char* text;
  bool matches;
  const char* differs = "";
};

/// Of Go's, those that its X-Ray SDK does not have.
constexpr PatternRow kPatternRows[] = {
    {"*", "", true},
    {"foo*bar*?", "foodbaris", true},
    {"*s", "horse", false, "they say yes, and look for the text anywhere; a pattern is the whole"},
    {"a*na*ha", "anananahahanahana", false, "as above"},
    {"J*", "jeep", true},
};

TEST(OtelRules, PatternsMatchAsTheSamplersMatchThem) {
  for (const PatternRow& row : kPatternRows) {
    EXPECT_EQ(matches_wildcard(row.pattern, row.text), row.matches)
        << row.pattern << " " << row.text << " " << row.differs;
  }
}

/// A request as most of Java's rows have it; a row changes what it is about.
struct Asked {
  const char* service = "test-service-foo-bar";
  const char* type = "AWS::EKS::Container";
  const char* arn = "arn:aws:xray:us-east-1:595986152929:my-service";
  const char* host = "opentelemetry.io";
  const char* method = "GET";
  const char* path = "/instrument-me";
  std::vector<SamplingAttribute> attributes = {{"animal", "cat"}, {"speed", "10"}};
};

struct MatchRow {
  Asked asked;
  bool matches;
  const char* differs = "";
};

bool is_for(const SamplingRule& rule, const Asked& asked) {
  return matches(rule, {.name = asked.service,
                        .parent = kNoParent,
                        .tenant = {},
                        .request = {.host = asked.host,
                                    .http_method = asked.method,
                                    .url_path = asked.path,
                                    .attributes = asked.attributes},
                        .service = {.type = asked.type, .resource_arn = asked.arn}});
}

void expect_rows(const SamplingRule& rule, const std::vector<MatchRow>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(is_for(rule, rows[i].asked), rows[i].matches) << "row " << i << rows[i].differs;
  }
}

SamplingRule exact_rule() {
  return {.name = "Test",
          .host = "opentelemetry.io",
          .http_method = "GET",
          .url_path = "/instrument-me",
          .service_name = "test-service-foo-bar",
          .service_type = "AWS::EKS::Container",
          .resource_arn = "arn:aws:xray:us-east-1:595986152929:my-service",
          .attributes = {{"animal", "cat"}, {"speed", "10"}}};
}

TEST(OtelRules, ARuleOfTextsIsForTheRequestsThatJavaSays) {
  expect_rows(exact_rule(), {{{}, true},
                             {{.service = "test-service-foo-baz"}, false},
                             {{.service = ""}, false},
                             {{.method = "POST"}, false},
                             {{.host = "opentelemetryfio"}, false},
                             {{.path = "/instrument-you"}, false},
                             {{.path = ""}, false},
                             {{.attributes = {{"animal", "dog"}, {"speed", "10"}}}, false},
                             {{.attributes = {{"speed", "10"}}}, false},
                             {{.type = "AWS::EC2::Instance"}, false},
                             {{.type = ""}, false},
                             {{.arn = "arn:aws:xray:us-east-1:595986152929:my-service2"}, false}});
  SamplingRule lambda = exact_rule();
  lambda.service_name = "*";
  lambda.service_type = "AWS::Lambda::Function";
  expect_rows(lambda, {{{.service = "", .type = "AWS::Lambda::Function"}, true},
                       {{.service = "", .type = "GCP"}, false},
                       {{.service = "", .type = ""}, false}});
}

TEST(OtelRules, ARuleOfPatternsIsForTheRequestsThatJavaSays) {
  const SamplingRule rule{.name = "Test",
                          .host = "*op*t?lem*r?.io*",
                          .http_method = "**GET**",
                          .url_path = "/instrument-me*",
                          .service_name = "test-service-foo-*",
                          .resource_arn = "arn:aws:*:us-east-?:*:my-service",
                          .attributes = {{"animal", "cat*"}, {"speed", "?0"}}};
  expect_rows(rule, {{{}, true},
                     {{.service = "test-service-foo-baz"}, true},
                     {{.service = "test-service-foo-"}, true},
                     {{.service = "test-service-foo"}, false},
                     {{.service = "prod-service-foo-bar"}, false},
                     {{.service = ""}, false},
                     {{.method = "BADGETGOOD"}, true},
                     {{.method = "BADGET"}, true},
                     {{.method = "GETGET"}, true},
                     {{.method = "POST"}, false},
                     {{.method = ""}, false},
                     {{.host = "alpha.opentelemetry.io"}, true},
                     {{.host = "opfdnqtelemetry.io"}, true},
                     {{.host = "opentglemetry.io"}, true},
                     {{.host = "opentglemry.io"}, true},
                     {{.host = "opentglemrz.io"}, true},
                     {{.host = "opentelemetryfio"}, false},
                     {{.host = "opentgalemetry.io"}, false},
                     {{.host = "alpha.oentelemetry.io"}, false},
                     {{.host = ""}, false},
                     {{.path = "foo/instrument-meafoo=bar&cat="}, false},
                     {{.path = ""}, false},
                     {{.attributes = {{"animal", "catman"}, {"speed", "10"}}}, true},
                     {{.attributes = {{"animal", "cat"}, {"speed", "20"}}}, true},
                     {{.attributes = {{"animal", "dog"}, {"speed", "10"}}}, false},
                     {{.attributes = {{"animal", "mancat"}, {"speed", "10"}}}, false},
                     {{.attributes = {{"animal", "cat"}, {"speed", "21"}}}, false},
                     {{.attributes = {{"speed", "10"}}}, false},
                     {{.type = "AWS::EC2::Instance"}, true},
                     {{.type = ""}, true},
                     {{.arn = "arn:aws:opentelemetry:us-east-3:52929:my-service"}, true},
                     {{.arn = "arn:aws:xray:us-east-1:595986152929:my-service2"}, false},
                     {{.arn = "frn:aws:xray:us-east-1:595986152929:my-service"}, false},
                     {{.arn = ""}, false}});
}

/// Java's pattern of a path has its query in it.
TEST(OtelRules, AQueryIsNoPartOfAPath) {
  const SamplingRule rule{.name = "Test", .url_path = "/instrument-me?foo=bar&cat=*"};
  constexpr const char* kQuery =
      "they match target and query; here a query is cut before, so that no rule splits by it";
  expect_rows(rule, {{{.path = "/instrument-me?foo=bar&cat=meow"}, false, kQuery},
                     {{.path = "/instrument-me?foo=bar&cat="}, false, kQuery},
                     {{.path = "/instrument-meafoo=bar&cat="}, true},
                     {{.path = "/instrument-mea?foo=bar&cat="}, false}});
}

TEST(OtelRules, ARuleIsForTheRequestsThatGoSays) {
  const SamplingRule texts{.name = "r1",
                           .host = "localhost",
                           .http_method = "GET",
                           .url_path = "http://127.0.0.1:2000",
                           .service_name = "test-service",
                           .service_type = "EC2"};
  SamplingRule stars{.name = "r1", .service_name = "test-service", .service_type = "EC2"};
  const Asked known{.service = "test-service",
                    .type = "EC2",
                    .host = "localhost",
                    .path = "http://127.0.0.1:2000"};
  const Asked unknown{
      .service = "test-service", .type = "EC2", .host = "", .method = "", .path = ""};
  Asked elsewhere = known;
  elsewhere.type = "ECS";

  expect_rows(texts, {{known, true}, {unknown, false}});
  expect_rows(stars, {{known, true}, {unknown, true}, {elsewhere, false}});
  stars.http_method = "GET";
  expect_rows(stars, {{known, true}, {unknown, false}});
}

TEST(OtelRules, AttributesAreThoseThatGoAndPythonSay) {
  const Asked cake{.attributes = {{"labelA", "chocolate"}, {"labelB", "raspberry"}}};
  const auto rule = [](std::vector<AttributePattern> attributes) {
    return SamplingRule{.name = "r1", .attributes = std::move(attributes)};
  };
  expect_rows(rule({}), {{cake, true}, {{.attributes = {}}, true}});
  expect_rows(rule({{"labelA", "chocolate"}, {"labelB", "raspberry"}}), {{cake, true}});
  expect_rows(rule({{"labelA", "chocolate"}, {"labelC", "fudge"}}), {{cake, false}});
  expect_rows(rule({{"labelA", "choco*"}, {"labelB", "rasp*"}}), {{cake, true}});

  const std::vector<SamplingAttribute> numbers = {{"abc", "123"}, {"def", "456"}, {"ghi", "789"}};
  expect_rows(rule({{"abc", "123"}, {"def", "4?6"}, {"ghi", "*89"}}),
              {{{.attributes = numbers}, true}, {{.attributes = {{"abc", "123"}}}, false}});
  const std::pair<const char*, const char*> greetings[] = {{"*", ""},
                                                           {"*", "HelloWorld"},
                                                           {"HelloWorld", "HelloWorld"},
                                                           {"Hello*", "HelloWorld"},
                                                           {"*World", "HelloWorld"},
                                                           {"?ello*", "HelloWorld"},
                                                           {"Hell?W*d", "HelloWorld"},
                                                           {"*.World", "Hello.World"},
                                                           {"*.World", "Bye.World"}};
  for (const auto& [pattern, text] : greetings) {
    expect_rows(rule({{"attr", pattern}}), {{{.attributes = {{"attr", text}}}, true}});
  }
}

/// Python: a rule that asks for a path alone.
TEST(OtelRules, APathIsThatWhichPythonSays) {
  const Asked elsewhere{.path = ""};
  expect_rows({.name = "test", .url_path = "/helloworld"}, {{elsewhere, false}});
  expect_rows({.name = "test", .url_path = "/hello*"},
              {{elsewhere, false}, {{.path = "/helloworld"}, true}});
  expect_rows({.name = "test"}, {{elsewhere, true}, {{}, true}});
}

struct Granted {
  std::shared_ptr<testing::ManualClock> clock = std::make_shared<testing::ManualClock>();
  std::shared_ptr<RuleSampler> sampler = *RuleSampler::create({}, *clock);

  explicit Granted(std::uint32_t reservoir, double rate = 0) {
    sampler->use_central({{.name = "Test", .reservoir = reservoir, .rate = rate}});
  }
  /// How many of `times` requests are sampled that no rate below 1 samples.
  int ask(int times) {
    int count = 0;
    for (int i = 0; i < times; ++i) {
      count += sampler->sample(
          {.name = "n", .parent = kNoParent, .tenant = {}, .draw = ~std::uint64_t{0}});
    }
    return count;
  }
  int ask_after(int passed, int times) {
    clock->advance(seconds(passed));
    return ask(times);
  }
  void grant(SamplingTarget target) { sampler->apply(std::span(&target, 1)); }
};

/// Java, Go: a rate of 1 takes all, of 0 none; what was taken is counted once.
TEST(OtelRules, CountsWhatJavaAndGoCount) {
  for (const auto& [reservoir, rate, asked, sampled, borrowed] :
       {std::tuple{0, 1.0, 1, 1, 0}, {0, 1.0, 2, 2, 0}, {0, 0.0, 2, 0, 0}, {1000, 0.0, 2, 1, 1}}) {
    Granted granted(static_cast<std::uint32_t>(reservoir), rate);
    EXPECT_EQ(granted.ask(asked), sampled);

    // Go counts a borrow as no sample; X-Ray's own example of GetSamplingTargets does.
    EXPECT_EQ(granted.sampler->take("Test"),
              (RuleStatistics{.rule = "Test",
                              .requests = static_cast<std::uint64_t>(asked),
                              .sampled = static_cast<std::uint64_t>(sampled),
                              .borrowed = static_cast<std::uint64_t>(borrowed)}));
    EXPECT_FALSE(granted.sampler->take("Test"));
  }
}

/// Java: a quota of two for ten seconds, after two seconds of borrowing.
TEST(OtelRules, AQuotaGivesWhatJavaSays) {
  Granted granted(1000);
  EXPECT_EQ(granted.ask(3), 1);
  EXPECT_EQ(granted.ask_after(1, 3), 1);

  granted.grant({.rule = "Test",
                 .rate = 0.0,
                 .quota = 2,
                 .quota_until = granted.clock->now().wall + seconds(10)});

  // They give two in the second in which it came; the one that was borrowed then is in it here.
  EXPECT_EQ(granted.ask(4), 1);
  EXPECT_EQ(granted.ask_after(2, 3), 2);
  EXPECT_EQ(granted.ask_after(3, 3), 2);
  // They give none from the quota's last second on, and borrow no more; Go gives that second, as
  // the SDKs do, and with the SDKs we borrow after it.
  EXPECT_EQ(granted.ask_after(5, 3), 2);
  EXPECT_EQ(granted.ask_after(1, 3), 1);
}

/// Java: a target without a quota ends borrowing. Here what it does not say stays as it is, as with
/// the SDKs: it goes on.
TEST(OtelRules, ATargetWithoutAQuotaChangesTheRateAlone) {
  Granted granted(1000);
  EXPECT_EQ(granted.ask(3), 1);
  granted.grant({.rule = "Test", .rate = 0.0, .interval = seconds(5)});

  EXPECT_EQ(granted.ask(2), 0);
  EXPECT_EQ(granted.ask_after(1, 2), 1);
  granted.grant({.rule = "Test", .rate = 1.0});
  EXPECT_EQ(granted.ask(2), 2);
}

/// Java: a boost takes all for its twenty seconds, of a rule that else takes none.
TEST(OtelRules, ABoostLastsAsLongAsJavaSays) {
  Granted granted(0);
  EXPECT_EQ(granted.ask(2), 0);
  granted.grant({.rule = "Test",
                 .rate = 0.0,
                 .boost_rate = 1.0,
                 .boost_until = granted.clock->now().wall + seconds(20)});

  EXPECT_EQ(granted.ask(2), 2);
  EXPECT_EQ(granted.ask_after(10, 2), 2);
  EXPECT_EQ(granted.ask_after(20, 2), 0);
}

/// Go: one borrowed a second of a reservoir of ten, none of an empty one, at any time.
TEST(OtelRules, BorrowsWhatGoBorrows) {
  Granted ten(10);
  EXPECT_EQ(ten.ask(2), 1);
  EXPECT_EQ(ten.ask_after(1, 2), 1);
  Granted none(0);
  EXPECT_EQ(none.ask(1), 0);
  EXPECT_EQ(none.ask_after(5, 1), 0);
}

/// Go: of a quota of two, two in each second, and no more after four idle ones. Go also gives half
/// of it for half a second; here a quota is of whole seconds, as with the SDKs.
TEST(OtelRules, AQuotaIsNotSavedUp) {
  Granted granted(100);
  granted.grant(
      {.rule = "Test", .quota = 2, .quota_until = granted.clock->now().wall + seconds(60)});

  EXPECT_EQ(granted.ask(3), 2);
  EXPECT_EQ(granted.ask_after(1, 3), 2);
  EXPECT_EQ(granted.ask_after(4, 3), 2);
}

}  // namespace
}  // namespace aloft
