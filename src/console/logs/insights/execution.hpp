// SPDX-License-Identifier: Apache-2.0
// A query on its way through the events of a log, newest first.
//
//   Execution execution(query, {.start_ms = from, .end_ms = to, .now_ms = now});
//   store.scan(…, [&](const LogEvent& event) { return execution.add(event); }, deadline);
//   auto results = execution.finish();
//
// It keeps at most 64 MiB; a query that needs more fails, and says so.
//
// Thread-safety: one object a thread.
#pragma once

#include "console/logs/insights/stages.hpp"

#include <aloft/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aloft::console::logs::insights {

struct Statistics {
  std::uint64_t matched = 0;  ///< events that reached the first stats, sort, dedup or limit
  std::uint64_t scanned = 0;
  std::uint64_t bytes = 0;  ///< of messages that were scanned
};

struct Results {
  std::vector<std::string> columns;
  std::vector<ResultRow> rows;
};

class Execution {
 public:
  Execution(std::shared_ptr<const Query> query, const Window& window);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// False: it needs no further event, or does not go on.
  bool add(const LogEvent& event);
  /// Once, after the last event.
  /// @error resource_exhausted  it would have kept too much.
  Result<Results> finish();
  Statistics statistics() const noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace aloft::console::logs::insights
