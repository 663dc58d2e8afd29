// SPDX-License-Identifier: Apache-2.0
// Several exporters for one Telemetry: lines on standard output and in a file.
//
//   auto books = std::make_shared<LogTeeBooks>();
//   LogTeeOptions tee{.first = log_lines(), .books = books};
//   tee.others.push_back(std::move(*file));
//   Telemetry::from_environment({.service_name = "payments",
//                                .logs = logging({.exporter = log_tee(std::move(tee))})});
//   books->of(0).dropped                       // of the file
//
// The books of a Telemetry know one fate of a line, and it is what the *first* exporter says: a
// line that standard output took and the file did not is *sent*. What became of all lines in each
// other exporter is in books of its own, with the same identity. One that is slow holds up those
// behind it, for all share the backend's thread. Thread-safety: as every exporter; books: any
// thread.
#pragma once

#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace aloft {
inline namespace v0 {

namespace detail {
class LogTee;
}

/// The books of the exporters behind the first; they may outlive the Telemetry.
class LogTeeBooks {
 public:
  LogTeeBooks();
  ~LogTeeBooks();
  LogTeeBooks(const LogTeeBooks&) = delete;
  LogTeeBooks& operator=(const LogTeeBooks&) = delete;

  /// Of `LogTeeOptions::others[other]`; nothing where there is none.
  Accounting of(std::size_t other) const noexcept;

 private:
  friend class detail::LogTee;
  struct Side;
  std::vector<std::unique_ptr<Side>> sides_;
};

struct LogTeeOptions {
  /// Whose answer counts; null drops every line (`Reason::missing`) as far as those books go.
  std::unique_ptr<LogExporter> first;
  std::vector<std::unique_ptr<LogExporter>> others{};
  /// Of one tee; looked at once `log_tee` has returned.
  std::shared_ptr<LogTeeBooks> books{};
};

std::unique_ptr<LogExporter> log_tee(LogTeeOptions options);

}  // namespace v0
}  // namespace aloft
