// SPDX-License-Identifier: Apache-2.0
#include "console/broadcaster.hpp"

#include "documents.hpp"

#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aloft::console {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A reader that remembers, and lets the test wait until something has come.
class Reader : public http::StreamSink {
 public:
  bool write(std::string chunk) override {
    const std::lock_guard lock(mutex_);
    if (!open_) return false;
    text_ += chunk;
    changed_.notify_all();
    return true;
  }
  bool open() const noexcept override {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  void close() noexcept override {
    const std::lock_guard lock(mutex_);
    open_ = false;
    changed_.notify_all();
  }
  // Everything so far, once it holds `part`; the limit only ends a test that has failed.
  std::string text_with(const std::string& part) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(20), [&] { return text_.find(part) != std::string::npos; });
    return text_;
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  bool open_ = true;
};

Query query(std::string_view text) { return std::get<Query>(Query::parse(text)); }

TraceChange change(unsigned number, std::string summary, std::string searchable = "ok") {
  return {fixture::trace_id(number), std::move(summary), std::move(searchable)};
}

std::vector<TraceChange> one(TraceChange only) {
  std::vector<TraceChange> changes;
  changes.push_back(std::move(only));
  return changes;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class BroadcasterTest : public ::testing::Test {
 protected:
  std::shared_ptr<Reader> subscribe(std::string_view text = "", bool overview = false) {
    auto reader = std::make_shared<Reader>();
    broadcaster_.subscribe({query(text), overview}, http::StreamWriter(reader));
    return reader;
  }

  std::shared_ptr<Reader> subscribe_by_filter(std::string_view text) {
    auto reader = std::make_shared<Reader>();
    broadcaster_.subscribe({{}, false, std::get<xray::Filter>(xray::Filter::parse(text))},
                           http::StreamWriter(reader));
    return reader;
  }

  aloft::testing::ManualClock clock_;
  Broadcaster broadcaster_{clock_, EventSources{[] { return std::string("{\"s\":1}"); },
                                                [] { return std::string("{\"o\":1}"); },
                                                [](const TraceId& id) { return fold(id); }}};

 private:
  // Trace 1 has a fault, trace 9 is gone.
  static std::optional<xray::TraceFold> fold(const TraceId& id) {
    if (id == fixture::trace_id(9)) return std::nullopt;
    xray::TraceFold fold;
    fold.fault = id == fixture::trace_id(1);
    return fold;
  }
};

TEST_F(BroadcasterTest, GreetsWithTheStatus) {
  EXPECT_EQ(subscribe()->text(), "retry: 1000\n\nevent: status\ndata: {\"s\":1}\n\n");
}

TEST_F(BroadcasterTest, SendsTheOverviewToThoseWhoAskedEveryTwoSeconds) {
  const auto asked = subscribe("", true);
  const auto other = subscribe();
  EXPECT_EQ(count(asked->text(), "event: overview\ndata: {\"o\":1}\n\n"), 1U);
  broadcaster_.start();

  std::size_t quarters = 0;
  for (; count(asked->text(), "event: overview") < 3; ++quarters) clock_.advance(milliseconds(250));
  broadcaster_.stop();

  const std::size_t overviews = count(asked->text(), "event: overview");
  EXPECT_EQ(overviews, count(asked->text(), "event: status"));
  EXPECT_LE(overviews, 1 + quarters / 8);
  EXPECT_EQ(count(other->text(), "event: overview"), 0U);
}

TEST_F(BroadcasterTest, SendsWhatMatches) {
  const auto all = subscribe();
  const auto faults = subscribe("fault");
  broadcaster_.publish(one(change(1, "{\"n\":1}", "fine")));
  broadcaster_.publish(one(change(2, "{\"n\":2}", "fault")));
  broadcaster_.start();

  EXPECT_NE(all->text_with("{\"n\":2}")
                .find("event: traces\ndata: {\"traces\":[{\"n\":1},"
                      "{\"n\":2}]}\n\n"),
            std::string::npos);
  EXPECT_NE(faults->text_with("{\"n\":2}").find("data: {\"traces\":[{\"n\":2}]}\n\n"),
            std::string::npos);
}

TEST_F(BroadcasterTest, SendsWhatAFilterMatchesByTheTracesThemselves) {
  const auto faults = subscribe_by_filter("fault");
  const auto others = subscribe_by_filter("!fault");
  broadcaster_.publish(one(change(1, "{\"n\":1}", "fine")));
  broadcaster_.publish(one(change(2, "{\"n\":2}", "fault")));
  broadcaster_.publish(one(change(9, "{\"n\":9}", "fault")));
  broadcaster_.start();

  EXPECT_NE(faults->text_with("{\"n\":1}").find("data: {\"traces\":[{\"n\":1}]}\n\n"),
            std::string::npos);
  EXPECT_NE(others->text_with("{\"n\":2}").find("data: {\"traces\":[{\"n\":2}]}\n\n"),
            std::string::npos);
}

TEST_F(BroadcasterTest, TellsAFilterToReadTheListAgainWhenTooMuchChangedAtOnce) {
  const auto filter = subscribe_by_filter("fault");
  const auto all = subscribe();
  std::vector<TraceChange> changes;
  for (unsigned i = 0; i < 1025; ++i) changes.push_back(change(i, "{\"n\":1}"));
  broadcaster_.publish(std::move(changes));
  broadcaster_.start();

  EXPECT_NE(filter->text_with("event: reset").find("event: reset\ndata: {}\n\n"),
            std::string::npos);
  EXPECT_NE(all->text_with("event: traces").find("{\"n\":1}"), std::string::npos);
}

TEST_F(BroadcasterTest, SendsTheLatestFormOfATraceOnce) {
  const auto reader = subscribe();
  broadcaster_.publish(one(change(1, "{\"r\":1}")));
  broadcaster_.publish(one(change(2, "{\"r\":2}")));
  broadcaster_.publish(one(change(1, "{\"r\":3}")));
  broadcaster_.start();

  EXPECT_NE(reader->text_with("{\"r\":2}").find("[{\"r\":3},{\"r\":2}]"), std::string::npos);
}

TEST_F(BroadcasterTest, SendsAtMostTwoHundredAtATimeAndTheRestLater) {
  const auto reader = subscribe();
  std::vector<TraceChange> changes;
  for (unsigned i = 0; i < 250; ++i) changes.push_back(change(i, "{\"n\":1}"));
  changes.push_back(change(999, "{\"last\":1}"));
  broadcaster_.publish(std::move(changes));
  broadcaster_.start();
  EXPECT_EQ(count(reader->text_with("event: traces"), "{\"n\":1}"), 200U);

  while (reader->text().find("last") == std::string::npos) clock_.advance(milliseconds(250));

  EXPECT_EQ(count(reader->text(), "{\"n\":1}"), 250U);
  EXPECT_EQ(count(reader->text(), "event: traces"), 2U);
}

TEST_F(BroadcasterTest, KeepsAnEventBelowWhatAStreamMayHold) {
  const auto reader = subscribe();
  std::vector<TraceChange> changes;
  for (unsigned i = 0; i < 5; ++i) changes.push_back(change(i, std::string(60'000, 'x')));
  broadcaster_.publish(std::move(changes));
  broadcaster_.start();

  EXPECT_LT(reader->text_with("event: traces").size(), 130'000U);
}

TEST_F(BroadcasterTest, TellsAReaderThatIsTooSlowToStartOver) {
  const auto reader = subscribe();
  const auto picky = subscribe("rare");
  std::vector<TraceChange> changes;
  for (unsigned i = 0; i < 3000; ++i) changes.push_back(change(i, "{\"n\":1}"));
  changes.push_back(change(3001, "{\"rare\":1}", "rare"));
  broadcaster_.publish(std::move(changes));
  broadcaster_.start();

  const std::string text = reader->text_with("event: reset\ndata: {}\n\n");

  EXPECT_EQ(count(text, "event: reset"), 1U);
  EXPECT_EQ(count(text, "event: traces"), 0U);
  EXPECT_EQ(count(picky->text_with("{\"rare\":1}"), "event: reset"), 0U);
}

TEST_F(BroadcasterTest, TellsEveryoneToStartOverWhenTooMuchIsPublishedAtOnce) {
  const auto reader = subscribe();
  std::vector<TraceChange> changes;
  for (unsigned i = 0; i < 5000; ++i) changes.push_back(change(i, "{}"));
  broadcaster_.publish(std::move(changes));
  broadcaster_.start();

  EXPECT_EQ(count(reader->text_with("event: reset"), "event: traces"), 0U);
}

TEST_F(BroadcasterTest, TellsThatEverythingWasForgotten) {
  const auto reader = subscribe();
  broadcaster_.publish(one(change(1, "{\"gone\":1}")));
  broadcaster_.publish_reset();
  broadcaster_.start();

  EXPECT_EQ(count(reader->text_with("event: reset"), "gone"), 0U);
}

TEST_F(BroadcasterTest, SendsTheStatusEveryTwoSecondsAndACommentEveryFifteen) {
  broadcaster_.start();
  const auto reader = subscribe();
  const SteadyTime begin = clock_.steady_now();

  while (reader->text().find(": alive") == std::string::npos) clock_.advance(milliseconds(100));

  EXPECT_GE(clock_.steady_now() - begin, seconds(15));
  EXPECT_GT(count(reader->text(), "event: status"), 1U);
}

TEST_F(BroadcasterTest, ForgetsAReaderThatHasGone) {
  broadcaster_.start();
  std::vector<std::shared_ptr<Reader>> readers;
  for (std::size_t i = 0; i < kMaxReaders; ++i) readers.push_back(subscribe());
  EXPECT_FALSE(broadcaster_.has_room());
  EXPECT_FALSE(subscribe()->open());

  readers.front()->close();

  while (!broadcaster_.has_room()) clock_.advance(milliseconds(250));
  EXPECT_TRUE(subscribe()->open());
}

TEST_F(BroadcasterTest, EndsTheStreamsWhenItStops) {
  const auto reader = subscribe();
  broadcaster_.start();

  broadcaster_.stop();

  EXPECT_FALSE(reader->open());
  EXPECT_FALSE(subscribe()->open());
}

}  // namespace
}  // namespace aloft::console
