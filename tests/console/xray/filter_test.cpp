// SPDX-License-Identifier: Apache-2.0
// Filter expressions beyond the guide's examples: scopes, types, refusals, hostile traces.
#include "filter_traces.hpp"

#include "console/map/trace_graph.hpp"

namespace aloft::console::xray {
namespace {

using fixture::document;
using fixture::Documents;
using fixture::failed;
using fixture::matches;
using fixture::quiet;
using fixture::refusal;
using fixture::span;

TEST(XrayFilter, NothingMeansEveryTrace) {
  EXPECT_TRUE(matches("", quiet()));
  EXPECT_TRUE(matches(" \n ", failed()));
}

TEST(XrayFilter, EachTextKeywordIsOfItsField) {
  for (const char* expression :
       {"http.method = \"GET\"", "http.useragent BEGINSWITH \"curl\"",
        "http.clientip = \"192.0.2.7\"", "user ENDSWITH \"ice\"", "instance.id = \"i-1\"",
        "availabilityzone = \"eu-west-1a\"", "resource.arn CONTAINS \":task/\"",
        "service(\"web\") { user = \"alice\" http.method = GET instance.id }"}) {
    EXPECT_TRUE(matches(expression, quiet())) << expression;
    EXPECT_FALSE(matches("!(" + std::string(expression) + ")", quiet())) << expression;
  }
}

TEST(XrayFilter, AHandledFailureBelowIsNotTheTraces) {
  const Documents handled = {document(
      "web", 1, 100, 101,
      R"(,"subsegments":[)" +
          span("payments", 2, 100, 101, R"(,"namespace":"remote","error":true,"throttle":true)") +
          "]")};

  EXPECT_TRUE(matches("ok AND throttle", handled));
  EXPECT_FALSE(matches("error OR fault", handled));
  EXPECT_TRUE(matches("service(\"payments\") { error throttle inferred }", handled));
  EXPECT_TRUE(matches("edge(\"web\", \"payments\") { !ok }", handled));
}

TEST(XrayFilter, AComparisonWithWhatIsNotThereIsFalse) {
  const Documents bare = {document("web", 1, 100, 101)};

  EXPECT_FALSE(matches("http.status != 200", bare));
  EXPECT_TRUE(matches("!(http.status = 200)", bare));
  EXPECT_FALSE(matches("http.url != \"x\"", bare));
  EXPECT_FALSE(matches("annotation.a != 1", bare));
  EXPECT_FALSE(matches("http.status", bare));
  EXPECT_FALSE(matches("responsetime >= 0", {console::fixture::in_progress(1, 1)}));
  EXPECT_TRUE(matches("partial", {console::fixture::in_progress(1, 1)}));
  EXPECT_TRUE(matches("service() { partial }", {console::fixture::in_progress(1, 1)}));
}

TEST(XrayFilter, AnAnnotationIsComparedWithinItsType) {
  EXPECT_TRUE(matches("annotation.retry = true", quiet()));
  EXPECT_TRUE(matches("annotation.retry != false", quiet()));
  EXPECT_FALSE(matches("annotation.retry = \"true\"", quiet()));
  EXPECT_FALSE(matches("annotation.age = \"30\"", quiet()));
  EXPECT_TRUE(matches("annotation.age = 30 annotation.age <= 30.5", quiet()));
  EXPECT_FALSE(matches("annotation.gameid > 1", quiet()));
  EXPECT_TRUE(matches("annotation.gameid CONTAINS \"DL6\"", quiet()));
  EXPECT_TRUE(matches("annotation[\"gameid\"] ENDSWITH \"VO\"", quiet()));
  EXPECT_FALSE(matches("annotation.GameId", quiet()));
}

TEST(XrayFilter, OneOfSeveralValuesIsEnough) {
  const Documents two = {
      document("web", 1, 100, 101, R"(,"annotations":{"n":1})"),
      document("api", 2, 100, 101,
               R"(,"parent_id":"0000000000000001","annotations":{"n":2},"user":"bob")")};

  EXPECT_TRUE(matches("annotation.n = 1 AND annotation.n = 2", two));
  EXPECT_TRUE(matches("user = \"bob\"", two));
  EXPECT_FALSE(matches("!annotation.n = 2", two));
}

TEST(XrayFilter, EdgesTakeNamesIdsAndNothing) {
  for (const char* expression :
       {"edge(*, \"backend.example.com\")", "edge(, \"backend.example.com\")",
        "edge(\"api.example.com\")", "edge(\"api.example.com\", *)", "edge()",
        "edge(\"backend.example.com\", id(type: \"AWS::DynamoDB\")) { fault }",
        "edge(id(type: \"AWS::ECS::Container\"), id(type: \"AWS::Lambda::Function\"))",
        "edge(id(type: \"client\"), \"api.example.com\") { http.status = 502 }",
        "edge(*, \"backend.example.com\") { http.status = 404 responsetime > 3.7 }",
        "service(id(account.id: \"000000000000\"))"}) {
    EXPECT_TRUE(matches(expression, failed())) << expression;
  }
  for (const char* expression :
       {"edge(\"api.example.com\", \"api.example.com\")", "edge(*, \"DynamoDB\") { ok }",
        "edge(\"api.example.com\", \"DynamoDB\")", "edge(id(type: \"client\"), \"DynamoDB\")",
        "service(id(account.id: \"123456789012\"))"}) {
    EXPECT_FALSE(matches(expression, failed())) << expression;
  }
}

TEST(XrayFilter, ACallThatWasAnsweredIsNoServiceOfItsOwn) {
  EXPECT_TRUE(matches("service(\"DynamoDB\") { inferred type = \"AWS::DynamoDB\" }", failed()));
  EXPECT_FALSE(matches("service(\"backend.example.com\") { inferred }", failed()));
  EXPECT_TRUE(matches("inferred", failed()));
  EXPECT_FALSE(matches("inferred", quiet()));
}

TEST(XrayFilter, DoesNotDependOnTheOrderOfDocuments) {
  const Documents reversed = {failed()[1], failed()[0]};
  constexpr std::string_view kExpression =
      "edge(\"api.example.com\", \"backend.example.com\") { fault } AND "
      "rootcause.fault.entity { index = 0 and name = \"api.example.com\" } AND "
      "rootcause.error.service { last and name = \"backend.example.com\" }";

  EXPECT_TRUE(matches(kExpression, failed()));
  EXPECT_TRUE(matches(kExpression, reversed));
}

TEST(XrayFilter, ASpanThatCameTwiceIsOne) {
  Documents twice = {
      document("web", 1, 100, 104,
               R"(,"subsegments":[{"name":"db","id":"0000000000000002","start_time":100,)"
               R"("in_progress":true,"namespace":"remote"}])"),
      document("db", 2, 100, 101,
               R"(,"type":"subsegment","parent_id":"0000000000000001","namespace":"remote")")};

  EXPECT_TRUE(matches("service(\"db\") { !partial }", twice));
  EXPECT_FALSE(matches("service(\"db\") { partial }", twice));
}

TEST(XrayFilter, RootCausesOfJsonAreComparedByWhatIsGiven) {
  EXPECT_TRUE(
      matches(R"(rootcause.json != #[{"Services":[{"Name":"api.example.com"}]}])", failed()));
  EXPECT_TRUE(matches(R"(rootcause.json = #[{"Services":[{},{"Name":"backend.example.com"},)"
                      R"({"Type":"AWS::DynamoDB"}]}])",
                      failed()));
  EXPECT_FALSE(matches(R"(rootcause.json = #[{"Services":[{},{},{},{}]}])", failed()));
}

TEST(XrayFilter, RefusesWhatHasNoMeaningWhereItStands) {
  EXPECT_EQ(refusal("fault globex"), "this is no keyword of filter expressions@6");
  EXPECT_EQ(refusal("\"x\""), "a keyword and an operator are missing before this text@0");
  EXPECT_EQ(refusal("ok 5"), "a keyword and an operator are missing before this number@3");
  EXPECT_EQ(refusal("ok AND = 5"), "a keyword is missing before this operator@7");
  EXPECT_EQ(refusal("fault > 1"), "this keyword is true or false: use = or !=@6");
  EXPECT_EQ(refusal("fault = 1"), "true or false is missing here@8");
  EXPECT_EQ(refusal("duration CONTAINS \"1\""),
            "this keyword is a number: use = != < <= > or >=@9");
  EXPECT_EQ(refusal("duration > \"1\""), "this keyword is compared with a number@11");
  EXPECT_EQ(refusal("http.url < \"a\""),
            "this keyword is a text: use = != CONTAINS BEGINSWITH or ENDSWITH@9");
  EXPECT_EQ(refusal("http.url = 5"), "this keyword is compared with a text in quotes@11");
  EXPECT_EQ(refusal("http.url ="), "a value is missing here@10");
  EXPECT_EQ(refusal("annotation.a > \"b\""), "only numbers have an order; this is a text@15");
  EXPECT_EQ(refusal("annotation.a CONTAINS 5"), "only texts have parts; put this in quotes@22");
  EXPECT_EQ(refusal("annotation.a < true"), "true and false are compared by = or !=@15");
  EXPECT_EQ(refusal("annotation."), "the annotation's key is missing@0");
  EXPECT_EQ(refusal("annotation[]"), "the annotation's key is missing@11");
  EXPECT_EQ(refusal("annotation[a = 1"), "this bracket is not closed@10");
  EXPECT_EQ(refusal("annotation = 1"),
            "a key must follow, as in annotation.key or annotation[key]@11");
}

TEST(XrayFilter, RefusesKeywordsOutsideTheirScope) {
  EXPECT_EQ(refusal("root"), "this is about a service, as in service() { root }@0");
  EXPECT_EQ(refusal("ok last"),
            "this is about the elements of a root cause, as in rootcause.fault.service { last }@3");
  EXPECT_EQ(
      refusal("service() { last }"),
      "this is about the elements of a root cause, as in rootcause.fault.service { last }@12");
  EXPECT_EQ(refusal("rootcause.fault.entity { coverage > 1 }"),
            "this is about response times, as in rootcause.responsetime.entity { coverage > 0.5 }"
            "@25");
  EXPECT_EQ(refusal("rootcause.fault.service { fault }"), "a root cause does not tell this@26");
  EXPECT_EQ(refusal("service() { annotation.a = 1 }"),
            "annotations cannot stand in braces; put this beside them@12");
  EXPECT_EQ(refusal("service() { edge() }"), "this cannot stand in braces; put it beside them@12");
  EXPECT_EQ(refusal("metadata.a = 1"),
            "metadata cannot be filtered: X-Ray indexes annotations only@0");
  EXPECT_EQ(refusal("json"), "root causes are compared by rootcause.json = #[ ... ]@0");
  EXPECT_EQ(refusal("rootcause.responsetime.exception"),
            "root causes of response times have no exceptions@0");
  EXPECT_EQ(refusal("rootcause.json = 5"), "# and a list of root causes are missing here@17");
  EXPECT_EQ(refusal("rootcause.json = #[5]"),
            "this is no JSON list of root causes with Services@17");
}

TEST(XrayFilter, RefusesBrokenServicesAndEdges) {
  EXPECT_EQ(refusal("service"), "a parenthesis must follow, as in service(\"name\")@7");
  EXPECT_EQ(refusal("service(api)"), "a name in quotes, id( ), * or nothing can stand here@8");
  EXPECT_EQ(refusal("service(\"a\" \"b\")"), "a closing parenthesis is missing here@12");
  EXPECT_EQ(refusal("service(\"a\") {"), "the expression ends where something must follow@14");
  EXPECT_EQ(refusal("service(\"a\") { fault"), "this brace is not closed@13");
  EXPECT_EQ(refusal("service(id(colour: \"a\"))"),
            "name:, type: or account.id: is missing here@11");
  EXPECT_EQ(refusal("service(id(name \"a\"))"), "a colon is missing here@16");
  EXPECT_EQ(refusal("service(id(name: a))"), "a text in quotes is missing here@17");
  EXPECT_EQ(refusal("edge(\"a\", \"b\", \"c\")"), "a closing parenthesis is missing here@13");
}

TEST(XrayFilter, StandsLongChainsAndCircles) {
  Documents chain;
  for (std::uint64_t i = 1; i <= kMaxTraceSpans + 10; ++i) {
    chain.push_back(document("s", i, 100, 101,
                             R"(,"fault":true,"parent_id":")" +
                                 console::fixture::id_text(i - 1 == 0 ? 9'999'999 : i - 1) + "\""));
  }
  const Documents circle = {
      document("a", 1, 100, 101, R"(,"fault":true,"parent_id":"0000000000000002")"),
      document("b", 2, 100, 101, R"(,"fault":true,"parent_id":"0000000000000001")"),
      document("c", 3, 100, 101, R"(,"fault":true,"parent_id":"0000000000000003")")};

  EXPECT_TRUE(matches("rootcause.fault.entity { index = 127 } AND edge(\"s\", \"s\")", chain));
  EXPECT_FALSE(matches("rootcause.fault.entity { index > 127 }", chain));
  EXPECT_TRUE(matches("edge(\"a\", \"b\") AND edge(\"b\", \"a\")", circle));
  EXPECT_TRUE(matches("rootcause.fault.service { name = \"c\" }", circle));
}

}  // namespace
}  // namespace aloft::console::xray
