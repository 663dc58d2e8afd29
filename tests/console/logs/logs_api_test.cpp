// SPDX-License-Identifier: Apache-2.0
// Groups, streams and tags over real sockets, and how mistakes are told.
#include "logs_api_fixture.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace aloft::console {
namespace {

using fixture::HttpAnswer;
using fixture::HttpConnection;
using fixture::LogsApiTest;

TEST_F(LogsApiTest, DescribesStreamsByNameAndByTime) {
  const std::int64_t at = now() - 1000;
  for (const char* name : {"b", "a"}) {
    ask("CreateLogStream",
        R"({"logGroupName":"/aloft/payments","logStreamName":")" + std::string(name) + "\"}");
  }
  put(events({{at, "x"}, {at + 5, "y"}}));
  const auto describe = [&](const std::string& members) {
    return ask("DescribeLogStreams", R"({"logGroupName":"/aloft/payments")" + members + "}");
  };

  const HttpAnswer first = describe(R"(,"limit":2)");
  const HttpAnswer second =
      describe(R"(,"limit":2,"nextToken":")" + text_of(first.body, "nextToken") + "\"");
  const HttpAnswer newest = describe(R"(,"orderBy":"LastEventTime","descending":true,"limit":1)");
  const HttpAnswer next =
      describe(R"(,"orderBy":"LastEventTime","descending":true,"limit":1,"nextToken":")" +
               text_of(newest.body, "nextToken") + "\"");

  EXPECT_LT(first.body.find(R"("logStreamName":"a")"), first.body.find(R"("logStreamName":"b")"));
  EXPECT_NE(second.body.find(R"("firstEventTimestamp":)" + std::to_string(at) +
                             R"(,"lastEventTimestamp":)" + std::to_string(at + 5)),
            std::string::npos)
      << second.body;
  EXPECT_EQ(second.body.find("nextToken"), std::string::npos);
  EXPECT_EQ(text_of(newest.body, "logStreamName"), "today");
  EXPECT_EQ(text_of(next.body, "logStreamName"), "b");
  EXPECT_NE(newest.body.find(R"("arn":"arn:aws:logs:eu-west-1:000000000000:log-group:)"
                             R"(/aloft/payments:log-stream:today","storedBytes":0)"),
            std::string::npos);
  EXPECT_EQ(describe(R"(,"orderBy":"LastEventTime","logStreamNamePrefix":"a")").body,
            invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
}

TEST_F(LogsApiTest, DescribesGroupsWithWhatTheyWereMadeWith) {
  ask("CreateLogGroup",
      R"({"logGroupName":"/other","logGroupClass":"INFREQUENT_ACCESS","kmsKeyId":"arn:key"})");
  ask("PutRetentionPolicy", R"({"logGroupName":"/other","retentionInDays":7})");
  put(events({{now(), "x"}}));

  const HttpAnswer one = ask("DescribeLogGroups", R"({"limit":1})");
  const HttpAnswer two =
      ask("DescribeLogGroups", R"({"nextToken":")" + text_of(one.body, "nextToken") + "\"}");
  const HttpAnswer pattern = ask("DescribeLogGroups", R"({"logGroupNamePattern":"pay"})");

  EXPECT_NE(one.body.find(R"("storedBytes":27)"), std::string::npos) << one.body;
  EXPECT_NE(
      two.body.find(R"("retentionInDays":7,"metricFilterCount":0,)"
                    R"("arn":"arn:aws:logs:eu-west-1:000000000000:log-group:/other:*",)"
                    R"("storedBytes":0,"kmsKeyId":"arn:key",)"
                    R"("logGroupClass":"INFREQUENT_ACCESS",)"
                    R"("logGroupArn":"arn:aws:logs:eu-west-1:000000000000:log-group:/other")"),
      std::string::npos)
      << two.body;
  EXPECT_EQ(text_of(pattern.body, "logGroupName"), "/aloft/payments");
  EXPECT_EQ(pattern.body.find("storedBytes"), std::string::npos) << "name, time and ARN only";
  EXPECT_NE(pattern.body.find("creationTime"), std::string::npos);
  EXPECT_NE(pattern.body.find(R"("arn":")"), std::string::npos);
  ask("DeleteRetentionPolicy", R"({"logGroupName":"/other"})");
  EXPECT_EQ(ask("DescribeLogGroups", R"({"logGroupNamePrefix":"/o"})").body.find("retentionInDays"),
            std::string::npos);
}

TEST_F(LogsApiTest, KeepsTagsByNameAndByArn) {
  const std::string arn =
      R"("resourceArn":"arn:aws:logs:eu-west-1:000000000000:log-group:/aloft/payments")";
  ask("TagLogGroup", R"({"logGroupName":"/aloft/payments","tags":{"team":"a","x":"1"}})");
  ask("TagResource", "{" + arn + R"(,"tags":{"team":"b","y":""}})");
  ask("UntagResource", "{" + arn + R"(,"tagKeys":["x"]})");

  const HttpAnswer by_arn = ask("ListTagsForResource", "{" + arn + "}");
  const HttpAnswer by_name = ask("ListTagsLogGroup", R"({"logGroupName":"/aloft/payments"})");

  EXPECT_EQ(by_arn.body, R"({"tags":{"team":"b","y":""}})");
  EXPECT_EQ(by_name.body, by_arn.body);
  EXPECT_EQ(ask("ListTagsLogGroup", R"({"logGroupName":"/none"})").body,
            R"({"__type":"ResourceNotFoundException",)"
            R"("message":"The specified log group does not exist."})");
}

TEST_F(LogsApiTest, DeletesGroupsUnlessTheyAreProtected) {
  const std::string protect = R"({"logGroupIdentifier":"/aloft/payments",)";
  ask("PutLogGroupDeletionProtection", protect + R"("deletionProtectionEnabled":true})");

  const HttpAnswer refused = ask("DeleteLogGroup", R"({"logGroupName":"/aloft/payments"})");
  ask("PutLogGroupDeletionProtection", protect + R"("deletionProtectionEnabled":false})");
  const HttpAnswer done = ask("DeleteLogGroup", R"({"logGroupName":"/aloft/payments"})");

  EXPECT_NE(refused.body.find("ValidationException"), std::string::npos);
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.body, "");
  EXPECT_EQ(put(events({{now(), "x"}})).body,
            R"({"__type":"ResourceNotFoundException",)"
            R"("message":"The specified log group does not exist."})");
}

TEST_F(LogsApiTest, TellsAllThatBreaksTheModelInTheServicesWords) {
  const auto refusal = [&](std::string_view operation, const std::string& body) {
    return text_of(ask(operation, body).body, "message");
  };
  const std::string long_name(513, 'a');

  EXPECT_EQ(refusal("CreateLogGroup", "{}"),
            "1 validation error detected: Value null at 'logGroupName' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(refusal("CreateLogGroup", R"({"logGroupName":"a b"})"),
            "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy "
            R"(constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+)");
  EXPECT_EQ(refusal("CreateLogGroup", R"({"logGroupName":")" + long_name + "\"}"),
            "1 validation error detected: Value '" + long_name +
                "' at 'logGroupName' failed to satisfy constraint: Member must have length less "
                "than or equal to 512");
  EXPECT_EQ(ask("CreateLogGroup", R"({"logGroupName":")" + std::string(512, 'a') + "\"}").status,
            200);
  EXPECT_EQ(refusal("CreateLogGroup", R"({"logGroupName":"aws/x"})"),
            "Log groups starting with AWS/ are reserved for AWS.");
  EXPECT_EQ(refusal("CreateLogStream", R"({"logGroupName":"","logStreamName":"a:b"})"),
            "2 validation errors detected: Value '' at 'logGroupName' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1; Value 'a:b' at "
            "'logStreamName' failed to satisfy constraint: Member must satisfy regular expression "
            "pattern: [^:*]*");
  EXPECT_EQ(text_of(put(R"([{"message":"x"},{"timestamp":1}])").body, "message"),
            "2 validation errors detected: Value null at 'logEvents.1.member.timestamp' failed to "
            "satisfy constraint: Member must not be null; Value null at "
            "'logEvents.2.member.message' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(refusal("PutRetentionPolicy", R"({"logGroupName":"/a","retentionInDays":2})")
                .find("1 validation error detected: Value '2' at 'retentionInDays' failed to "
                      "satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7"),
            0U);
  EXPECT_EQ(refusal("DescribeLogGroups", R"({"limit":51})"),
            "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 50");
  EXPECT_EQ(text_of(get_events(R"(,"nextToken":"f/1")").body, "message"),
            "The specified nextToken is invalid.");
}

TEST_F(LogsApiTest, RefusesBodiesOfTheWrongTypes) {
  const auto refusal = [&](std::string_view body) { return ask("CreateLogGroup", body).body; };
  const auto serialization = [](const std::string& message) {
    return R"({"__type":"SerializationException","message":")" + message + "\"}";
  };

  EXPECT_EQ(refusal(R"({"logGroupName":5})"),
            serialization("NUMBER_VALUE can not be converted to a String"));
  EXPECT_EQ(refusal("[]"), serialization("Start of structure or map was expected"));
  EXPECT_EQ(refusal("{\"logGroupName\":\"\xff\"}"),
            serialization("The body is not JSON, or nested too deep"));
  EXPECT_EQ(refusal(std::string(100'000, '[')),
            serialization("The body is not JSON, or nested too deep"));
  EXPECT_EQ(put(R"([{"timestamp":"now","message":"x"}])").body,
            serialization("STRING_VALUE can not be converted to a Long"));
  EXPECT_EQ(put(R"([1])").body, serialization("NUMBER_VALUE can not be converted to a Map"));
  EXPECT_EQ(put(R"({})").body, serialization("MAP_VALUE can not be converted to a List"));
}

TEST_F(LogsApiTest, RefusesWhatItDoesNotHaveByName) {
  EXPECT_EQ(ask("StartLiveTail", "{}").body,
            R"({"__type":"NotImplementedException",)"
            R"("message":"StartLiveTail is not implemented by aloft-console"})");
  EXPECT_EQ(ask("StartLiveTail", "{}").status, 501);
  EXPECT_NE(ask("Nonsense", "{}").body.find("UnknownOperationException"), std::string::npos);
}

TEST_F(LogsApiTest, AsksTheSameQuestionsAsXRaysOperations) {
  HttpConnection connection(app_->xray_port());
  const std::string target = "x-amz-target: Logs_20140328.DescribeLogGroups\r\n";

  const HttpAnswer unsigned_one = connection.ask("POST", "/", target, "{}");
  const HttpAnswer foreign = ask("DescribeLogGroups", "{}", "host: evil.example\r\n");
  const HttpAnswer other_service =
      connection.ask("POST", "/",
                     "authorization: AWS4-HMAC-SHA256 Credential=any/20261126/eu-west-1/dynamodb/"
                     "aws4_request, SignedHeaders=host, Signature=00\r\n"
                     "x-amz-target: DynamoDB_20120810.ListTables\r\n",
                     "{}");

  EXPECT_EQ(unsigned_one.status, 400);
  EXPECT_NE(unsigned_one.body.find("MissingAuthenticationTokenException"), std::string::npos);
  EXPECT_EQ(foreign.status, 421);
  EXPECT_NE(other_service.body.find("UnknownOperationException"), std::string::npos);
}

}  // namespace
}  // namespace aloft::console
