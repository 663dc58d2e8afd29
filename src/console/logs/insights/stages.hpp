// SPDX-License-Identifier: Apache-2.0
// The commands of a running query, each handing its rows to the next.
//
// Thread-safety: one chain a thread.
#pragma once

#include "console/logs/insights/aggregator.hpp"
#include "console/logs/insights/evaluator.hpp"
#include "console/logs/insights/query.hpp"
#include "console/logs/insights/row.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::logs::insights {

/// Ours: what a query may keep in memory (rows to sort, groups, distinct values, results).
inline constexpr std::size_t kMaxKeptBytes = std::size_t{64} << 20U;

/// What the stages of one query share.
struct Running {
  const Query& query;
  Evaluator evaluator;
  std::size_t bytes = 0;
  std::string_view trouble;  ///< why the query cannot go on

  bool has_room(std::size_t more) const noexcept { return bytes + more <= kMaxKeptBytes; }
  /// False, with trouble, when there is no room for so many more.
  bool keep(std::size_t more) noexcept {
    const bool fits = has_room(more);
    bytes += more;
    if (fits) return true;
    trouble = "the query keeps more than 64 MiB: filter more, or group by fewer values";
    return false;
  }
};

class Stage {
 public:
  virtual ~Stage() = default;
  /// False: no further row is wanted.
  virtual bool push(Row& row, EventFields* event) = 0;
  /// After the last row.
  virtual void finish() = 0;
};

/// A row of results.
struct ResultRow {
  std::vector<Value> cells;  ///< of each column
  std::string ptr;           ///< the event; empty for a row of `stats`
};

/// The last stage.
class ResultStage : public Stage {
 public:
  ResultStage(Running& running, std::size_t limit);
  bool push(Row& row, EventFields* event) override;
  void finish() override {}
  std::vector<ResultRow> take() { return std::move(rows_); }

 private:
  Running& running_;
  std::size_t limit_;
  FieldId ptr_ = 0;
  bool has_ptr_ = false;
  std::vector<ResultRow> rows_;
};

/// Counts the rows that come through.
class CountStage : public Stage {
 public:
  explicit CountStage(Stage& next) noexcept : next_(next) {}
  bool push(Row& row, EventFields* event) override {
    ++count_;
    return next_.push(row, event);
  }
  void finish() override { next_.finish(); }
  std::uint64_t count() const noexcept { return count_; }

 private:
  Stage& next_;
  std::uint64_t count_ = 0;
};

/// The stage of `command`.
/// @param rows  of a sort: as many as are wanted behind it.
std::unique_ptr<Stage> make_stage(Running& running, const Command& command, Stage& next,
                                  std::size_t rows);

}  // namespace aloft::console::logs::insights
