// SPDX-License-Identifier: Apache-2.0
#include "console/xray/requests.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

namespace aloft::console::xray {
namespace {

template <typename T>
std::string_view wrong_with(const std::variant<T, BadRequest>& parsed) {
  const auto* wrong = std::get_if<BadRequest>(&parsed);
  return wrong == nullptr ? "nothing" : wrong->message;
}

std::string documents(std::size_t count) {
  std::string body = "{\"TraceSegmentDocuments\":[\"{}\"";
  for (std::size_t i = 1; i < count; ++i) body += ",\"{}\"";
  return body + "]}";
}

TEST(XrayRequests, TakeFiftyDocumentsAndNoMore) {
  const auto fifty = PutSegmentsRequest::parse(documents(50));

  ASSERT_EQ(wrong_with(fifty), "nothing");
  EXPECT_EQ(std::get<PutSegmentsRequest>(fifty).documents.size(), 50U);
  EXPECT_EQ(wrong_with(PutSegmentsRequest::parse(documents(51))),
            "Exceeding maximum segment count: 50");
}

TEST(XrayRequests, UnescapeTheDocuments) {
  const auto parsed = PutSegmentsRequest::parse(R"({"TraceSegmentDocuments":["{\"a\":1}"]})");

  EXPECT_EQ(std::get<PutSegmentsRequest>(parsed).documents[0], "{\"a\":1}");
}

TEST(XrayRequests, RefuseABodyOfTheWrongShape) {
  for (const char* body : {"", "nonsense", "[]", "{}", R"({"TraceSegmentDocuments":"x"})",
                           R"({"TraceSegmentDocuments":[1]})"}) {
    EXPECT_NE(wrong_with(PutSegmentsRequest::parse(body)), "nothing") << body;
  }
  EXPECT_NE(wrong_with(TelemetryRequest::parse("{}")), "nothing");
  EXPECT_NE(wrong_with(TelemetryRequest::parse(R"({"TelemetryRecords":[1]})")), "nothing");
  EXPECT_EQ(wrong_with(TelemetryRequest::parse(R"({"TelemetryRecords":[{"Timestamp":1}]})")),
            "nothing");
}

TEST(XrayRequests, NeedBothEndsOfTheTime) {
  EXPECT_NE(wrong_with(TraceSummariesRequest::parse("{}")), "nothing");
  EXPECT_NE(wrong_with(TraceSummariesRequest::parse(R"({"StartTime":1})")), "nothing");
  EXPECT_NE(wrong_with(TraceSummariesRequest::parse(R"({"StartTime":2,"EndTime":1})")), "nothing");
  EXPECT_NE(wrong_with(TraceSummariesRequest::parse(R"({"StartTime":-1,"EndTime":1})")), "nothing");
  EXPECT_NE(wrong_with(ServiceGraphRequest::parse(R"({"EndTime":1})")), "nothing");
}

TEST(XrayRequests, ReadTimesAsNumbersAndAsDates) {
  const auto parsed =
      TraceSummariesRequest::parse(R"({"StartTime":1.5,"EndTime":"1970-01-01T00:00:02.25Z"})");

  ASSERT_EQ(wrong_with(parsed), "nothing");
  const auto& request = std::get<TraceSummariesRequest>(parsed);
  EXPECT_EQ(request.range.start_us, 1'500'000);
  EXPECT_EQ(request.range.end_us, 2'250'000);
  EXPECT_TRUE(request.by_trace_id);
}

TEST(XrayRequests, ReadIsoTimes) {
  EXPECT_EQ(parse_iso_time("2026-11-26T16:34:44Z"), 1'795'710'884'000'000);
  EXPECT_EQ(parse_iso_time("2026-11-26T17:34:44+01:00"), 1'795'710'884'000'000);
  EXPECT_EQ(parse_iso_time("2026-11-26T15:04:44-0130"), 1'795'710'884'000'000);
  EXPECT_EQ(parse_iso_time("2026-11-26T16:34:44.123456789"), 1'795'710'884'123'456);
  for (const char* text : {"", "2026-11-26", "2026-02-30T00:00:00Z", "2026-11-26T24:00:00Z",
                           "2026-11-26T16:34:44.Z", "2026-11-26T16:34:44X", "1969-12-31T23:59:59Z",
                           "2026-+1-26T16:34:44Z", "2026-11-26T16:34:44+1"}) {
    EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
  }
}

TEST(XrayRequests, TakeTheTokenOfTheirOwnKindOnly) {
  const std::string by_id = R"({"StartTime":1,"EndTime":2,"NextToken":")";
  const std::string by_start =
      R"({"TimeRangeType":"Event","StartTime":1,"EndTime":2,"NextToken":")";

  EXPECT_EQ(
      wrong_with(TraceSummariesRequest::parse(by_id + "1-67891234-012345678901234567890123\"}")),
      "nothing");
  EXPECT_EQ(wrong_with(TraceSummariesRequest::parse(by_start + "12.3\"}")), "nothing");
  EXPECT_NE(wrong_with(TraceSummariesRequest::parse(by_id + "12.3\"}")), "nothing");
  EXPECT_NE(
      wrong_with(TraceSummariesRequest::parse(by_start + "1-67891234-012345678901234567890123\"}")),
      "nothing");
}

TEST(XrayRequests, AskForAtMostFiveTraces) {
  const auto parsed = TraceIdsRequest::parse(
      R"({"TraceIds":["1-67891234-012345678901234567890123","x","y","z","w"]})");

  ASSERT_EQ(wrong_with(parsed), "nothing");
  EXPECT_EQ(std::get<TraceIdsRequest>(parsed).ids.size(), 1U);
  EXPECT_EQ(std::get<TraceIdsRequest>(parsed).unknown_ids.size(), 4U);
  EXPECT_EQ(wrong_with(TraceIdsRequest::parse(R"({"TraceIds":["a","b","c","d","e","f"]})")),
            "Exceeding maximum query size: 5");
  EXPECT_EQ(wrong_with(TraceIdsRequest::parse(R"({"TraceIds":["a"],"NextToken":"t"})")),
            "NextToken is currently not supported");
}

TEST(XrayRequests, AskForEachTraceOnce) {
  const auto parsed =
      TraceIdsRequest::parse(R"({"TraceIds":["1-67891234-012345678901234567890123","x","x",)"
                             R"("1-67891234-012345678901234567890123"]})");

  ASSERT_EQ(wrong_with(parsed), "nothing");
  EXPECT_EQ(std::get<TraceIdsRequest>(parsed).ids.size(), 1U);
  EXPECT_EQ(std::get<TraceIdsRequest>(parsed).unknown_ids.size(), 1U);
}

TEST(XrayRequests, SayWhereAFilterExpressionIsWrong) {
  const auto parsed = TraceSummariesRequest::parse(
      R"({"StartTime":1,"EndTime":2,"FilterExpression":"fault AND user = 5"})");

  EXPECT_EQ(wrong_with(parsed), "this keyword is compared with a text in quotes");
  EXPECT_EQ(std::get<BadRequest>(parsed).position, 17U);
}

TEST(XrayRequests, RefuseAFilterExpressionOfMoreThanTwoKilobytes) {
  const std::string body =
      R"({"StartTime":1,"EndTime":2,"FilterExpression":")" + std::string(2049, ' ') + "\"}";

  EXPECT_EQ(wrong_with(TraceSummariesRequest::parse(body)),
            "the expression is too long; it ends here");
}

}  // namespace
}  // namespace aloft::console::xray
