// SPDX-License-Identifier: Apache-2.0
// SQLite, as much of it as the ledger needs: one connection, prepared statements, errors as values.
//
//   Result<Database> database = Database::open("ledger.db");    // "" for one in memory
//   Result<Statement> count = database->prepare("SELECT count(*) FROM entry WHERE tenant = ?");
//   count->bind(1, "acme");
//   if (Result<bool> row = count->step(); row && *row) use(count->integer(0));
//
// An error says what SQLite says of its code: never the statement, never a value.
// Thread-safety: none; the store guards it with a mutex.
#pragma once

#include <aloft/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ledger {

class Statement {
 public:
  /// Parameters count from 1. A text must live until `reset`.
  void bind(int parameter, std::int64_t value) noexcept;
  void bind(int parameter, std::string_view text) noexcept;

  /// @return whether there is a row. @error the statement failed.
  aloft::Result<bool> step();
  /// Ready for other parameters. Forgets the ones it had.
  void reset() noexcept;

  /// Of the row; columns count from 0.
  std::int64_t integer(int column) noexcept;
  std::string text(int column);

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// @param file  made when missing, in WAL mode; empty: in memory.
  /// @error unavailable         it cannot be opened.
  /// @error data_loss           it is not an SQLite database.
  static aloft::Result<Database> open(const std::string& file);

  aloft::Result<void> run(const char* sql);
  aloft::Result<Statement> prepare(std::string_view sql);
  std::int64_t last_row_id() const noexcept;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace ledger
