// SPDX-License-Identifier: Apache-2.0
// The order of events in a call, its body, and what an answer says of each: pure functions.
#include "aws/log_events.hpp"

#include <aloft/aws/cloudwatch_logs_wire.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace aloft::aws {
namespace {

using namespace std::chrono_literals;
using delivery::Answer;
using delivery::Failure;
using delivery::Refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const WallTime kTime{Nanoseconds(1'763'812'345'123'456'789)};

delivery::Record event(Nanoseconds after, std::string payload) {
  return {.payload = std::move(payload), .time = kTime + after};
}
delivery::Record event(Nanoseconds after, int sequence) {
  return event(after, "{\"id\":\"0123456789abcdef-" + std::to_string(sequence) + "\"}");
}

struct Events {
  explicit Events(std::vector<delivery::Record> list) : records(std::move(list)) {
    for (const delivery::Record& record : records) pointers.push_back(&record);
  }
  std::vector<delivery::Record> records;
  std::vector<const delivery::Record*> pointers;
};

Events some(std::size_t count) {
  std::vector<delivery::Record> list;
  for (std::size_t i = 0; i < count; ++i) list.push_back(event(1ms * i, "text"));
  return Events(std::move(list));
}

/// "2!expired": the record of index 2 is refused for good, "2?throttled" for now.
std::vector<std::string> refusals(const Answer& answer) {
  std::vector<std::string> out;
  for (const Refusal& one : answer.refusals) {
    out.push_back(std::to_string(one.index) + (one.again ? "?" : "!") +
                  std::string(to_string(one.reason)));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Answer judged(std::string_view info, std::size_t count = 5) {
  const Events events = some(count);
  return read_rejected_events("{\"rejectedLogEventsInfo\":{" + std::string(info) + "}}",
                              plan_log_call(events.pointers));
}

TEST(LogCall, IsInTheOrderOfTimeAndWithinAMomentOfItsSequence) {
  const Events events({event(2ms, 7), event(1ms, 12), event(0ms, 9), event(1ms, 3), event(1ms, 4)});

  EXPECT_THAT(plan_log_call(events.pointers).order, ElementsAre(2, 3, 4, 1, 0));
}

TEST(LogCall, KeepsTheOrderInWhichLinesWithoutSequenceCame) {
  const Events events({event(1ms, "b"), event(1ms, "a"), event(0ms, "c")});

  EXPECT_THAT(plan_log_call(events.pointers).order, ElementsAre(2, 0, 1));
}

TEST(LogCall, LeavesOutWhatWouldCostTheWholeCall) {
  const Events events({event(0ms, ""),
                       event(1ms, "text"),
                       {.payload = "before 1970", .time = WallTime(Nanoseconds(-1))}});

  const LogCall call = plan_log_call(events.pointers);
  const Answer answer = read_rejected_events("{}", call);

  EXPECT_THAT(call.order, ElementsAre(1));
  EXPECT_EQ(answer.failure, std::nullopt);
  EXPECT_THAT(refusals(answer), ElementsAre("0!invalid", "2!invalid"));
}

TEST(LogCall, IsWrittenAsTheApiHasIt) {
  const Events events({event(1ms, "{\"a\":\"b\\\"\"}"), event(0ms, "first")});

  EXPECT_EQ(put_log_events_body("/aloft/x", "s", events.pointers, plan_log_call(events.pointers)),
            R"({"logGroupName":"/aloft/x","logStreamName":"s","logEvents":[)"
            R"({"timestamp":1763812345123,"message":"first"},)"
            R"({"timestamp":1763812345124,"message":"{\"a\":\"b\\\"\"}"}]})");
}

TEST(LogCall, HasWithinTheLimitOfACallRoomForTheWorstThatEscapesMakeOfJson) {
  const std::string quotes(kMaxEventBytes, '"');
  const Events events({event(0ms, quotes)});

  const std::string body = put_log_events_body(std::string(512, 'g'), std::string(512, 's'),
                                               events.pointers, plan_log_call(events.pointers));

  EXPECT_LE(2 * kMaxEventBytes, 1'000'000u);
  EXPECT_LE(2 * kMaxCallEventBytes, kMaxPutBytes);
  EXPECT_LE(body.size(), kMaxPutBytes);
}

TEST(RejectedEvents, AreNoneWhenTheAnswerNamesNone) {
  const Events events = some(2);
  const LogCall call = plan_log_call(events.pointers);

  for (const char* body : {"", "{}", R"({"nextSequenceToken":"49"})",
                           R"({"rejectedLogEventsInfo":null})", R"({"rejectedLogEventsInfo":{}})",
                           R"({"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":0}})",
                           R"({"rejectedLogEventsInfo":{"tooNewLogEventStartIndex":2}})"}) {
    const Answer answer = read_rejected_events(body, call);
    EXPECT_EQ(answer.failure, std::nullopt) << body;
    EXPECT_THAT(answer.refusals, IsEmpty()) << body;
  }
}

TEST(RejectedEvents, AreCountedFromIndexesOneOfWhichIsInclusive) {
  EXPECT_THAT(refusals(judged(R"("tooNewLogEventStartIndex":3)")),
              ElementsAre("3!invalid", "4!invalid"));
  EXPECT_THAT(refusals(judged(R"("tooOldLogEventEndIndex":2)")),
              ElementsAre("0!expired", "1!expired"));
  EXPECT_THAT(refusals(judged(R"("expiredLogEventEndIndex":1)")), ElementsAre("0!expired"));
  EXPECT_THAT(refusals(judged(R"("tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2,)"
                              R"("tooNewLogEventStartIndex":4)")),
              ElementsAre("0!expired", "1!expired", "4!invalid"));
}

TEST(RejectedEvents, AreCountedOnceHoweverTheIndexesOverlapAndWhateverTheySay) {
  EXPECT_THAT(refusals(judged(R"("tooOldLogEventEndIndex":2,"tooNewLogEventStartIndex":1)", 2)),
              ElementsAre("0!expired", "1!expired"));
  EXPECT_THAT(refusals(judged(R"("tooOldLogEventEndIndex":99)", 1)), ElementsAre("0!expired"));
  EXPECT_THAT(refusals(judged(R"("tooNewLogEventStartIndex":-7)", 1)), IsEmpty());
}

TEST(RejectedEvents, AreThoseOfTheRecordsThatStoodThereInTheCall) {
  const Events events({event(2ms, "newest"), event(0ms, "oldest"), event(1ms, "")});

  const Answer answer = read_rejected_events(
      R"({"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}})", plan_log_call(events.pointers));

  EXPECT_THAT(refusals(answer), ElementsAre("1!expired", "2!invalid"));
}

TEST(RejectedEvents, AreNoneWhenOnlyTheEntityWasRejected) {
  const Events events = some(1);

  const Answer answer =
      read_rejected_events(R"({"rejectedEntityInfo":{"errorType":"InvalidKeyAttributes"}})",
                           plan_log_call(events.pointers));
  const Answer other = read_rejected_events(R"({"rejectedEntityInfo":{"errorType":"hush"}})",
                                            plan_log_call(events.pointers));

  EXPECT_EQ(answer.failure, std::nullopt);
  EXPECT_THAT(answer.refusals, IsEmpty());
  EXPECT_EQ(answer.message, "the entity was rejected, the events were taken: InvalidKeyAttributes");
  EXPECT_THAT(other.message, Not(HasSubstr("hush")));
}

TEST(RejectedEvents, AreUnknownWhenTheAnswerIsNoJson) {
  const Events events = some(1);

  const Answer answer = read_rejected_events("<html>", plan_log_call(events.pointers));

  EXPECT_EQ(answer.failure, Failure::transient);
  EXPECT_TRUE(answer.maybe_received);
}

}  // namespace
}  // namespace aloft::aws
