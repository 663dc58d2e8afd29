// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/log_core.hpp"

#include "core/fork_epoch.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
WriteAheadLog::Core::Core(const LogOptions& options, Platform platform, FileSystem& files,
                          LogDirectory directory)
    : options_(options),
      platform_(platform),
      files_(files),
      directory_(std::move(directory)),
      segment_files_(files),
      fork_epoch_(detail::fork_epoch()) {}

WriteAheadLog::Core::~Core() {
  if (forked()) {
    directory_.forget_locks();
    return;
  }
  push(true);
  if (active_ != nullptr && active_->live() == 0) {
    Segment& idle = *active_;
    end_active();
    note(idle);
  }
  settle_files();
  if (segments_.empty()) directory_.remove_empty(directory_.own());
}

bool WriteAheadLog::Core::forked() const noexcept { return detail::fork_epoch() != fork_epoch_; }

Segment& WriteAheadLog::Core::begin_active(std::uint64_t salt) {
  const FileHeader header{salt, last_ + 1, platform_.clock.now().wall};
  active_ = &segments_.try_emplace(last_ + 1, next_number_++, last_ + 1, header).first->second;
  active_->bytes = kFileHeaderBytes;
  counters_.bytes += kFileHeaderBytes;
  synced_end_ = 0;
  return *active_;
}

Appended WriteAheadLog::Core::append(const Record& record) {
  const std::uint64_t body = record.payload.size() + record.tenant.size();
  const std::uint64_t bytes = frame_bytes(body);
  if (body > kMaxRecordBytes || bytes > options_.limit_bytes / 2) {
    ++counters_.refused_large;
    return {Stored::too_large};
  }
  // What is not synced is kept in memory.
  const bool group_is_large = !unsynced_.empty() && unsynced_.size() + bytes > kGroupBytes;
  if ((failing_ || group_is_large) && !push(true)) {
    ++counters_.refused_failing;
    return {Stored::failing};
  }
  if (!make_room(bytes)) {
    ++counters_.refused_full;
    return {Stored::full};
  }
  Segment& segment = active_ != nullptr ? *active_ : begin_active(platform_.random.next());
  if (unsynced_.empty()) {
    unsynced_first_ = last_ + 1;
    unsynced_since_ = now();
  }
  ++last_;
  segment.add(segment.bytes, record.count);
  append_record_frame(unsynced_, segment.salt(), last_, record);
  segment.bytes += bytes;
  counters_.bytes += bytes;
  ++counters_.appended;
  ++unsynced_live_;
  return {Stored::yes, last_};
}

bool WriteAheadLog::Core::make_room(std::uint64_t bytes) {
  const auto fits = [&] {
    return counters_.bytes + kFileHeaderBytes + bytes <= options_.limit_bytes;
  };
  if (fits()) return true;
  settle_files();
  // A few records that are not settled hold whole files: what is settled in those is given back.
  for (auto& [first, segment] : segments_) {
    if (fits() || now() < settle_at_) break;
    if (!is_active(segment) && segment.live() * 2 <= segment.frames()) rewrite(segment);
  }
  return fits();
}

bool WriteAheadLog::Core::sync_is_due() const noexcept {
  return options_.sync_interval == Nanoseconds::zero() || failing_ ||
         (!unsynced_.empty() && now() >= unsynced_since_ + options_.sync_interval);
}

SteadyTime WriteAheadLog::Core::sync_due() const noexcept {
  if (failing_) return retry_at_;
  const SteadyTime settle = noted_.empty() ? (SteadyTime::max)() : settle_at_;
  return unsynced_.empty() ? settle : std::min(settle, unsynced_since_ + options_.sync_interval);
}

bool WriteAheadLog::Core::push(bool sync) {
  if (failing_ && now() < retry_at_) return false;
  Failed failed = flush(sync || failing_);
  if (failed) {
    // The file may be what fails: a limit on its size, a bad block. That a new one fails too is
    // the disk.
    give_up_active(failed);
    failed = flush(true);
    if (failed) {
      give_up_active(failed);
      fail(failed.error);
      return false;
    }
  }
  failing_ = false;
  settle_files();
  rewrite_suspects();
  return true;
}

WriteAheadLog::Core::Failed WriteAheadLog::Core::flush(bool sync) {
  if (active_ == nullptr) return {};
  if (const Failed failed = write_group()) return failed;
  const bool is_full = active_->bytes >= options_.segment_bytes ||
                       active_->end() - active_->first() >= kMaxSegmentRecords / 2;
  if (!sync && !is_full) return {};
  if (const Failed failed = sync_group()) return failed;
  if (is_full) end_active();
  return {};
}

WriteAheadLog::Core::Failed WriteAheadLog::Core::write_group() {
  if (written_ == unsynced_.size()) return {};
  if (!file_.valid()) {
    if (const int error = make_file(*active_); error != 0) return {error};
  }
  if (!holds_active_file()) return {-ENOENT};
  const std::string_view rest = std::string_view(unsynced_).substr(written_);
  const int error = write_all(files_, file_.number(), active_->bytes - rest.size(), rest);
  if (error != 0) {
    ++counters_.write_failures;
    return {error};
  }
  written_ = unsynced_.size();
  return {};
}

WriteAheadLog::Core::Failed WriteAheadLog::Core::sync_group() {
  // What is acknowledged needs no disk. Its frames are written; the next sync takes them along, and
  // comes before more wait for it than who takes the file over writes again.
  if (unsynced_live_ != 0 || active_->bytes - synced_end_ > kGroupBytes) {
    if (!holds_active_file()) return {-ENOENT};
    int error = sync_all(files_, file_.number());
    if (error == 0 && new_name_) error = sync_all(files_, slot());
    if (error != 0) {
      ++counters_.sync_failures;
      return {error, true};
    }
    ++counters_.syncs;
    new_name_ = false;
    synced_end_ = active_->bytes;
  }
  unsynced_.clear();
  written_ = 0;
  unsynced_live_ = 0;
  return {};
}

int WriteAheadLog::Core::make_file(Segment& segment) {
  const int opened = directory_.intact()
                         ? files_.open_file(slot(), segment_name(segment.number()), Access::create)
                         : -ENOENT;
  int error = std::min(opened, 0);
  if (error == 0) {
    file_ = Descriptor(files_, opened);
    new_name_ = true;
    error = files_.status(opened, file_status_);
    if (error == 0) error = write_all(files_, opened, 0, encode_file_header(segment.header()));
    segment.has_file = error == 0;
    if (error != 0) {
      file_.reset();
      files_.remove(slot(), segment_name(segment.number()), false);
    }
  }
  if (error != 0) ++counters_.write_failures;
  return error;
}

/// The host may have closed our descriptor, and the number may be a file of its own by now; or the
/// file was removed, and what is written to it goes nowhere.
bool WriteAheadLog::Core::holds_active_file() noexcept {
  FileStatus there;
  if (files_.status(file_.number(), there) == 0 && there.is(file_status_)) return there.links != 0;
  file_.release();
  return false;
}

void WriteAheadLog::Core::end_active() noexcept {
  file_.reset();
  active_ = nullptr;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
