// SPDX-License-Identifier: Apache-2.0
// GetLogEvents, FilterLogEvents and GetLogRecord over real sockets.
#include "logs_api_fixture.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using fixture::HttpAnswer;
using fixture::LogsApiTest;

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
