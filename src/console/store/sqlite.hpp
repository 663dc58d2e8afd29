// SPDX-License-Identifier: Apache-2.0
// SQLite, as much of it as the store needs: a connection, prepared statements, errors as values.
//
//   auto database = Database::open(":memory:");
//   auto count = database->prepare("SELECT count(*) FROM trace WHERE start_us > ?");
//   count->bind(1, since);
//   while (count->step()) use(count->integer(0));
//   if (!count->finish()) …            // says whether the loop ended well, and rewinds
//
// Thread-safety: none; the store guards each connection with a mutex.
#pragma once

#include <aloft/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace aloft::console {

class Statement {
 public:
  Statement() = default;

  /// Parameters count from 1. Text and bytes must live until `finish`.
  void bind(int parameter, std::int64_t value) noexcept;
  void bind_text(int parameter, std::string_view text) noexcept;
  void bind_bytes(int parameter, std::string_view bytes) noexcept;

  /// Runs on to the next row; false at the end or after an error.
  bool step() noexcept;
  /// Rewinds for the next use. @error what `step` ran into.
  Result<void> finish();
  /// `step` to the end, then `finish`.
  Result<void> run();

  /// Of the row that `step` found; columns count from 0. Views live until the next `step`.
  std::int64_t integer(int column) noexcept;
  std::string_view bytes(int column) noexcept;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int outcome_ = 0;
};

class Database {
 public:
  Database() = default;

  /// @param path  a file, created when missing, or ":memory:".
  /// @error data_loss    the file is no SQLite database, or is damaged.
  /// @error unavailable  it cannot be opened.
  static Result<Database> open(const std::string& path);

  Result<void> run(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row, e.g. of a pragma. @error as `run`.
  Result<std::int64_t> integer(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace aloft::console
