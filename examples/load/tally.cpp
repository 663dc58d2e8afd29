// SPDX-License-Identifier: Apache-2.0
#include "load/tally.hpp"

#include <numeric>

namespace load {

void Tally::count_answer(int status) noexcept {
  const bool known = status >= 100 && status < static_cast<int>(kStatuses);
  ++by_status_[known ? static_cast<std::size_t>(status) : 0];
}

std::uint64_t Tally::answers() const noexcept {
  return std::accumulate(by_status_.begin(), by_status_.end(), std::uint64_t{0});
}

std::string Tally::summary(aloft::Nanoseconds elapsed) const {
  const auto tenths =
      std::chrono::duration_cast<std::chrono::duration<std::int64_t, std::deci>>(elapsed).count();
  std::string line = std::to_string(answers()) + " answers in " + std::to_string(tenths / 10) +
                     "." + std::to_string(tenths % 10) + " s (";
  bool first = true;
  for (std::size_t status = 0; status < kStatuses; ++status) {
    if (by_status_[status] == 0) continue;
    if (!first) line += ", ";
    first = false;
    line += std::to_string(status) + ": " + std::to_string(by_status_[status]);
  }
  return line + "), " + std::to_string(failures_) + " failures";
}

}  // namespace load
