// SPDX-License-Identifier: Apache-2.0
// CloudWatch Logs over real sockets, as botocore asks: what clients can see, limits to the byte.
#include "../app_fixture.hpp"

#include <aloft/core/clock.hpp>

#include <gtest/gtest.h>

#include <zlib.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using fixture::AppTest;
using fixture::HttpAnswer;
using fixture::HttpConnection;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

class LogsApiTest : public AppTest {
 protected:
  void SetUp() override {
    start();
    ask("CreateLogGroup", R"({"logGroupName":"/aloft/payments"})");
    ask("CreateLogStream", R"({"logGroupName":"/aloft/payments","logStreamName":"today"})");
  }
  HttpAnswer ask(std::string_view operation, std::string_view body, std::string_view more = {}) {
    std::string fields =
        "authorization: AWS4-HMAC-SHA256 Credential=any/20261126/eu-west-1/logs/aws4_request, "
        "SignedHeaders=host, Signature=00\r\ncontent-type: application/x-amz-json-1.1\r\n"
        "x-amz-target: Logs_20140328.";
    fields.append(operation).append("\r\n").append(more);
    return HttpConnection(app_->xray_port()).ask("POST", "/", fields, body);
  }
  static std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               Clock::system().now().wall.time_since_epoch())
        .count();
  }
  static std::string events(const std::vector<std::pair<std::int64_t, std::string>>& events) {
    std::string out = "[";
    for (const auto& [time, message] : events) {
      out += out.size() > 1 ? "," : "";
      out += "{\"timestamp\":" + std::to_string(time) + ",\"message\":\"" + message + "\"}";
    }
    return out + "]";
  }
  HttpAnswer put(const std::string& list, std::string_view more = {}) {
    return ask(
        "PutLogEvents",
        R"({"logGroupName":"/aloft/payments","logStreamName":"today","logEvents":)" + list + "}",
        more);
  }
  HttpAnswer filter(const std::string& members = {}) {
    return ask("FilterLogEvents", R"({"logGroupName":"/aloft/payments")" + members + "}");
  }
  HttpAnswer get_events(const std::string& members = {}) {
    return ask("GetLogEvents",
               R"({"logGroupName":"/aloft/payments","logStreamName":"today")" + members + "}");
  }
  static std::string text_of(const std::string& json, const std::string& key) {
    const std::size_t at = json.find("\"" + key + "\":\"");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 4;
    return json.substr(begin, json.find('"', begin) - begin);
  }
  // The messages of an answer, with a blank after each.
  static std::string messages(const HttpAnswer& answer) {
    std::string out;
    constexpr std::string_view kKey = "\"message\":\"";
    for (std::size_t at = answer.body.find(kKey); at != std::string::npos;
         at = answer.body.find(kKey, at)) {
      at += kKey.size();
      out += answer.body.substr(at, answer.body.find('"', at) - at) + " ";
    }
    return out;
  }
  static std::string invalid(const std::string& message) {
    return R"({"__type":"InvalidParameterException","message":")" + message + "\"}";
  }
};

TEST_F(LogsApiTest, StoresEventsAndAnswersWhereTheNextWouldGo) {
  const std::int64_t at = now();

  const HttpAnswer answer = put(events({{at, "a"}, {at, "b"}}));

  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.head.find("application/x-amz-json-1.1"), std::string::npos) << answer.head;
  EXPECT_NE(answer.head.find("x-amzn-requestid: 00000000-0000-4000-8000-"), std::string::npos);
  EXPECT_EQ(answer.body.find(R"({"nextSequenceToken":"0000)"), 0U) << answer.body;
  EXPECT_EQ(answer.body.find("rejected"), std::string::npos);
  EXPECT_EQ(messages(get_events()), "a b ");
  const std::string status = get("/api/status").body;
  EXPECT_NE(status.find(R"("logs":{"events":2,"loaded":0,"received":2,"evicted":0,"expired":0,)"
                        R"("deleted":0,"failed":0,"groups":1,"streams":1,"bytes":)"),
            std::string::npos)
      << status;
}

TEST_F(LogsApiTest, TakesABatchToTheByteAndNoByteMore) {
  const std::int64_t at = now();
  // Two events: 1,048,576 = 2 * 26 + 1,048,524.
  const std::string exact =
      events({{at, std::string(1'000'000, 'x')}, {at, std::string(48'524, 'y')}});
  const std::string above =
      events({{at, std::string(1'000'000, 'x')}, {at, std::string(48'525, 'y')}});
  const std::string alone = events({{at, std::string(1'048'550, 'z')}});
  const std::string too_long = events({{at, std::string(1'048'551, 'z')}});

  EXPECT_EQ(put(exact).status, 200);
  EXPECT_EQ(put(above).body, invalid("Upload too large: 1048577 bytes exceeds limit of 1048576"));
  EXPECT_EQ(put(alone).status, 200);
  EXPECT_EQ(put(too_long).body,
            invalid("Log event too large: 1048577 bytes exceeds limit of 1048576"));
}

TEST_F(LogsApiTest, CountsBytesOfUtf8AndNotOfItsJson) {
  // Each is 2 bytes, and 6 as JSON; 524,275 of them fill the batch.
  std::string message;
  for (int i = 0; i < 524'275; ++i) message += "\\u00e9";

  const HttpAnswer exact = put(events({{now(), message}}));
  const HttpAnswer above = put(events({{now(), message + "x"}}));

  EXPECT_EQ(exact.status, 200) << exact.body.substr(0, 200);
  EXPECT_EQ(above.body, invalid("Log event too large: 1048577 bytes exceeds limit of 1048576"));
}

TEST_F(LogsApiTest, TakesTenThousandEventsAndNotOneMore) {
  const std::int64_t at = now();
  std::vector<std::pair<std::int64_t, std::string>> many(10'000, {at, "x"});

  const HttpAnswer full = put(events(many));
  many.emplace_back(at, "x");
  const HttpAnswer above = put(events(many));
  const HttpAnswer none = put("[]");

  EXPECT_EQ(full.status, 200) << full.body;
  EXPECT_EQ(above.body,
            invalid("1 validation error detected: Value '[...]' at 'logEvents' failed to satisfy "
                    "constraint: Member must have length less than or equal to 10000"));
  EXPECT_EQ(none.body,
            invalid("1 validation error detected: Value '[]' at 'logEvents' failed to satisfy "
                    "constraint: Member must have length greater than or equal to 1"));
}

TEST_F(LogsApiTest, RefusesABatchOutOfOrderOrLongerThanADay) {
  const std::int64_t at = now();

  const HttpAnswer order = put(events({{at, "a"}, {at - 1, "b"}}));
  const HttpAnswer day = put(events({{at - kDayMs, "a"}, {at, "b"}}));
  const HttpAnswer longer = put(events({{at - kDayMs - 1, "c"}, {at, "d"}}));

  EXPECT_EQ(order.body,
            invalid("Log events in a single PutLogEvents request must be in chronological order."));
  EXPECT_EQ(day.status, 200);
  EXPECT_EQ(longer.body, invalid("The batch of log events in a single PutLogEvents request cannot "
                                 "span more than 24 hours."));
  EXPECT_EQ(messages(filter()), "a b ");
}

TEST_F(LogsApiTest, RefusesOnlyTheEventsThatAreTooOldOrTooNew) {
  const std::int64_t at = now();

  const HttpAnswer answer = put(events({{at - 14 * kDayMs - kHourMs, "old"},
                                        {at - kHourMs, "good"},
                                        {at, "fine"},
                                        {at + 2 * kHourMs + 60'000, "new"}}));
  const HttpAnswer all = put(events({{at - 15 * kDayMs, "old"}}));

  EXPECT_NE(answer.body.find(R"("rejectedLogEventsInfo":{"tooNewLogEventStartIndex":3,)"
                             R"("tooOldLogEventEndIndex":1}})"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(all.body.find(R"("rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}})"),
            std::string::npos)
      << all.body;
  EXPECT_EQ(messages(filter()), "good fine ");
}

TEST_F(LogsApiTest, RefusesTheEventsThatTheRetentionHasExpired) {
  const std::int64_t at = now();
  ask("PutRetentionPolicy", R"({"logGroupName":"/aloft/payments","retentionInDays":3})");

  const HttpAnswer answer = put(
      events({{at - 15 * kDayMs, "old"}, {at - 4 * kDayMs, "expired"}, {at - kHourMs, "good"}}));
  const HttpAnswer neither = put(events({{at - 2 * kDayMs, "kept"}}));

  EXPECT_NE(
      answer.body.find(
          R"("rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2}})"),
      std::string::npos)
      << answer.body;
  EXPECT_EQ(neither.body.find("rejected"), std::string::npos);
  EXPECT_EQ(messages(filter()), "kept good ");
}

TEST_F(LogsApiTest, IgnoresSequenceTokensAndWhatItDoesNotKnow) {
  const HttpAnswer answer =
      ask("PutLogEvents",
          R"({"logGroupName":"/aloft/payments","logStreamName":"today","sequenceToken":"wrong",)"
          R"("entity":{"keyAttributes":{"Type":"Service"}},"futureMember":[1],"logEvents":)" +
              events({{now(), "a"}}) + "}");

  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(LogsApiTest, TakesGzip) {
  const std::string body = R"({"logGroupName":"/aloft/payments","logStreamName":"today",)"
                           R"("logEvents":)" +
                           events({{now(), "packed"}}) + "}";
  z_stream z{};
  ASSERT_EQ(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(1024, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  z.avail_in = static_cast<uInt>(body.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  ASSERT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - z.avail_out);
  deflateEnd(&z);

  EXPECT_EQ(ask("PutLogEvents", packed, "content-encoding: gzip\r\n").status, 200);
  EXPECT_EQ(ask("PutLogEvents", "no gzip", "content-encoding: gzip\r\n").status, 400);
  EXPECT_EQ(ask("PutLogEvents", packed, "content-encoding: br\r\n").status, 415);
  EXPECT_EQ(messages(filter()), "packed ");
}

TEST_F(LogsApiTest, PagesThroughAStreamInBothDirections) {
  const std::int64_t at = now() - 1000;
  put(events({{at, "a"}, {at + 1, "b"}, {at + 2, "c"}, {at + 3, "d"}, {at + 4, "e"}}));
  const auto forward = [&](const std::string& token) {
    return get_events(R"(,"limit":2,"startFromHead":true)" +
                      (token.empty() ? token : ",\"nextToken\":\"" + token + "\""));
  };

  const HttpAnswer first = forward({});
  const HttpAnswer second = forward(text_of(first.body, "nextForwardToken"));
  const HttpAnswer third = forward(text_of(second.body, "nextForwardToken"));
  const HttpAnswer end = forward(text_of(third.body, "nextForwardToken"));
  const HttpAnswer back = forward(text_of(end.body, "nextBackwardToken"));
  const HttpAnswer newest = get_events(R"(,"limit":2)");
  const HttpAnswer older = forward(text_of(newest.body, "nextBackwardToken"));
  const HttpAnswer start_of = forward(text_of(first.body, "nextBackwardToken"));

  EXPECT_EQ(messages(first) + messages(second) + messages(third), "a b c d e ");
  EXPECT_EQ(messages(end), "");
  EXPECT_EQ(text_of(end.body, "nextForwardToken"), text_of(third.body, "nextForwardToken"));
  EXPECT_EQ(messages(back), "d e ");
  EXPECT_EQ(messages(newest), "d e ");
  EXPECT_EQ(messages(older), "b c ");
  EXPECT_EQ(messages(start_of), "");
  EXPECT_EQ(text_of(start_of.body, "nextBackwardToken"), text_of(first.body, "nextBackwardToken"));
  put(events({{at + 5, "f"}}));
  EXPECT_EQ(messages(forward(text_of(end.body, "nextForwardToken"))), "f ");
}

TEST_F(LogsApiTest, TreatsTheEndOfATimeRangeAsEachOperationDoes) {
  const std::int64_t at = now() - 1000;
  put(events({{at, "a"}, {at + 1, "b"}, {at + 2, "c"}}));
  const std::string range =
      ",\"startTime\":" + std::to_string(at + 1) + ",\"endTime\":" + std::to_string(at + 2);

  EXPECT_EQ(messages(get_events(range)), "b ");
  EXPECT_EQ(messages(filter(range)), "b c ");
}

TEST_F(LogsApiTest, FiltersInPages) {
  const std::int64_t at = now() - 1000;
  ask("CreateLogStream", R"({"logGroupName":"/aloft/payments","logStreamName":"other"})");
  put(events({{at, "error one"}, {at + 2, "fine"}, {at + 3, "error two"}}));
  ask("PutLogEvents", R"({"logGroupName":"/aloft/payments","logStreamName":"other","logEvents":)" +
                          events({{at + 1, "error other"}}) + "}");

  const HttpAnswer first = filter(R"(,"filterPattern":"error","limit":2)");
  const HttpAnswer second = filter(R"(,"filterPattern":"error","limit":2,"nextToken":")" +
                                   text_of(first.body, "nextToken") + "\"");

  EXPECT_EQ(messages(first), "error one error other ");
  EXPECT_EQ(messages(second), "error two ");
  EXPECT_EQ(second.body.find("nextToken"), std::string::npos);
  EXPECT_NE(second.body.find(R"("searchedLogStreams":[])"), std::string::npos);
  EXPECT_EQ(text_of(second.body, "eventId").size(), 56U);
  EXPECT_EQ(messages(filter(R"(,"logStreamNames":["other"])")), "error other ");
  EXPECT_EQ(messages(filter(R"(,"logStreamNamePrefix":"oth")")), "error other ");
  EXPECT_EQ(filter(R"(,"logStreamNames":["none"])").body,
            R"({"__type":"ResourceNotFoundException",)"
            R"("message":"The specified log stream does not exist."})");
  EXPECT_EQ(filter(R"(,"filterPattern":"{ $.a")").status, 400);
}

TEST_F(LogsApiTest, KeepsPagesBelowAMegabyte) {
  const std::int64_t at = now() - 1000;
  put(events({{at, std::string(600'000, 'a')}}));
  put(events({{at + 1, std::string(600'000, 'b')}}));

  const HttpAnswer first = filter();
  const HttpAnswer second = filter(R"(,"nextToken":")" + text_of(first.body, "nextToken") + "\"");

  EXPECT_EQ(messages(first), std::string(600'000, 'a') + " ");
  EXPECT_EQ(messages(second), std::string(600'000, 'b') + " ");
}

TEST_F(LogsApiTest, AnswersWholeJsonHoweverLongItsNamesAreEscaped) {
  constexpr int kEvents = 8000;
  std::string name;
  for (int i = 0; i < 512; ++i) name += "\\u0001";
  ask("CreateLogStream", R"({"logGroupName":"/aloft/payments","logStreamName":")" + name + "\"}");
  ask("PutLogEvents",
      R"({"logGroupName":"/aloft/payments","logStreamName":")" + name + R"(","logEvents":)" +
          events(std::vector<std::pair<std::int64_t, std::string>>(kEvents, {now(), "x"})) + "}");

  std::string found;
  HttpAnswer page = filter();
  for (;;) {
    ASSERT_EQ(page.body.back(), '}');
    found += messages(page);
    const std::string token = text_of(page.body, "nextToken");
    if (token.empty()) break;
    page = filter(R"(,"nextToken":")" + token + "\"");
  }

  EXPECT_EQ(found.size(), std::size_t{2} * kEvents);
}

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

TEST_F(LogsApiTest, GivesARecordByItsPointer) {
  put(events({{now(), "hello"}}));
  const std::string id = text_of(filter().body, "eventId");

  const HttpAnswer found = ask("GetLogRecord", R"({"logRecordPointer":")" + id + "\"}");
  const HttpAnswer wrong = ask("GetLogRecord", R"({"logRecordPointer":"x"})");

  EXPECT_NE(found.body.find(R"("@log":"000000000000:/aloft/payments","@logStream":"today",)"
                            R"("@message":"hello")"),
            std::string::npos)
      << found.body;
  EXPECT_EQ(wrong.status, 400);
}

}  // namespace
}  // namespace aloft::console
