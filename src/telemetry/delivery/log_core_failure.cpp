// SPDX-License-Identifier: Apache-2.0
// What the log does when a write or a sync failed.
#include "telemetry/delivery/log_core.hpp"

#include <cerrno>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

/// How long a failing disk is left alone. Ours: often enough to be back soon, and cheap.
constexpr std::chrono::seconds kRetryInterval{1};

bool is_gone(int error) noexcept {
  return error == -ENOENT || error == -ENOTDIR || error == -ESTALE || error == -EBADF;
}

}  // namespace

void WriteAheadLog::Core::give_up_active(Failed failed) {
  if (active_ == nullptr) return;
  auto node = segments_.extract(active_->first());
  Segment& old = node.mapped();
  const std::uint64_t keep = synced_end_;
  const Sequence last_of_group = last_;
  const Sequence group = unsynced_.empty() ? last_ + 1 : unsynced_first_;
  const std::string frames = std::exchange(unsynced_, {});
  const bool is_cut = file_.valid() && keep != 0 && files_.truncate(file_.number(), keep) == 0;
  FileStatus there;
  const bool is_removed =
      file_.valid() && files_.status(file_.number(), there) == 0 && there.links == 0;
  end_active();
  if (keep == 0 && old.has_file) segment_files_.remove(slot(), old);
  written_ = 0;
  unsynced_live_ = 0;
  regroup(frames, old);

  if (keep != 0) {
    old.cut(group);
    old.note_all_settled();
    if (is_cut) {
      old.bytes = keep;
    } else {
      // Its frames of the group stay in it; they must not come back beside those of the new file.
      for (Sequence at = group; at <= last_of_group; ++at) old.note_settled(at);
    }
    old.must_rewrite = old.must_rewrite || failed.device;
    Segment& kept = segments_.insert(std::move(node)).position->second;
    if (is_removed) forget_file(kept);
    note(kept);
  }
  if (is_gone(failed.error)) renew_directory();
  take_stock();
}

/// What the failed file may have lost goes into a new one, with the same salt, so that the frames
/// are what they were. The settled among them leave acknowledgements: sequences have no gaps.
void WriteAheadLog::Core::regroup(std::string_view frames, const Segment& old) {
  const Sequence last = last_;
  while (!frames.empty()) {
    FrameHeader header;
    decode_frame_header(frames.substr(0, kFrameHeaderBytes), old.salt(), header);
    const std::string_view frame =
        frames.substr(0, static_cast<std::size_t>(frame_bytes(header.body_bytes)));
    frames.remove_prefix(frame.size());
    const Sequence sequence = header.sequence;
    const bool is_live = old.is_live(sequence);
    if (active_ == nullptr) {
      if (!is_live) continue;
      last_ = sequence - 1;
      unsynced_first_ = sequence;
      begin_active(old.salt());
    }
    const std::size_t before = unsynced_.size();
    if (is_live) {
      active_->add(active_->bytes, header.count);
      unsynced_ += frame;
      ++unsynced_live_;
    } else {
      active_->add_settled();
      append_acknowledgement(unsynced_, old.salt(), sequence, 1);
    }
    active_->bytes += unsynced_.size() - before;
  }
  last_ = last;
}

void WriteAheadLog::Core::renew_directory() {
  if (directory_.intact()) return;
  for (auto& [first, segment] : segments_) {
    if (segment.has_file) forget_file(segment);
  }
  segment_files_.forget();
  // What cannot be made now is tried again with the next group.
  static_cast<void>(directory_.renew());
}

void WriteAheadLog::Core::forget_file(Segment& segment) noexcept {
  segment.has_file = false;
  segment.must_rewrite = false;
  segment.bytes = 0;
  segment.unwritten().clear();
  for (Sequence at = segment.first(); at < segment.end(); ++at) lose(segment, at);
}

void WriteAheadLog::Core::lose(Segment& segment, Sequence sequence) noexcept {
  if (!segment.is_live(sequence) || segment.is_lost(sequence)) return;
  segment.lose(sequence);
  ++counters_.damaged;
  counters_.damaged_items += segment.count(sequence);
}

void WriteAheadLog::Core::rewrite_suspects() {
  if (now() < settle_at_) return;
  for (auto& [first, segment] : segments_) {
    if (segment.must_rewrite && !is_active(segment) && !rewrite(segment)) return;
  }
}

bool WriteAheadLog::Core::rewrite(Segment& segment) {
  if (!segment.has_file) return false;
  SegmentFiles::Lost lost;
  const int error = segment_files_.rewrite(slot(), segment, platform_.random.next(), lost);
  if (error == 0) segment.is_unsafe = false;
  counters_.damaged += lost.records;
  counters_.damaged_items += lost.items;
  take_stock();
  if (error != 0) {
    ++counters_.write_failures;
    settle_at_ = now() + kRetryInterval;
    return false;
  }
  segment.must_rewrite = false;
  ++counters_.segments_rewritten;
  return true;
}

void WriteAheadLog::Core::fail(int error) {
  retry_at_ = now() + kRetryInterval;
  if (std::exchange(failing_, true)) return;
  const bool is_full = error == -ENOSPC || error == -EDQUOT || error == -EFBIG;
  platform_.diagnostics.report(
      is_full ? ErrorCode::resource_exhausted : ErrorCode::unavailable, "delivery_log",
      is_full
          ? "no space is left for the log on disk: records are kept in memory only; free space, "
            "or lower LogOptions::limit_bytes; it is tried again every second"
          : "the log on disk cannot be written: records are kept in memory only; look at "
            "LogOptions::directory and its disk; it is tried again every second");
}

void WriteAheadLog::Core::settle_files() {
  if (noted_.empty() || now() < settle_at_) return;
  if (!directory_.intact()) {  // the next group finds out what is left
    settle_at_ = now() + kRetryInterval;
    return;
  }
  bool has_failed = false;
  for (const Sequence first : std::exchange(noted_, {})) {
    const auto at = segments_.find(first);
    if (at == segments_.end()) continue;
    Segment& segment = at->second;
    segment.noted = false;
    const Settled settled = settle_file(segment);
    if (settled != Settled::yes) note(segment);
    has_failed = has_failed || settled == Settled::failed;
    if (settled == Settled::yes && segment.live() == 0 && !is_active(segment)) segments_.erase(at);
  }
  if (has_failed) {
    ++counters_.write_failures;
    settle_at_ = now() + kRetryInterval;
  }
  take_stock();
}

WriteAheadLog::Core::Settled WriteAheadLog::Core::settle_file(Segment& segment) {
  const bool is_idle = segment.live() == 0 && segment.bytes > options_.segment_bytes / 2;
  if (is_active(segment) && is_idle && unsynced_.empty()) end_active();
  if (is_active(segment)) {
    // A group that is not written yet takes the end of the file; its acknowledgements come behind.
    if (written_ != unsynced_.size()) return Settled::later;
    if (!holds_active_file()) return Settled::failed;
    const int error = segment_files_.write_settled(slot(), segment, file_.number());
    return error == 0 ? Settled::yes : Settled::failed;
  }
  if (!segment.has_file) return Settled::yes;
  if (segment.live() == 0) {
    const int error = segment_files_.remove(slot(), segment);
    segment.has_file = error != 0 && error != -ENOENT;
    return segment.has_file ? Settled::failed : Settled::yes;
  }
  const int error = segment_files_.write_settled(slot(), segment);
  if (error == -ENOENT) forget_file(segment);
  return error == 0 || error == -ENOENT ? Settled::yes : Settled::failed;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
