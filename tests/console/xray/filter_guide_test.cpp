// SPDX-License-Identifier: Apache-2.0
// Every example of X-Ray's guide to filter expressions, on a trace that it means and on one that it
// does not.
// Source: "Using filter expressions", X-Ray developer guide, of 2018 and of 2023, read 2026-11.
#include "filter_traces.hpp"

namespace aloft::console::xray {
namespace {

using fixture::document;
using fixture::Documents;
using fixture::failed;
using fixture::matches;
using fixture::quiet;
using fixture::refusal;
using fixture::span;

TEST(FilterGuide, SimpleKeywords) {
  EXPECT_TRUE(matches("responsetime > 5", quiet()));
  EXPECT_FALSE(matches("responsetime > 5", failed()));
  EXPECT_TRUE(matches("duration >= 5 AND duration <= 8", quiet()));
  EXPECT_FALSE(matches("duration >= 5 AND duration <= 8", failed()));
  EXPECT_TRUE(matches("ok", quiet()));
  EXPECT_FALSE(matches("ok", failed()));
  EXPECT_TRUE(matches("!ok", failed()));
  EXPECT_FALSE(matches("!ok", quiet()));
  EXPECT_TRUE(matches("ok = false", failed()));
  EXPECT_FALSE(matches("ok = false", quiet()));
  EXPECT_TRUE(matches("http.status != 200", failed()));
  EXPECT_FALSE(matches("http.status != 200", quiet()));
  EXPECT_TRUE(matches("ok !partial duration <3", {document("web", 1, 100, 102)}));
  EXPECT_FALSE(matches("ok !partial duration <3", quiet()));
  EXPECT_TRUE(matches("http.url CONTAINS \"/api/game/\"", quiet()));
  EXPECT_FALSE(matches("http.url CONTAINS \"/api/game/\"", failed()));
  EXPECT_TRUE(matches("user CONTAINS \"\"", quiet()));
  EXPECT_FALSE(matches("user CONTAINS \"\"", failed()));
  EXPECT_TRUE(matches("http.url AND responseTime > 2", quiet()));
  EXPECT_FALSE(matches("http.url AND responseTime > 2", {document("web", 1, 100, 106)}));
}

TEST(FilterGuide, ServicesAndEdges) {
  EXPECT_TRUE(matches("service(\"api.example.com\") { fault }", failed()));
  EXPECT_FALSE(matches("service(\"api.example.com\") { fault }", quiet()));
  EXPECT_TRUE(matches("service() { fault }", failed()));
  EXPECT_FALSE(matches("service() { fault }", quiet()));
  EXPECT_TRUE(matches("edge(\"api.example.com\", \"backend.example.com\") { error }", failed()));
  EXPECT_FALSE(matches("edge(\"backend.example.com\", \"api.example.com\") { error }", failed()));
  EXPECT_TRUE(matches("service(\"api.example.com\") {root = true and fault = true}", failed()));
  EXPECT_FALSE(
      matches("service(\"backend.example.com\") {root = true and fault = true}", failed()));
  EXPECT_TRUE(
      matches("edge(\"api.example.com\", \"backend.example.com\") { fault = true }", failed()));
  EXPECT_TRUE(
      matches("service(\"web\") { fault = true OR responsetime > 2.5 } AND "
              "annotation.gameid = \"817DL6VO\"",
              quiet()));
}

TEST(FilterGuide, AServiceThatWasNotReached) {
  constexpr std::string_view kExample =
      "http.url BEGINSWITH \"http://api.example.com/\" AND http.url CONTAINS \"/v2/\" AND "
      "!service(\"api.example.com\")";
  const Documents gateway = {
      document("gateway", 1, 100, 101,
               R"(,"http":{"request":{"method":"GET","url":"http://api.example.com/v2/x"}})")};

  EXPECT_TRUE(matches(kExample, gateway));
  EXPECT_FALSE(matches(kExample, failed()));
}

TEST(FilterGuide, TheIdFunction) {
  const Documents lambda = {
      document("random-name", 1, 100, 101, R"(,"origin":"AWS::Lambda")"),
      document("random-name", 2, 100, 101,
               R"(,"parent_id":"0000000000000001","origin":"AWS::Lambda::Function","error":true)")};
  const Documents service_failed = {
      document("random-name", 1, 100, 101, R"(,"origin":"AWS::Lambda","error":true)"),
      document("random-name", 2, 100, 101,
               R"(,"parent_id":"0000000000000001","origin":"AWS::Lambda::Function")")};
  constexpr std::string_view kByName = "service(\"random-name\") { error }";
  constexpr std::string_view kByBoth =
      "service(id(name: \"random-name\", type: \"AWS::Lambda::Function\")) { error }";
  constexpr std::string_view kByType = "service(id(type: \"AWS::Lambda::Function\")) { error }";

  EXPECT_TRUE(matches(kByName, lambda));
  EXPECT_TRUE(matches(kByName, service_failed));
  EXPECT_TRUE(matches(kByBoth, lambda));
  EXPECT_FALSE(matches(kByBoth, service_failed));
  EXPECT_TRUE(matches(kByType, lambda));
  EXPECT_FALSE(matches(kByType, service_failed));
  EXPECT_TRUE(
      matches("edge(id(name: \"random-name\", type:\"AWS::Lambda\"), "
              "id(name: \"random-name\", type:\"AWS::Lambda::Function\")) { error }",
              lambda));
  EXPECT_FALSE(
      matches("service(id(name: \"service-name\", type:\"service::type\")) { fault }", lambda));
}

TEST(FilterGuide, Annotations) {
  EXPECT_TRUE(matches("annotation.tenant_id = \"tenant-123\"", quiet()));
  EXPECT_FALSE(matches("annotation.tenant_id = \"tenant-123\"", failed()));
  EXPECT_FALSE(matches("annotation.tenant_id = \"tenant-12\"", quiet()));
  EXPECT_TRUE(matches("annotation.gameid = \"817DL6VO\"", quiet()));
  EXPECT_FALSE(matches("annotation.gameid = \"817DL6VO\"", failed()));
  EXPECT_TRUE(matches("annotation.age", quiet()));
  EXPECT_FALSE(matches("annotation.age", failed()));
  EXPECT_TRUE(matches("!annotation.age", failed()));
  EXPECT_FALSE(matches("!annotation.age", quiet()));
  EXPECT_TRUE(matches("annotation.age > 29", quiet()));
  EXPECT_FALSE(matches("annotation.age > 30", quiet()));
  // Of AWS's own tools.
  EXPECT_TRUE(matches("annotation[aws.local.operation]=\"GET /x\"", quiet()));
  EXPECT_TRUE(matches("Annotation[aws.local.operation] = \"GET /x\"", quiet()));
}

TEST(FilterGuide, RootCauses) {
  EXPECT_TRUE(matches("rootcause.fault.entity { last and name = \"DynamoDB\" }", failed()));
  EXPECT_FALSE(matches("rootcause.fault.entity { last and name = \"deserialize\" }", failed()));
  EXPECT_TRUE(matches("rootcause.fault.entity { last and name = \"deserialize\" }",
                      {document("web", 1, 100, 101,
                                R"(,"fault":true,"subsegments":[)" +
                                    span("deserialize", 2, 100, 101, R"(,"fault":true)") + "]")}));
  EXPECT_TRUE(
      matches("rootcause.responsetime.entity { remote and coverage > 0.7 and "
              "name = \"backend.example.com\" }",
              failed()));
  EXPECT_FALSE(
      matches("rootcause.responsetime.entity { remote and coverage > 0.7 and "
              "name = \"traces\" }",
              failed()));
  EXPECT_TRUE(
      matches("rootcause.fault.service { inferred and name = DynamoDB and "
              "type = \"AWS::DynamoDB\" }",
              failed()));
  EXPECT_FALSE(
      matches("rootcause.fault.service { inferred and name = traces and "
              "type = \"AWS::DynamoDB\" }",
              failed()));
  EXPECT_FALSE(matches("rootcause.fault.service { index > 5 }", failed()));
  EXPECT_TRUE(matches("rootcause.fault.service { index > 1 }", failed()));
  EXPECT_TRUE(matches("rootcause.responsetime.entity { last and coverage > 0.7 }", failed()));
  EXPECT_FALSE(matches("rootcause.responsetime.entity { last and coverage > 0.8 }", failed()));
  EXPECT_TRUE(matches("rootcause.fault.service { name = \"backend.example.com\" }", failed()));
  EXPECT_FALSE(matches("rootcause.fault.service { name = \"Auth\" }", failed()));
  EXPECT_TRUE(
      matches("rootcause.responsetime.service { last and type = \"AWS::DynamoDB\" }", failed()));
  EXPECT_FALSE(
      matches("rootcause.responsetime.service { last and type = \"AWS::DynamoDB\" }", quiet()));
  EXPECT_TRUE(
      matches("rootcause.fault.exception { last and message = "
              "\"Access Denied for account_id: 1234567890\" }",
              failed()));
  EXPECT_FALSE(matches("rootcause.fault.exception { last and message = \"other\" }", failed()));
}

TEST(FilterGuide, AnExampleThatIsPrintedWithoutItsBraceIsRefusedWhereItOpens) {
  EXPECT_EQ(refusal("rootcause.fault.exception { last and message = "
                    "\"Access Denied for account_id: 1234567890\" "),
            "this brace is not closed@26");
}

TEST(FilterGuide, RootCausesAsJson) {
  constexpr std::string_view kExample =
      R"(rootcause.json = #[{ "Services": [ { "Name": "GetWeatherData", "EntityPath": [)"
      R"({ "Name": "GetWeatherData" }, { "Name": "get_temperature" } ] }, )"
      R"({ "Name": "GetTemperature", "EntityPath": [ { "Name": "GetTemperature" } ] } ] }])";
  const auto weather = [](std::string_view step) -> Documents {
    return {
        document("GetWeatherData", 1, 100, 101,
                 R"(,"fault":true,"subsegments":[)" +
                     span(step, 2, 100, 101, R"(,"namespace":"remote","fault":true)") + "]"),
        document("GetTemperature", 3, 100, 101, R"(,"parent_id":"0000000000000002","fault":true)")};
  };

  EXPECT_TRUE(matches(kExample, weather("get_temperature")));
  EXPECT_FALSE(matches(kExample, weather("get_rain")));
}

TEST(FilterGuide, GroupsAreRefusedBecauseTheConsoleHasNone) {
  EXPECT_EQ(refusal("group.name = \"high_response_time\" AND user = \"alice\""),
            "this console has no groups: write the group's own expression instead@0");
  EXPECT_EQ(refusal("user = \"alice\" AND group.arn = \"arn\""),
            "this console has no groups: write the group's own expression instead@19");
}

}  // namespace
}  // namespace aloft::console::xray
