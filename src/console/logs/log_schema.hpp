// SPDX-License-Identifier: Apache-2.0
// The tables of the store of logs, and how an event's key is made.
//
// The key is the event's id and its place: timestamp in milliseconds, then the order of arrival
// inside that millisecond. So a scan in time order reads the table from one end to the other, and
// appending needs no index of times.
#pragma once

#include "console/store/sqlite.hpp"

#include <aloft/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace aloft::console::logs {

/// "AlfL", in the header of our files: `PRAGMA application_id`.
inline constexpr std::int64_t kLogApplicationId = 0x416C664C;
/// Of the tables: `PRAGMA user_version`. One migration for each step up.
inline constexpr std::int64_t kLogSchemaVersion = 1;

/// Ours: one to two million events of one millisecond. Their keys alone would take 20 MB.
inline constexpr unsigned kSequenceBits = 21;
inline constexpr std::int64_t kMaxSequence = (std::int64_t{1} << kSequenceBits) - 1;
/// The first event of a millisecond takes the count of all ids so far, in this half, so that the id
/// of a deleted event is not given again before a million others were.
inline constexpr std::int64_t kFirstSequences = std::int64_t{1} << (kSequenceBits - 1);
/// What 63 bits leave: the year 2109.
inline constexpr std::int64_t kMaxTimestampMs = (std::int64_t{1} << (63U - kSequenceBits)) - 1;

constexpr std::int64_t first_key(std::int64_t timestamp_ms) noexcept {
  return timestamp_ms << kSequenceBits;
}
constexpr std::int64_t last_key(std::int64_t timestamp_ms) noexcept {
  return first_key(timestamp_ms) | kMaxSequence;
}
constexpr std::int64_t timestamp_of(std::int64_t key) noexcept { return key >> kSequenceBits; }

/// Creates the tables in an empty database, or checks that it is ours.
/// @error data_loss    the file is damaged.
/// @error unsupported  it belongs to another program or to another version.
Result<void> prepare_log_schema(Database& database);

/// Prepares `sql` into `statement`.
Result<void> prepare(Database& database, Statement& statement, std::string_view sql);

}  // namespace aloft::console::logs
