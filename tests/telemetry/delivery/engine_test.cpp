// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/hand_wire.hpp"

#include <string>
#include <utility>
#include <vector>

namespace aloft {
namespace {

using delivery::Engine;
using Sent = std::vector<std::string>;

class DeliveryEngine : public EngineTest {};

TEST_F(DeliveryEngine, SendsWhatLingeredAndCountsTheAcknowledgement) {
  make();

  offer({"a", "b"});
  pass(milliseconds(199));
  EXPECT_TRUE(requests.sent.empty());
  pass(milliseconds(1));
  ASSERT_EQ(requests.sent, std::vector<Sent>({{"a", "b"}}));
  EXPECT_EQ(books().in_flight, 2u);
  requests.answer(Answer::accepted());
  engine->poll();

  EXPECT_EQ(books().acknowledged, 2u);
  EXPECT_EQ(books().in_flight, 0u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryEngine, CountsWhatARecordStandsFor) {
  requests.at_once = {Answer::accepted()};
  make();

  std::vector<delivery::Record> records;
  records.push_back(record("three spans", "", 3));
  records.push_back(record("one", "", 1));
  engine->offer(std::move(records));
  pass(seconds(1));

  EXPECT_EQ(books().accepted, 4u);
  EXPECT_EQ(books().acknowledged, 4u);
}

TEST_F(DeliveryEngine, SendsAFullBatchWithoutLingering) {
  requests.limits.batch_records = 2;
  make();

  offer({"a", "b", "c"});
  engine->poll();

  EXPECT_EQ(requests.sent, std::vector<Sent>({{"a", "b"}}));
}

TEST_F(DeliveryEngine, FillsABatchByBytesWithTheOverheadOfEachRecord) {
  requests.limits.batch_bytes = 30;
  requests.limits.record_overhead_bytes = 5;
  requests.at_once = {Answer::accepted()};
  make();

  offer({"0123456789", "0123456789", "x"});
  pass(seconds(1));

  EXPECT_EQ(requests.sent, std::vector<Sent>({{"0123456789", "0123456789"}, {"x"}}));
}

TEST_F(DeliveryEngine, FillsABatchByWhatItsRecordsStandFor) {
  requests.limits.batch_count = 5;
  requests.at_once = {Answer::accepted()};
  make();

  std::vector<delivery::Record> records;
  for (const auto& [payload, count] :
       {std::pair("three", 3u), {"two", 2u}, {"one", 1u}, {"six", 6u}}) {
    records.push_back({.payload = payload, .count = count});
  }
  engine->offer(std::move(records));
  pass(seconds(1));

  EXPECT_EQ(requests.sent, std::vector<Sent>({{"three", "two"}, {"one"}}));
  EXPECT_EQ(books().dropped[Reason::too_large], 6u);
}

TEST_F(DeliveryEngine, DropsARecordAboveTheWiresLimitAndTakesTheRest) {
  requests.limits.record_bytes = 4;
  requests.at_once = {Answer::accepted()};
  make();

  offer({"12345", "1234"});
  pass(seconds(1));

  EXPECT_EQ(books().dropped[Reason::too_large], 1u);
  EXPECT_EQ(books().acknowledged, 1u);
}

TEST_F(DeliveryEngine, KeepsABatchWithinTheWiresSpanOfTime) {
  requests.limits.longest_span = seconds(10);
  requests.at_once = {Answer::accepted()};
  make();
  std::vector<delivery::Record> records;
  for (const int age : {0, 20, 5}) {
    records.push_back({.payload = std::to_string(age),
                       .tenant = std::to_string(age),
                       .count = 1,
                       .time = clock.now().wall - seconds(age)});
  }

  engine->offer(std::move(records));
  pass(seconds(1));

  EXPECT_EQ(requests.sent, std::vector<Sent>({{"0", "5"}, {"20"}}));
  EXPECT_EQ(engine->counters().batches_cut, 1u);
}

TEST_F(DeliveryEngine, DropsWhatIsOlderThanTheReceiverTakes) {
  requests.limits.oldest = minutes(1);
  make();
  std::vector<delivery::Record> records;
  records.push_back(
      {.payload = "old", .tenant = {}, .count = 1, .time = clock.now().wall - minutes(2)});

  engine->offer(std::move(records));
  pass(seconds(1));

  EXPECT_TRUE(requests.sent.empty());
  EXPECT_EQ(books().dropped[Reason::expired], 1u);
}

TEST_F(DeliveryEngine, CountsAPartOfARecordAsRejectedAndTheRestAsAcknowledged) {
  make();
  engine->offer({{.payload = "spans", .count = 5}, {.payload = "more", .count = 3}});
  pass(milliseconds(200));

  requests.answer({.refusals = {{.index = 0, .count = 2}, {.index = 1, .count = 9}}});
  engine->poll();

  EXPECT_EQ(books().acknowledged, 3u);
  EXPECT_EQ(books().rejected[Reason::invalid], 5u);
  EXPECT_EQ(books().in_flight, 0u);
  EXPECT_EQ(books().balance(), 0);
}

TEST_F(DeliveryEngine, FlushesWithoutLingeringAndTellsTheTruth) {
  make();
  offer({"a"});

  EXPECT_FALSE(engine->flush(Deadline{clock.steady_now()}));
  ASSERT_EQ(requests.open.size(), 1u);
  requests.answer(Answer::accepted());

  EXPECT_TRUE(engine->flush(Deadline{clock.steady_now()}));
}

TEST_F(DeliveryEngine, AFlushDoesNotWaitForWhatIsOfferedLater) {
  make();
  offer({"a"});
  EXPECT_FALSE(engine->flush(Deadline{clock.steady_now()}));
  offer({"b"});

  requests.answer(Answer::accepted());
  engine->poll();

  EXPECT_EQ(books().in_flight, 1u);
  EXPECT_FALSE(engine->flush(Deadline{clock.steady_now()}));
}

TEST_F(DeliveryEngine, DropsAsOwnerGoneWhatItCannotDeliverBeforeItEnds) {
  make();
  offer({"in a request"});
  pass(milliseconds(200));
  offer({"queued"});

  const Accounting books = engine->shutdown(Deadline{clock.steady_now()});

  EXPECT_EQ(books.dropped[Reason::owner_gone], 1u);
  EXPECT_EQ(books.unknown, 1u) << "nobody says what became of the request";
  EXPECT_EQ(books.in_flight, 0u);
  EXPECT_EQ(books.balance(), 0);
  offer({"late"});
  EXPECT_EQ(engine->accounting().dropped[Reason::owner_gone], 2u);
  EXPECT_EQ(engine->shutdown(Deadline{clock.steady_now()}).accepted, 3u);
}

TEST_F(DeliveryEngine, AnAnswerAfterItsEndIsHarmless) {
  make();
  offer({"a"});
  pass(milliseconds(200));
  engine.reset();

  requests.answer(Answer::accepted());
}

TEST_F(DeliveryEngine, RefusesOptionsOutOfTheirRange) {
  const auto refused = [&](auto change) {
    delivery::EngineOptions wrong;
    delivery::Limits limits;
    change(wrong, limits);
    Requests other{.limits = limits};
    const Result<Engine> made =
        Engine::create(wrong, std::make_unique<HandWire>(other), platform());
    return !made && made.error().code == ErrorCode::invalid_argument;
  };
  using Options = delivery::EngineOptions;
  using Limits = delivery::Limits;

  EXPECT_TRUE(refused([](Options& o, Limits&) { o.name = ""; }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.queue_limit_bytes = 500'000; }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.tenant_limit = 0; }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.linger = -seconds(1); }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.request_timeout = Nanoseconds(0); }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.requests_limit = 201; }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.attempts_limit = 0; }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.age_limit = Nanoseconds(0); }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.probe_interval = Nanoseconds(0); }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.shutdown_timeout = -seconds(1); }));
  EXPECT_TRUE(refused([](Options& o, Limits&) { o.dead_letter_limit = 10'001; }));
  EXPECT_TRUE(refused([](Options&, Limits& l) { l.batch_records = 0; }));
  EXPECT_TRUE(refused([](Options&, Limits& l) { l.batch_count = 0; }));
  EXPECT_TRUE(refused([](Options&, Limits& l) { l.record_bytes = 0; }));
  EXPECT_TRUE(refused([](Options&, Limits& l) { l.record_overhead_bytes = l.batch_bytes; }));
  EXPECT_TRUE(refused([](Options&, Limits& l) { l.oldest = Nanoseconds(0); }));
  EXPECT_TRUE(refused([](Options&, Limits& l) { l.longest_span = Nanoseconds(-1); }));
  EXPECT_FALSE(refused([](Options&, Limits&) {}));
  EXPECT_FALSE(Engine::create({}, nullptr, platform()));
}

}  // namespace
}  // namespace aloft
