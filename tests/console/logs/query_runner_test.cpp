// SPDX-License-Identifier: Apache-2.0
// Queries that run beside their callers: when they end, and what stays of them.
#include "console/logs/query_runner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace aloft::console::logs {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

// A megabyte takes this query many seconds: no automaton that fits into memory knows it.
QueryTask slow_query() {
  QueryTask task;
  task.text = "filter @message like /(a|b)*a(a|b){13}c/";
  for (int i = 1; i < 12; ++i) task.text += " or @message like /(a|b)*a(a|b){13}c/";
  auto parsed = insights::Query::parse(task.text);
  task.query =
      std::make_shared<const insights::Query>(std::get<insights::Query>(std::move(parsed)));
  return task;
}

class QueryRunner : public ::testing::Test {
 protected:
  // Ten lines of 100 KB, of letters a and b in no order.
  void SetUp() override {
    auto store = LogStore::create({}, clock_);
    ASSERT_TRUE(store) << store.error().to_string();
    store_ = std::move(*store);
    ASSERT_TRUE(store_->create_group("g", {}));
    ASSERT_TRUE(store_->create_stream("g", "s"));
    std::string message(100'000, 'a');
    std::uint32_t state = 1;
    for (char& letter : message) {
      state = state * 1'664'525U + 1'013'904'223U;
      letter = (state >> 31U) != 0 ? 'a' : 'b';
    }
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().wall.time_since_epoch());
    const std::vector<IncomingEvent> events(10, {now.count(), message});
    ASSERT_TRUE(store_->put({"g", "s"}, events));
  }
  // Asks until the query is in this state.
  QueryInfo wait_for(logs::QueryRunner& runner, std::string_view id, QueryState state) {
    const Deadline deadline = Deadline::after(clock_, kPatience);
    auto info = runner.find(id);
    while (info && info->state != state && !deadline.passed(clock_.steady_now())) {
      info = runner.find(id);
    }
    return info.value_or(QueryInfo());
  }

  Clock& clock_ = Clock::system();
  std::unique_ptr<LogStore> store_;
};

TEST_F(QueryRunner, LetsGoOfAQuerysExpressionsAtItsEnd) {
  logs::QueryRunner runner(*store_, clock_);
  QueryTask task = slow_query();
  task.scan.groups = {"none"};
  const std::string text = task.text;
  const std::weak_ptr<const insights::Query> query = task.query;

  const auto id = runner.start(std::move(task));
  ASSERT_TRUE(id) << id.error().to_string();
  const QueryInfo info = wait_for(runner, *id, QueryState::complete);

  EXPECT_EQ(info.state, QueryState::complete);
  EXPECT_EQ(info.text, text);
  EXPECT_TRUE(query.expired());
}

TEST_F(QueryRunner, EndsASlowQueryInTimeWithinASlice) {
  const SteadyTime began = clock_.steady_now();
  insights::Statistics statistics;

  const auto results =
      run_query(*store_, slow_query(), clock_,
                Deadline::after(clock_, std::chrono::milliseconds(100)), statistics);

  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().code, ErrorCode::deadline_exceeded);
  EXPECT_LT(clock_.steady_now() - began, std::chrono::seconds(3));
}

TEST_F(QueryRunner, StopsASlowQueryWithinASlice) {
  logs::QueryRunner runner(*store_, clock_);
  const auto id = runner.start(slow_query());
  ASSERT_TRUE(id) << id.error().to_string();
  ASSERT_EQ(wait_for(runner, *id, QueryState::running).state, QueryState::running);

  const SteadyTime began = clock_.steady_now();
  runner.stop();

  EXPECT_LT(clock_.steady_now() - began, std::chrono::seconds(3));
  EXPECT_EQ(runner.find(*id)->state, QueryState::cancelled);
}

}  // namespace
}  // namespace aloft::console::logs
