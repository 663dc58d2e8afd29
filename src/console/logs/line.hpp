// SPDX-License-Identifier: Apache-2.0
// A line of a log as the page's API has it (docs/reference/console-api.md, "Line").
//
// An event in the form of the library's own lines fills all members; of other JSON objects, what
// has the same name, with the rest in `fields`; of text, `message` alone.
//
// Thread-safety: one writer a thread.
#pragma once

#include "console/logs/log_event.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace aloft::console::logs {

class LineWriter {
 public:
  /// @param max_bytes  longer events are shown as text, cut to this.
  explicit LineWriter(std::size_t max_bytes);
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// One JSON object.
  std::string json(const LogEvent& event);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace aloft::console::logs
