// SPDX-License-Identifier: Apache-2.0
#include "console/logs/insights/stages.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

namespace aloft::console::logs::insights {
namespace {

// A key of values, unequal where they are: each behind its length.
void append_key(std::string& key, const Value& value) {
  std::string room;
  const std::string_view text = value.view(room);
  const auto size = static_cast<std::uint32_t>(text.size());
  key += value.is_null() ? '0' : '1';
  for (unsigned shift = 0; shift < 32; shift += 8) key += static_cast<char>(size >> shift & 0xFFU);
  key += text;
}

class FieldsStage : public Stage {
 public:
  FieldsStage(Running& running, const Fields& fields, Stage& next)
      : running_(running), fields_(fields), next_(next) {}
  bool push(Row& row, EventFields* event) override {
    for (const Item& item : fields_.items) {
      const Expr& expr = running_.query.expressions[item.expr];
      if (expr.kind == ExprKind::field && expr.field == item.field) continue;
      // A column of `stats` may be named as it is written: it has its value already.
      const bool written = running_.query.fields[item.field].find('(') != std::string::npos;
      if (event == nullptr && written && !row.get(item.field, nullptr).is_null()) continue;
      row.set(item.field, running_.evaluator.value(item.expr, {row, event}));
    }
    return next_.push(row, event);
  }
  void finish() override { next_.finish(); }

 private:
  Running& running_;
  const Fields& fields_;
  Stage& next_;
};

class FilterStage : public Stage {
 public:
  FilterStage(Running& running, const Filter& filter, Stage& next)
      : running_(running), filter_(filter), next_(next) {}
  bool push(Row& row, EventFields* event) override {
    if (!running_.evaluator.holds(filter_.condition, {row, event})) return true;
    return next_.push(row, event);
  }
  void finish() override { next_.finish(); }

 private:
  Running& running_;
  const Filter& filter_;
  Stage& next_;
};

class ParseStage : public Stage {
 public:
  ParseStage(Running& running, const Parse& parse, Stage& next)
      : running_(running), parse_(parse), next_(next), groups_(parse.fields.size() + 1) {}
  bool push(Row& row, EventFields* event) override {
    const Value from = running_.evaluator.value(parse_.from, {row, event});
    std::string room;
    const std::string_view text = from.view(room);
    const bool found =
        running_.evaluator.goes_on() &&
        parse_.regex->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                            RE2::UNANCHORED, groups_.data(), static_cast<int>(groups_.size()));
    for (std::size_t i = 0; found && i < parse_.fields.size(); ++i) {
      const re2::StringPiece& group = groups_[i + 1];
      if (group.data() == nullptr) continue;
      // A copy: the text may be of this stage alone.
      row.set(parse_.fields[i], Value(std::string(group.data(), group.size())));
    }
    return next_.push(row, event);
  }
  void finish() override { next_.finish(); }

 private:
  Running& running_;
  const Parse& parse_;
  Stage& next_;
  std::vector<re2::StringPiece> groups_;
};

class LimitStage : public Stage {
 public:
  LimitStage(std::size_t rows, Stage& next) : left_(rows), next_(next) {}
  bool push(Row& row, EventFields* event) override {
    if (left_ == 0) return false;
    --left_;
    return next_.push(row, event) && left_ > 0;
  }
  void finish() override { next_.finish(); }

 private:
  std::size_t left_;
  Stage& next_;
};

class DedupStage : public Stage {
 public:
  DedupStage(Running& running, const Dedup& dedup, Stage& next)
      : running_(running), dedup_(dedup), next_(next) {}
  bool push(Row& row, EventFields* event) override {
    std::string key;
    for (const ExprId id : dedup_.keys) {
      const Value value = running_.evaluator.value(id, {row, event});
      // "Null values are not considered duplicates."
      if (value.is_null()) return next_.push(row, event);
      append_key(key, value);
    }
    const std::size_t bytes = key.capacity() + 64;
    if (!seen_.insert(std::move(key)).second) return true;
    return running_.keep(bytes) && next_.push(row, event);
  }
  void finish() override { next_.finish(); }

 private:
  Running& running_;
  const Dedup& dedup_;
  Stage& next_;
  std::unordered_set<std::string> seen_;
};

// Keeps the best `rows`, in at most twice as much memory.
class SortStage : public Stage {
 public:
  SortStage(Running& running, const Sort& sort, Stage& next, std::size_t rows)
      : running_(running), sort_(sort), next_(next), wanted_(rows) {}
  bool push(Row& row, EventFields* event) override {
    Kept kept{std::move(row), {}, count_++, 0};
    for (const SortKey& key : sort_.keys) {
      kept.keys.push_back(running_.evaluator.value(key.expr, {kept.row, event}));
    }
    if (full_ && !before(kept, rows_[wanted_ - 1])) return true;
    for (Value& key : kept.keys) key.own();
    kept.row.keep(event);
    kept.bytes = kept.row.bytes();
    for (const Value& key : kept.keys) kept.bytes += key.bytes();
    // Not for each row anew: what is cut is worth the work.
    if (!running_.has_room(kept.bytes) && rows_.size() > wanted_ + wanted_ / 8) cut();
    if (!running_.keep(kept.bytes)) return false;
    rows_.push_back(std::move(kept));
    if (rows_.size() >= 2 * wanted_) cut();
    return true;
  }
  void finish() override {
    std::sort(rows_.begin(), rows_.end(),
              [this](const Kept& a, const Kept& b) { return before(a, b); });
    if (rows_.size() > wanted_) drop_behind_wanted();
    for (Kept& kept : rows_) {
      // The next command keeps it, not this one.
      running_.bytes -= kept.bytes;
      kept.bytes = 0;
      if (!next_.push(kept.row, nullptr)) break;
      kept = Kept{Row(0), {}, 0, 0};
    }
    next_.finish();
  }

 private:
  struct Kept {
    Row row;
    std::vector<Value> keys;
    std::uint64_t number = 0;  // rows with equal keys stay as they came
    std::size_t bytes = 0;
  };
  bool before(const Kept& a, const Kept& b) const {
    for (std::size_t i = 0; i < a.keys.size(); ++i) {
      const int order = sort_order(a.keys[i], b.keys[i]);
      if (order != 0) return sort_.keys[i].descending ? order > 0 : order < 0;
    }
    return a.number < b.number;
  }
  // The first `wanted_` rows are then the best, the last of them the worst.
  void cut() {
    const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(wanted_ - 1);
    std::nth_element(rows_.begin(), last, rows_.end(),
                     [this](const Kept& a, const Kept& b) { return before(a, b); });
    drop_behind_wanted();
    full_ = true;
  }
  void drop_behind_wanted() {
    for (std::size_t i = wanted_; i < rows_.size(); ++i) running_.bytes -= rows_[i].bytes;
    rows_.resize(wanted_, Kept{Row(0), {}, 0, 0});
  }

  Running& running_;
  const Sort& sort_;
  Stage& next_;
  std::size_t wanted_;
  std::vector<Kept> rows_;
  std::uint64_t count_ = 0;
  bool full_ = false;  // it was cut: what is worse than the worst is not wanted
};

class StatsStage : public Stage {
 public:
  StatsStage(Running& running, const Stats& stats, Stage& next)
      : running_(running), stats_(stats), next_(next) {
    // Without groups there is one row, also of no events.
    if (stats.groups.empty()) group_of("", {});
  }
  bool push(Row& row, EventFields* event) override {
    std::string key;
    std::vector<Value> values;
    for (const Item& item : stats_.groups) {
      values.push_back(running_.evaluator.value(item.expr, {row, event}));
      append_key(key, values.back());
    }
    Group* const group = group_of(std::move(key), std::move(values));
    if (group == nullptr) return false;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < stats_.aggregates.size(); ++i) {
      const auto of = stats_.aggregates[i].of;
      const Value value = of ? running_.evaluator.value(*of, {row, event}) : Value();
      bytes += group->aggregators[i].add(value, row.timestamp_ms);
    }
    return running_.keep(bytes);
  }
  void finish() override {
    for (Group& group : groups_) {
      if (!emit(group)) break;
    }
    next_.finish();
  }

 private:
  struct Group {
    std::vector<Value> values;
    std::vector<Aggregator> aggregators;
  };

  // Null when there is no room for another.
  Group* group_of(std::string key, std::vector<Value> values) {
    const auto found = index_.find(key);
    if (found != index_.end()) return &groups_[found->second];
    std::size_t bytes = sizeof(Group) + 64 + key.capacity();
    Group group;
    for (Value& value : values) {
      value.own();
      bytes += value.bytes();
    }
    group.values = std::move(values);
    for (const Aggregate& aggregate : stats_.aggregates) group.aggregators.emplace_back(aggregate);
    bytes += group.aggregators.size() * sizeof(Aggregator);
    if (!running_.keep(bytes)) return nullptr;
    index_.emplace(std::move(key), groups_.size());
    groups_.push_back(std::move(group));
    return &groups_.back();
  }

  bool emit(Group& group) {
    std::vector<Value> results;
    for (Aggregator& aggregator : group.aggregators) results.push_back(aggregator.result());
    Row row(running_.query.fields.size());
    for (std::size_t i = 0; i < stats_.groups.size(); ++i) {
      row.set(stats_.groups[i].field, group.values[i]);
    }
    for (const Item& item : stats_.results) {
      row.set(item.field, running_.evaluator.value(item.expr, {row, nullptr, results}));
    }
    return next_.push(row, nullptr);
  }

  Running& running_;
  const Stats& stats_;
  Stage& next_;
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> index_;  // by key
};

}  // namespace

ResultStage::ResultStage(Running& running, std::size_t limit) : running_(running), limit_(limit) {
  const auto& names = running.query.fields;
  const auto ptr = std::find(names.begin(), names.end(), "@ptr");
  has_ptr_ = ptr != names.end() && !running.query.aggregated;
  if (has_ptr_) ptr_ = static_cast<FieldId>(ptr - names.begin());
}

bool ResultStage::push(Row& row, EventFields* event) {
  if (rows_.size() >= limit_) return false;
  ResultRow out;
  std::size_t bytes = sizeof(ResultRow);
  for (const FieldId column : running_.query.columns) {
    Value value = row.get(column, event);
    value.own();
    bytes += value.bytes();
    out.cells.push_back(std::move(value));
  }
  if (has_ptr_) out.ptr = row.get(ptr_, event).shown();
  if (!running_.keep(bytes + out.ptr.capacity())) return false;
  rows_.push_back(std::move(out));
  return rows_.size() < limit_;
}

std::unique_ptr<Stage> make_stage(Running& running, const Command& command, Stage& next,
                                  std::size_t rows) {
  if (const auto* fields = std::get_if<Fields>(&command)) {
    return std::make_unique<FieldsStage>(running, *fields, next);
  }
  if (const auto* filter = std::get_if<Filter>(&command)) {
    return std::make_unique<FilterStage>(running, *filter, next);
  }
  if (const auto* stats = std::get_if<Stats>(&command)) {
    return std::make_unique<StatsStage>(running, *stats, next);
  }
  if (const auto* sort = std::get_if<Sort>(&command)) {
    return std::make_unique<SortStage>(running, *sort, next, rows);
  }
  if (const auto* limit = std::get_if<Limit>(&command)) {
    return std::make_unique<LimitStage>(limit->rows, next);
  }
  if (const auto* parse = std::get_if<Parse>(&command)) {
    return std::make_unique<ParseStage>(running, *parse, next);
  }
  return std::make_unique<DedupStage>(running, *std::get_if<Dedup>(&command), next);
}

}  // namespace aloft::console::logs::insights
