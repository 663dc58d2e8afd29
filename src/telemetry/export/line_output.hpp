// SPDX-License-Identifier: Apache-2.0
// Lines on their way to a descriptor that may be a pipe or a terminal: what `log_lines` and
// `pretty_lines` share. See export/log_lines.hpp for what it promises.
#pragma once

#include <aloft/core/json_writer.hpp>
#include <aloft/telemetry/log_record.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

class LineOutput {
 public:
  LineOutput(int descriptor, std::size_t line_limit_bytes);
  ~LineOutput() { close_own(); }
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  /// Appends each line with `append(buffer, line)`, which says whether there was room, and writes.
  template <typename Append>
  void put(const LogBatch& batch, ExportReport& report, Append append) noexcept {
    look();
    for (const LogRecord& line : batch.lines) {
      if (!append(buffer_, line)) {
        report.dropped(Reason::too_large, 1);
        continue;
      }
      ends_.push_back(buffer_.size());
      if (is_much()) write(report);
    }
    write(report);
    calm_down(report);
  }

 private:
  /// What the descriptor is: whoever has it may put something else in its place.
  enum class Kind : std::uint8_t {
    pipe,      ///< or a socket, or what we do not know: by 4 KiB, each after a look
    disk,      ///< a file, or /dev/null: takes all at once
    terminal,  ///< opened once more, for ourselves
  };

  bool is_much() const noexcept;
  void look() noexcept;
  void close_own() noexcept;
  void write(ExportReport& report) noexcept;
  void calm_down(const ExportReport& report) noexcept;
  std::size_t write_piece(std::string_view lines) noexcept;
  std::size_t write_some(std::string_view bytes) noexcept;
  std::size_t try_write(std::string_view bytes, int patience_ms) noexcept;

  int descriptor_;
  json::Buffer buffer_;
  std::vector<std::size_t> ends_;  // of the lines in it
  std::size_t piece_bytes_ = 0;    // of a write
  std::uint64_t device_ = 0;       // what the descriptor was at the last look
  std::uint64_t inode_ = 0;
  Kind kind_ = Kind::pipe;
  int own_ = -1;
  int patience_ms_;
  bool waited_ = false;  // in this batch
  bool torn_ = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
