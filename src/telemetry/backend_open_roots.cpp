// SPDX-License-Identifier: Apache-2.0
// What the backend does for roots that are open; apart from the rest, for most programs never ask.
#include "telemetry/backend.hpp"
#include "telemetry/outcomes.hpp"

#include <array>

namespace aloft {
inline namespace v0 {
namespace detail {

void Backend::attend(Block& block) noexcept {
  if (watches() && OpenRoots::may_hold(block)) open_roots_.watch(block);
  revive();
}

void Backend::tell_of_open(SteadyTime now) noexcept {
  if (!watches()) return;
  const Nanoseconds age = pipeline_.settings().options.in_progress_after;
  std::array<Block*, kTracesPerBatch> told;
  std::size_t count = 0;
  do {
    reader_.clear();
    for (count = 0; count < told.size(); ++count) {
      told[count] = open_roots_.take_due(now - age);
      if (told[count] == nullptr) break;
      reader_.read_open(*told[count]);
    }
    if (!reader_.traces().empty()) {
      ExportReport report;
      pipeline_.settings().exporter->export_batch(
          {pipeline_.settings().resource, {}, reader_.traces()}, report);
      settle(pipeline_.outcomes(), report, 0);
      raise(pipeline_.outcomes().in_progress, report.in_progress_count());
    }
    for (std::size_t i = 0; i < count; ++i) open_roots_.let_go(*told[i]);
  } while (count == told.size());
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
