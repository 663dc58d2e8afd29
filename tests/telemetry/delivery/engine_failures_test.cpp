// SPDX-License-Identifier: Apache-2.0
// What the engine does with each kind of failure.
#include "telemetry/delivery/hand_wire.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace aloft {
namespace {

using delivery::DeadLetter;
using delivery::EngineHealth;
using Sent = std::vector<std::string>;

class DeliveryFailures : public EngineTest {};

TEST_F(DeliveryFailures, BisectsARefusedBatchDownToThePoisonAndSendsTheRest) {
  make();
  offer({"a", "b", "poison", "d"});
  pass(milliseconds(200));
  const Answer poison{.failure = Failure::poison, .message = "document 3 has no trace id"};

  for (int i = 0; i < 8; ++i) {
    if (requests.open.empty()) break;
    const Sent& payloads = requests.open.front().payloads;
    const bool bad = std::find(payloads.begin(), payloads.end(), "poison") != payloads.end();
    requests.answer(bad ? poison : Answer::accepted());
    engine->poll();
  }

  EXPECT_EQ(requests.sent,
            std::vector<Sent>(
                {{"a", "b", "poison", "d"}, {"a", "b"}, {"poison", "d"}, {"poison"}, {"d"}}));
  EXPECT_EQ(books().acknowledged, 3u);
  EXPECT_EQ(books().rejected[Reason::invalid], 1u);
  EXPECT_EQ(books().balance(), 0);
  const std::vector<DeadLetter> letters = engine->take_dead_letters();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].record.payload, "poison");
  EXPECT_EQ(letters[0].reason, Reason::invalid);
  EXPECT_EQ(letters[0].message, "document 3 has no trace id");
  EXPECT_TRUE(engine->take_dead_letters().empty());
}

TEST_F(DeliveryFailures, KeepsNoMoreDeadLettersThanItWasAllowedAndCountsTheRest) {
  options.dead_letter_limit = 2;
  requests.at_once = {{.failure = Failure::final}};
  make();

  offer({"a", "b", "c"});
  pass(seconds(1));

  EXPECT_EQ(books().rejected[Reason::invalid], 3u);
  EXPECT_EQ(engine->take_dead_letters().size(), 2u);
  EXPECT_EQ(engine->counters().dead_letters_lost, 1u);
}

TEST_F(DeliveryFailures, MapsPartialAcceptanceToTrueCounts) {
  make();
  offer({"taken", "refused", "later"});
  pass(milliseconds(200));

  requests.answer({.refusals = {{.index = 1, .again = false, .reason = Reason::expired},
                                {.index = 2, .again = true, .reason = Reason::throttled}}});
  engine->poll();

  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(books().rejected[Reason::expired], 1u);
  EXPECT_EQ(books().in_flight, 1u);
  pass(seconds(1));
  ASSERT_EQ(requests.sent.size(), 2u);
  EXPECT_EQ(requests.sent[1], Sent({"later"}));
}

TEST_F(DeliveryFailures, RefusalsOfSingleRecordsTakeFromTheRetryBudget) {
  options.attempts_limit = 1'000;
  options.age_limit = std::chrono::hours(24);
  make();
  offer({"never now"});
  pass(milliseconds(200));

  // A receiver that takes every request, and its record later.
  for (int i = 0; i < 200; ++i) {
    requests.answer({.refusals = {{.index = 0, .again = true, .reason = Reason::throttled}}});
    engine->poll();
    pass(minutes(1));
  }

  EXPECT_GT(engine->counters().retries_unbudgeted, 0u);
}

TEST_F(DeliveryFailures, ARequestOfWhichNothingWasTakenGivesNothingBackToTheBudget) {
  options.attempts_limit = 2;
  make();

  for (int i = 0; i < 200; ++i) {
    offer({"never"});
    pass(milliseconds(200));
    for (int attempt = 0; attempt < 2; ++attempt) {
      requests.answer({.refusals = {{.index = 0, .again = true, .reason = Reason::throttled}}});
      engine->poll();
      pass(minutes(1));
    }
  }

  EXPECT_GT(engine->counters().retries_unbudgeted, 0u);
}

TEST_F(DeliveryFailures, IgnoresRefusalsOfRecordsThatItDidNotSendAndCountsThem) {
  make();
  offer({"a", "b"});
  pass(milliseconds(200));

  requests.answer({.refusals = {{.index = 7}, {.index = 1}, {.index = 1}}});
  engine->poll();

  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(books().rejected[Reason::invalid], 1u);
  EXPECT_EQ(engine->counters().answers_ignored, 2u);
}

TEST_F(DeliveryFailures, IgnoresASecondAnswerToOneRequest) {
  make();
  offer({"a"});
  pass(milliseconds(200));
  const delivery::Wire::Done done = requests.open.at(0).done;

  done(Answer::accepted());
  done({.failure = Failure::final});
  engine->poll();

  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(books().rejected.total(), 0u);
  EXPECT_EQ(engine->counters().answers_ignored, 1u);
}

TEST_F(DeliveryFailures, SaysThatAndWhyTheReceiverTakesNothingUntilItDoes) {
  make();
  offer({"a"});
  pass(milliseconds(200));
  requests.answer({.failure = Failure::final, .message = "check the URL"});
  pass(minutes(2));  // what was lost in the last minute is not what is wrong

  const EngineHealth health = engine->health();
  EXPECT_EQ(health.state, EngineHealth::State::failed);
  EXPECT_THAT(health.sentence, ::testing::HasSubstr("check the URL"));

  requests.at_once = {Answer::accepted()};
  offer({"b"});
  pass(seconds(1));
  EXPECT_EQ(engine->health().state, EngineHealth::State::ok);
}

TEST_F(DeliveryFailures, TheAgeEndsAnOutageAndNotTheNumberOfAttempts) {
  options.age_limit = minutes(15);
  requests.at_once = {{.failure = Failure::transient}};
  make();
  offer({"a"});

  pass(minutes(14));
  EXPECT_EQ(books().in_flight, 1u);
  pass(minutes(2));
  EXPECT_EQ(books().dropped[Reason::unavailable], 1u);
}

TEST_F(DeliveryFailures, WaitsAsLongAsTheReceiverAsks) {
  make();
  offer({"a"});
  pass(milliseconds(200));

  requests.answer({.failure = Failure::throttled, .retry_after = seconds(40)});
  pass(seconds(39));
  EXPECT_EQ(requests.sent.size(), 1u);
  pass(seconds(21));

  EXPECT_EQ(requests.sent.size(), 2u);
  EXPECT_EQ(engine->counters().throttles, 1u);
}

TEST_F(DeliveryFailures, WaitsFiveMinutesAtMostWhateverTheReceiverAsks) {
  make();
  offer({"a"});
  pass(milliseconds(200));

  requests.answer({.failure = Failure::throttled, .retry_after = std::chrono::hours(24)});
  pass(minutes(5));

  EXPECT_EQ(requests.sent.size(), 2u);
}

TEST_F(DeliveryFailures, SendsNothingNewWhileItIsThrottled) {
  make();
  offer({"a"});
  pass(milliseconds(200));
  requests.answer({.failure = Failure::throttled, .retry_after = seconds(30)});
  engine->poll();

  offer({"b"});
  pass(seconds(29));

  EXPECT_EQ(requests.sent.size(), 1u);
}

TEST_F(DeliveryFailures, DropsWithTheReasonOfTheLastFailureWhenAttemptsAreUsedUp) {
  options.attempts_limit = 3;
  make();
  requests.at_once = {{.failure = Failure::transient}};

  offer({"a"});
  pass(minutes(5));

  EXPECT_EQ(requests.sent.size(), 3u);
  EXPECT_EQ(books().dropped[Reason::unavailable], 1u);
}

TEST_F(DeliveryFailures, CountsAsUnknownWhatIsGivenUpAndMayHaveArrived) {
  options.attempts_limit = 2;
  make();
  requests.at_once = {{.failure = Failure::transient, .maybe_received = true},
                      {.failure = Failure::transient}};

  offer({"a"});
  pass(minutes(5));

  EXPECT_EQ(books().unknown, 1u);
  EXPECT_EQ(books().dropped.total(), 0u);
  EXPECT_EQ(engine->counters().records_ambiguous, 1u);
}

TEST_F(DeliveryFailures, DropsByAgeWithTheReasonOfTheLastFailure) {
  options.age_limit = seconds(100);
  make();
  requests.at_once = {{.failure = Failure::throttled, .retry_after = minutes(4)}};

  offer({"tried"});
  pass(seconds(1));
  offer({"queued behind it"});
  pass(seconds(103));

  EXPECT_EQ(books().dropped[Reason::throttled], 2u);
  EXPECT_EQ(books().in_flight, 0u);
}

TEST_F(DeliveryFailures, KeepsRecordsAndProbesSlowlyWhileCredentialsAreRefused) {
  options.probe_interval = seconds(30);
  make();
  requests.at_once = {{.failure = Failure::unauthorized, .message = "AccessDenied"}};

  offer({"a"});
  pass(minutes(10));

  EXPECT_EQ(books().in_flight, 1u);
  EXPECT_GE(requests.sent.size(), 20u);  // every 15 to 30 s
  EXPECT_LE(requests.sent.size(), 42u);
  const EngineHealth health = engine->health();
  EXPECT_EQ(health.state, EngineHealth::State::failed);
  EXPECT_THAT(health.sentence, ::testing::HasSubstr("AccessDenied"));
  requests.at_once = {Answer::accepted()};
  pass(seconds(31));
  EXPECT_EQ(books().acknowledged, 1u);
  EXPECT_EQ(engine->health().state, EngineHealth::State::ok);
}

TEST_F(DeliveryFailures, CreatesWhatIsMissingOnceHoweverManyBatchesMissIt) {
  requests.limits.batch_records = 1;
  make();
  // Two answers raise the limit, so that two requests are out.
  offer({"1", "2", "3", "4", "5", "6"});
  engine->poll();
  for (int i = 0; i < 3; ++i) {
    requests.answer(Answer::accepted());
    engine->poll();
  }
  ASSERT_GE(requests.open.size(), 2u);
  const std::size_t before = requests.sent.size();

  while (!requests.open.empty()) requests.answer({.failure = Failure::missing});
  engine->poll();
  pass(minutes(1));
  EXPECT_EQ(requests.creations.size(), 1u);
  EXPECT_EQ(requests.sent.size(), before);  // nothing goes out meanwhile
  requests.answer_creation(Answer::accepted());
  requests.at_once = {Answer::accepted()};
  pass(seconds(1));

  EXPECT_EQ(books().acknowledged, 6u);
  EXPECT_EQ(engine->counters().creations, 1u);
}

TEST_F(DeliveryFailures, DropsAsMissingWhenTheResourceCannotBeCreated) {
  make();
  requests.at_once = {{.failure = Failure::missing}};
  offer({"a"});
  pass(seconds(1));

  requests.answer_creation({.failure = Failure::final});
  engine->poll();

  EXPECT_EQ(books().dropped[Reason::missing], 1u);
  EXPECT_EQ(engine->health().state, EngineHealth::State::failed);
}

TEST_F(DeliveryFailures, SaysOnceThatItIsInTrouble) {
  make();
  requests.at_once = {{.failure = Failure::unauthorized}};

  offer({"a"});
  pass(minutes(3));

  const auto reports = diagnostics.reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].code, ErrorCode::permission_denied);
  EXPECT_EQ(reports[0].subject, "delivery");
}

}  // namespace
}  // namespace aloft
