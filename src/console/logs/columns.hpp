// SPDX-License-Identifier: Apache-2.0
// Takes out of an event what it can be searched by, if it is a JSON object.
//
//   ColumnReader reader;
//   ColumnViews columns = reader.read(event.message);     // views live until the next read
//
// Thread-safety: one object a thread.
#pragma once

#include "console/logs/log_event.hpp"

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace aloft::console::logs {

/// Ours: what a line of a log holds; of longer events the text alone is kept.
inline constexpr std::size_t kMaxParsedBytes = std::size_t{256} << 10U;

/// Whether it may be a JSON object: blanks may stand before the brace.
bool begins_as_object(std::string_view message) noexcept;

class ColumnReader {
 public:
  ColumnReader();
  /// @param message  any bytes.
  ColumnViews read(std::string_view message);

 private:
  simdjson::dom::parser parser_;
  bool ready_ = false;
  std::string trace_id_;
};

/// Whether each of `wanted` that is not empty is the same in `columns`; the level in any case.
bool matches(const Columns& wanted, const ColumnViews& columns) noexcept;

}  // namespace aloft::console::logs
