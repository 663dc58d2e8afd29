// SPDX-License-Identifier: Apache-2.0
// One row of a running query: the values of the fields that the query mentions. Those of an event
// are found when they are first asked for: `@message` and the others that Logs Insights adds, and
// what it discovers in JSON (`user.id`, `items.0.name`; at most 1,000 an event).
//
//   EventFields fields(query);
//   fields.read(event);                       // views of the event and of its JSON
//   Row row(query.fields.size());
//   const Value& level = row.get(id, &fields);
//
// Thread-safety: one object a thread.
#pragma once

#include "console/logs/insights/query.hpp"
#include "console/logs/log_event.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aloft::console::logs::insights {

/// Source: "Supported logs and discovered fields", CloudWatch Logs user guide, read 2026-11.
inline constexpr std::size_t kMaxDiscoveredFields = 1000;

class EventFields {
 public:
  explicit EventFields(const Query& query);
  ~EventFields();
  EventFields(const EventFields&) = delete;
  EventFields& operator=(const EventFields&) = delete;

  /// The event whose fields are asked for next; it outlives the questions.
  void read(const LogEvent& event);
  const LogEvent& event() const noexcept { return *event_; }
  /// Null when the event has no such field. A text is borrowed.
  Value get(FieldId field);

 private:
  struct Json;
  void discover();

  const Query& query_;
  const LogEvent* event_ = nullptr;
  std::unordered_map<std::string_view, std::size_t> wanted_;  // by path; in `discovered_`
  std::vector<std::size_t> slot_of_;                          // of each field; npos: none
  std::vector<Value> discovered_;
  bool looked_ = false;
  std::unique_ptr<Json> json_;
};

class Row {
 public:
  explicit Row(std::size_t fields) : values_(fields), known_(fields, false) {}

  const Value& get(FieldId field, EventFields* event) {
    if (!known_[field]) {
      known_[field] = true;
      if (event != nullptr) values_[field] = event->get(field);
    }
    return values_[field];
  }
  void set(FieldId field, Value value) {
    known_[field] = true;
    values_[field] = std::move(value);
  }
  /// Finds all fields and makes them last beyond the event.
  void keep(EventFields* event) {
    for (FieldId field = 0; field < values_.size(); ++field) get(field, event);
    for (Value& value : values_) value.own();
  }
  std::size_t bytes() const noexcept {
    std::size_t sum = sizeof(Row) + known_.size() / 8;
    for (const Value& value : values_) sum += value.bytes();
    return sum;
  }

  std::int64_t timestamp_ms = 0;
  bool has_timestamp = false;

 private:
  std::vector<Value> values_;
  std::vector<bool> known_;
};

}  // namespace aloft::console::logs::insights
