// SPDX-License-Identifier: Apache-2.0
// The log groups and log streams that exist, as CloudWatch Logs describes them.
//
// Thread-safety: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace aloft::console::logs {

/// Ours: AWS gives a million groups a Region, and streams without limit; a console on one machine
/// keeps them in memory.
inline constexpr std::size_t kMaxGroups = 10'000;
inline constexpr std::size_t kMaxStreams = 100'000;

using Tags = std::map<std::string, std::string>;

struct GroupSettings {
  std::string log_class = "STANDARD";  ///< or INFREQUENT_ACCESS, DELIVERY
  std::string kms_key_id;              ///< kept and told; nothing is encrypted with it
  bool deletion_protected = false;
  Tags tags;
};

struct Group {
  std::string name;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> retention_days;  ///< unset: kept until the store is full
  GroupSettings settings;
  std::uint64_t stored_bytes = 0;  ///< messages and 26 bytes each, as AWS counts
};

struct Stream {
  std::string name;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> first_event_ms;
  std::optional<std::int64_t> last_event_ms;
  std::optional<std::int64_t> last_ingestion_ms;
};

}  // namespace aloft::console::logs
