// SPDX-License-Identifier: Apache-2.0
#include "http_client/otlp_answer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::http_client {
namespace {

using delivery::Answer;
using delivery::Failure;
using std::chrono::seconds;

const WallTime kNow{seconds(784'111'777)};  // Sun, 06 Nov 1994 08:49:37 GMT

ClientResponse answered(int status, std::string body = {}) {
  ClientResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Answer judged(const ClientResponse& response, std::vector<std::uint32_t> counts = {3, 2}) {
  return judge_answer(response, counts, kNow).answer;
}

TEST(OtlpAnswer, OfNothingAcceptsAll) {
  const Answer answer = judged(answered(200));

  EXPECT_FALSE(answer.failure);
  EXPECT_TRUE(answer.refusals.empty());
}

TEST(OtlpAnswer, ReadsHowManySpansArePartlyRejected) {
  EXPECT_EQ(read_rejected_spans(""), 0u);
  EXPECT_EQ(read_rejected_spans("\x0a\x02\x08\x07"), 7u);
  EXPECT_EQ(read_rejected_spans("\x0a\x06\x12\x02no\x08\x05"), 5u);
  EXPECT_EQ(read_rejected_spans(std::string_view("\x0a\x02\x12\x00", 4)), 0u);  // a warning
  EXPECT_EQ(read_rejected_spans("\x0a\x03\x08\x80\x01"), 128u);
  // Fields of later versions, of every kind.
  EXPECT_EQ(read_rejected_spans("\x18\x01\x21"
                                "12345678\x2d"
                                "1234\x32\x01x\x0a\x02\x08\x07"),
            7u);
  // Less than nothing.
  EXPECT_EQ(read_rejected_spans("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 0u);
}

TEST(OtlpAnswer, KnowsABodyThatIsNone) {
  for (const char* body : {"<html>", "\x0a", "\x0a\x7f", "\x0a\x02\x08", "\x08\xff", "\x0b", "\x01",
                           "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "{\"a\":1}"}) {
    EXPECT_FALSE(read_rejected_spans(body)) << body;
  }
  EXPECT_TRUE(judge_answer(answered(200, "<html>"), {1}, kNow).unreadable);
  EXPECT_FALSE(judge_answer(answered(200, "<html>"), {1}, kNow).answer.failure);
}

TEST(OtlpAnswer, ChargesRejectedSpansToTheFirstRecordsWithTrueCounts) {
  const Answer answer = judged(answered(200, "\x0a\x02\x08\x04"), {0, 3, 5, 2});

  ASSERT_EQ(answer.refusals.size(), 2u);
  EXPECT_EQ(answer.refusals[0].index, 1u);
  EXPECT_EQ(answer.refusals[0].count, 3u);
  EXPECT_EQ(answer.refusals[1].index, 2u);
  EXPECT_EQ(answer.refusals[1].count, 1u);
  EXPECT_FALSE(answer.refusals[1].again);
  EXPECT_EQ(answer.message, "the receiver rejected 4 spans of the request");
}

TEST(OtlpAnswer, NeverRejectsMoreThanWasSent) {
  const Answer answer = judged(answered(200, "\x0a\x03\x08\xff\x7f"), {3, 2});

  ASSERT_EQ(answer.refusals.size(), 2u);
  EXPECT_EQ(answer.refusals[0].count + answer.refusals[1].count, 5u);
}

TEST(OtlpAnswer, KnowsEachStatusByWhatHelps) {
  EXPECT_EQ(judged(answered(429)).failure, Failure::throttled);
  EXPECT_EQ(judged(answered(429)).reason, Reason::throttled);
  for (const int status : {502, 503, 504}) {
    EXPECT_EQ(judged(answered(status)).failure, Failure::transient) << status;
    EXPECT_EQ(judged(answered(status)).reason, Reason::unavailable) << status;
    // A gateway that lost patience does not know what became of it.
    EXPECT_EQ(judged(answered(status)).maybe_received, status == 504) << status;
  }
  for (const int status : {400, 413}) {
    EXPECT_EQ(judged(answered(status)).failure, Failure::poison) << status;
  }
  for (const int status : {401, 403}) {
    EXPECT_EQ(judged(answered(status)).failure, Failure::unauthorized) << status;
    EXPECT_EQ(judged(answered(status)).reason, Reason::unauthorized) << status;
  }
  for (const int status : {301, 404, 405, 415, 500, 501}) {
    EXPECT_EQ(judged(answered(status)).failure, Failure::final) << status;
  }
}

TEST(OtlpAnswer, SaysTheStatusAndNothingOfTheBody) {
  const Answer answer = judged(answered(404, "secret-of-the-receiver"));

  EXPECT_EQ(answer.message,
            "the receiver answered 404: check the URL, path included, and that it takes OTLP/HTTP");
}

TEST(OtlpAnswer, WaitsAsLongAsTheReceiverAsks) {
  ClientResponse busy = answered(503);
  ASSERT_TRUE(busy.headers.set("retry-after", "7"));

  EXPECT_EQ(judged(busy).retry_after, seconds(7));
  EXPECT_EQ(judged(answered(503)).retry_after, seconds(0));
  EXPECT_EQ(read_retry_after(" 12 ", kNow), seconds(12));
  EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", kNow), seconds(60));
  EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", kNow), seconds(0));
  EXPECT_EQ(read_retry_after("99999999999", kNow), seconds(86'400));
  EXPECT_EQ(read_retry_after("18446744073709551616", kNow), seconds(0));
  EXPECT_EQ(read_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kNow), seconds(86'400));
  for (const char* wrong : {"", "-1", "1.5", "soon", "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
                            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
    EXPECT_EQ(read_retry_after(wrong, kNow), seconds(0)) << wrong;
  }
}

TEST(OtlpAnswer, WithoutOneSaysWhetherItMayHaveBeenReceived) {
  const Error broken{ErrorCode::unavailable, "it broke off", ""};

  EXPECT_EQ(judge_failure(broken, true).failure, Failure::transient);
  EXPECT_TRUE(judge_failure(broken, true).maybe_received);
  EXPECT_FALSE(judge_failure(broken, false).maybe_received);
  EXPECT_EQ(judge_failure({ErrorCode::invalid_argument, "no url", ""}, false).failure,
            Failure::final);
}

}  // namespace
}  // namespace aloft::http_client
