// SPDX-License-Identifier: Apache-2.0
// PutLogEvents over real sockets: its limits to the byte, and what it leaves out.
#include "logs_api_fixture.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using fixture::HttpAnswer;
using fixture::LogsApiTest;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

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

}  // namespace
}  // namespace aloft::console
