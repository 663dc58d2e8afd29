// SPDX-License-Identifier: Apache-2.0
// The rows of groups and streams: what of the catalog outlives the program.
//
// Thread-safety: none; the store holds a mutex around it.
#pragma once

#include "console/logs/catalog_index.hpp"
#include "console/store/sqlite.hpp"

#include <aloft/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace aloft::console::logs {

class CatalogTables {
 public:
  /// Prepares the statements and reads what is there into `catalog`.
  Result<void> open(Database& database, CatalogIndex& catalog);

  /// Each tells the key of the new row.
  Result<std::int64_t> add(const Group& group);
  Result<std::int64_t> add(std::int64_t group, const Stream& stream);
  /// Retention and settings.
  Result<void> update(std::int64_t key, const Group& group);
  Result<void> remove_group(std::int64_t key);
  Result<void> remove_stream(std::int64_t key);

 private:
  struct Statements {
    Statement groups, streams, add_group, add_stream, update_group;
    Statement remove_group, remove_streams, remove_stream;
  };
  Result<void> read(CatalogIndex& catalog);

  Statements sql_;
  std::int64_t next_group_ = 1;
  std::int64_t next_stream_ = 1;
};

/// Settings as the table keeps them, and back; what is damaged is as if it were not set.
std::string settings_json(const GroupSettings& settings);
GroupSettings parse_settings(std::string_view json);

}  // namespace aloft::console::logs
