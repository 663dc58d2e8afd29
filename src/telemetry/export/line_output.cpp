// SPDX-License-Identifier: Apache-2.0
#include "telemetry/export/line_output.hpp"

#include "core/harmless_write.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

/// How long a full pipe is waited for, in steps; the backend's thread, never a request's.
constexpr int kPatienceMs = 20;
constexpr int kWaitMs = 5;
/// Lines are formatted a quarter of a megabyte at a time.
constexpr std::size_t kBufferBytes = std::size_t{1} << 18;
constexpr std::size_t kMaxLines = 4'096;
/// A terminal says that it takes something when it takes one byte, and a write of more would block.
constexpr std::size_t kTerminalBytes = 1;

/// Source: Documentation/admin-guide/devices.txt of Linux, 1 char, 3 = /dev/null, read 2026-11.
bool is_null_device(const struct stat& found) noexcept {
  return S_ISCHR(found.st_mode) && major(found.st_rdev) == 1 && minor(found.st_rdev) == 3;
}

/// The same terminal, not blocking: the mode of the host's descriptor belongs to the host, and to
/// everybody who shares it. None where we may not open it, as after a change of user.
int open_again(int descriptor) noexcept {
  char path[32] = "/proc/self/fd/";
  *std::to_chars(path + 14, path + sizeof path - 1, descriptor).ptr = '\0';
  return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

}  // namespace

LineOutput::LineOutput(int descriptor, std::size_t line_limit_bytes)
    : descriptor_(descriptor), buffer_(kBufferBytes + line_limit_bytes), patience_ms_(kPatienceMs) {
  ends_.reserve(kMaxLines);
}

bool LineOutput::is_much() const noexcept {
  return buffer_.size() >= kBufferBytes || ends_.size() == ends_.capacity();
}

void LineOutput::look() noexcept {
  const int before = errno;
  struct stat found {};
  const bool is_known = fstat(descriptor_, &found) == 0;
  if (!is_known || found.st_dev != device_ || found.st_ino != inode_ || piece_bytes_ == 0) {
    device_ = found.st_dev;
    inode_ = found.st_ino;
    close_own();
    kind_ = Kind::pipe;
    piece_bytes_ = kHarmlessBytes;
    if (is_known && (S_ISREG(found.st_mode) || is_null_device(found))) {
      kind_ = Kind::disk;
      piece_bytes_ = 2 * kBufferBytes;
    } else if (is_known && isatty(descriptor_) == 1) {
      kind_ = Kind::terminal;
      own_ = open_again(descriptor_);
    }
  }
  errno = before;
}

void LineOutput::close_own() noexcept {
  if (own_ >= 0) close(own_);
  own_ = -1;
}

/// Piece by piece, each as many whole lines as fit into what a pipe takes at once, so that lines of
/// other writers do not get between.
void LineOutput::write(ExportReport& report) noexcept {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends_.size();) {
    std::size_t next = i + 1;
    while (next < ends_.size() && ends_[next] - begin <= piece_bytes_) ++next;
    const std::size_t bytes = ends_[next - 1] - begin;
    const std::size_t done = write_piece(buffer_.view().substr(begin, bytes));
    std::size_t sent = next - i;
    if (done < bytes) {
      sent = 0;
      while (ends_[i + sent] - begin <= done) ++sent;
    }
    report.sent(sent);
    report.dropped(Reason::send_failed, next - i - sent);
    begin = ends_[next - 1];
    i = next;
  }
  buffer_.clear();
  ends_.clear();
}

std::size_t LineOutput::write_piece(std::string_view lines) noexcept {
  if (torn_ && write_some("\n") == 1) torn_ = false;
  std::size_t done = 0;
  while (!torn_ && done < lines.size()) {
    const std::size_t written = write_some(lines.substr(done));
    if (written == 0) break;
    done += written;
  }
  // A line of which a part is out is ended before the next one begins.
  if (done != 0) torn_ = lines[done - 1] != '\n';
  return done;
}

/// Waits for a reader that does not keep up only as long as there is patience left, which is for
/// all that is written until one batch has gone out without a wait.
std::size_t LineOutput::write_some(std::string_view bytes) noexcept {
  std::size_t written = try_write(bytes, 0);
  while (written == 0 && patience_ms_ > 0) {
    waited_ = true;
    patience_ms_ -= kWaitMs;
    written = try_write(bytes, kWaitMs);
  }
  return written;
}

std::size_t LineOutput::try_write(std::string_view bytes, int patience_ms) noexcept {
  if (kind_ == Kind::disk) return ready_write(descriptor_, bytes.data(), bytes.size());
  if (kind_ == Kind::pipe) {
    return harmless_write(descriptor_, bytes.data(), bytes.size(), patience_ms);
  }
  if (own_ < 0) return harmless_write(descriptor_, bytes.data(), kTerminalBytes, patience_ms);
  return harmless_write(own_, bytes.data(), bytes.size(), patience_ms);
}

void LineOutput::calm_down(const ExportReport& report) noexcept {
  if (!waited_ && report.dropped_counts()[Reason::send_failed] == 0) patience_ms_ = kPatienceMs;
  waited_ = false;
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
