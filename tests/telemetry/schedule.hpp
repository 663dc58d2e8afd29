// SPDX-License-Identifier: Apache-2.0
// Walks every way through a program that has to decide several times, the same in each run.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace aloft {

/// One way through a program that must decide several times.
class Schedule {
 public:
  /// One of `count`, at least 1.
  std::size_t choose(std::size_t count) {
    if (at_ == choices_.size()) choices_.push_back({0, count});
    return choices_[at_++].taken;
  }
  /// Goes to the next way; false when all were walked.
  bool next() {
    at_ = 0;
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().count) {
      choices_.pop_back();
    }
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }

 private:
  struct Choice {
    std::size_t taken;
    std::size_t count;
  };
  std::vector<Choice> choices_;
  std::size_t at_ = 0;
};

/// Runs `program` once for every order of its decisions; how many there were.
inline std::size_t for_every_schedule(const std::function<void(Schedule&)>& program) {
  Schedule schedule;
  std::size_t count = 0;
  do {
    program(schedule);
    ++count;
  } while (schedule.next());
  return count;
}

}  // namespace aloft
