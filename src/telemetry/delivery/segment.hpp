// SPDX-License-Identifier: Apache-2.0
// What is known in memory of one file of the log: where each of its records is, and which of them
// are settled. Eight bytes a record.
//
// Thread-safety: one thread at a time.
#pragma once

#include "telemetry/delivery/log_format.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace delivery {

/// More than that begin a new file: its index has 8 MiB then. A file that claims more is damaged.
inline constexpr std::size_t kMaxSegmentRecords = 1u << 20;

/// What the offsets of an index can say.
inline constexpr std::uint64_t kMaxFileBytes = 32ull << 30;

class Segment {
 public:
  /// A run of settled records whose acknowledgement is not in the file yet.
  struct Run {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
  };

  Segment(std::uint64_t number, std::uint64_t first, const FileHeader& header) noexcept
      : number_(number), first_(first), header_(header) {}

  /// Names the file.
  std::uint64_t number() const noexcept { return number_; }
  std::uint64_t salt() const noexcept { return header_.salt; }
  const FileHeader& header() const noexcept { return header_; }
  std::uint64_t first() const noexcept { return first_; }
  std::uint64_t end() const noexcept { return first_ + places_.size(); }
  /// As the file counts: those of an earlier life go on from another number.
  std::uint64_t in_file(std::uint64_t sequence) const noexcept {
    return sequence - first_ + header_.first;
  }
  std::uint64_t live() const noexcept { return live_; }
  std::uint64_t live_items() const noexcept { return live_items_; }
  /// Records in the file, settled ones too.
  std::uint64_t frames() const noexcept { return frames_; }

  bool is_live(std::uint64_t sequence) const noexcept { return place(sequence).eighth != kSettled; }
  bool is_lost(std::uint64_t sequence) const noexcept { return place(sequence).eighth == kLost; }
  std::uint64_t offset(std::uint64_t sequence) const noexcept {
    return std::uint64_t{place(sequence).eighth} * kFrameAlignment;
  }
  std::uint32_t count(std::uint64_t sequence) const noexcept { return place(sequence).count; }

  /// The next record, which is at `offset`.
  void add(std::uint64_t offset, std::uint32_t count);
  void add_lost(std::uint32_t count);
  void add_settled() { places_.emplace_back(); }
  void settle(std::uint64_t sequence) noexcept;
  /// Live still, but without its bytes.
  void lose(std::uint64_t sequence) noexcept;
  void move(std::uint64_t sequence, std::uint64_t offset) noexcept;
  /// Forgets `from` and what follows.
  void cut(std::uint64_t from) noexcept;
  /// After a rewrite.
  void replace_header(const FileHeader& header) noexcept {
    header_ = header;
    frames_ = live_;
  }

  /// To be written: settled since, in order and joined. Cleared by the caller, once they are.
  std::vector<Run>& unwritten() noexcept { return unwritten_; }
  void note_settled(std::uint64_t sequence);
  /// As if none had been written.
  void note_all_settled();

  std::uint64_t bytes = 0;    ///< of the file, with what is about to be written
  bool has_file = false;      ///< it was made, and nobody removed it
  bool is_unsafe = false;     ///< recovered, and never synced since
  bool must_rewrite = false;  ///< the device failed under it
  bool noted = false;         ///< in the list of those with something to write or to remove

 private:
  static constexpr std::uint32_t kSettled = 0;
  static constexpr std::uint32_t kLost = 1;  ///< no frame is at 8: the header is there
  struct Place {
    std::uint32_t eighth = kSettled;  ///< offset / 8: a file has at most 32 GiB
    std::uint32_t count = 0;
  };
  const Place& place(std::uint64_t sequence) const noexcept {
    return places_[static_cast<std::size_t>(sequence - first_)];
  }
  Place& place(std::uint64_t sequence) noexcept {
    return places_[static_cast<std::size_t>(sequence - first_)];
  }

  std::uint64_t number_;
  std::uint64_t first_;
  FileHeader header_;
  std::vector<Place> places_;
  std::vector<Run> unwritten_;
  std::uint64_t live_ = 0;
  std::uint64_t live_items_ = 0;
  std::uint64_t frames_ = 0;
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
