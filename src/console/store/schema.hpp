// SPDX-License-Identifier: Apache-2.0
// The tables of the store, and the stamp that tells whose file it is and which version wrote it.
//
// Documents are kept whole, so that a later version can derive any further index from them.
#pragma once

#include "console/store/sqlite.hpp"

#include <aloft/core/result.hpp>

#include <string>

namespace aloft::console {

/// "Alft", in the header of our files: `PRAGMA application_id`.
inline constexpr std::int64_t kApplicationId = 0x416C6674;
/// Of the tables below: `PRAGMA user_version`. One migration for each step up.
inline constexpr std::int64_t kSchemaVersion = 1;

/// Creates the tables in an empty database, or checks that it is ours.
/// @error data_loss    the file is damaged.
/// @error unsupported  it belongs to another program or to a newer version.
Result<void> prepare_schema(Database& database);

/// The file of a store: created with mode 0600 and locked against a second console. Holds the lock
/// for its lifetime and must outlive every connection: closing any descriptor of a file gives up
/// SQLite's own locks on it.
class StoreFile {
 public:
  StoreFile() = default;
  StoreFile(StoreFile&& other) noexcept;
  StoreFile& operator=(StoreFile&& other) noexcept;
  ~StoreFile();

  /// @error unavailable, permission_denied  cannot be opened.
  /// @error invalid_argument  is a directory or a device.
  /// @error already_exists    another console holds it.
  static Result<StoreFile> open(const std::string& path);
  /// Takes the rights of all others; only once the file is known to be ours. Traces may hold what
  /// is nobody else's business; SQLite gives its side files the same mode.
  void restrict_to_owner() noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace aloft::console
