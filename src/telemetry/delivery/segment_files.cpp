// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/segment_files.hpp"

#include <aloft/core/text.hpp>

#include "telemetry/delivery/frame_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

constexpr std::string_view kSuffix = ".log";
constexpr std::string_view kTemporarySuffix = ".tmp";
constexpr std::size_t kNumberDigits = 16;
/// What is read ahead for `read`, and gathered before a write. Ours.
constexpr std::size_t kWindowBytes = 64u << 10;

std::string name_of(std::uint64_t number, std::string_view suffix) {
  std::string name(kNumberDigits, '0');
  text::write_hex(number, name.data());
  return name.append(suffix);
}

bool has_form(std::string_view name, std::string_view suffix) noexcept {
  return name.size() == kNumberDigits + suffix.size() && name.ends_with(suffix) &&
         text::parse_hex(name.substr(0, kNumberDigits)).has_value();
}

/// Puts the frames of one file in their places.
class Indexer {
 public:
  explicit Indexer(Recovered& found) noexcept : found_(found), segment_(*found.segment) {}

  /// A frame that claims what no file of ours has is passed over.
  void take(const FrameReader& reader, bool damaged) {
    const FrameHeader& header = reader.header();
    const std::uint64_t index = header.sequence - segment_.header().first;
    const std::uint64_t have = segment_.end() - segment_.first();
    if (header.acknowledges) {
      settle(index, have, header.count);
      return;
    }
    if (index < have || index >= kMaxSegmentRecords) {
      ++found_.repeated;
      return;
    }
    for (std::uint64_t gap = have; gap < index; ++gap) segment_.add_lost(1);
    damaged ? segment_.add_lost(header.count) : segment_.add(reader.offset(), header.count);
  }

  void finish() noexcept {
    for (std::uint64_t at = segment_.first(); at < segment_.end(); ++at) {
      if (!segment_.is_lost(at)) continue;
      ++found_.lost;
      found_.lost_items += segment_.count(at);
    }
  }

 private:
  void settle(std::uint64_t index, std::uint64_t have, std::uint64_t count) {
    const std::uint64_t end = index + count;
    if (index >= kMaxSegmentRecords || end > kMaxSegmentRecords) return;
    for (; have < end; ++have) {
      have < index ? segment_.add_lost(1) : segment_.add_settled();
    }
    for (std::uint64_t at = index; at < end; ++at) {
      const std::uint64_t sequence = segment_.first() + at;
      if (segment_.is_live(sequence)) segment_.settle(sequence);
    }
  }

  Recovered& found_;
  Segment& segment_;
};

/// Finds where the records begin that their process may not have synced: the last group, of
/// `kGroupBytes` or one record at most, and as much before it that was acknowledged before it was
/// synced. `begin` stands up to twice that before the end.
class UnsyncedEnd {
 public:
  void take(std::uint64_t offset, std::uint64_t bytes) noexcept {
    if (bytes_ + bytes > 2 * kGroupBytes) {
      begin_ = std::exchange(middle_, offset);
      bytes_ = 0;
    }
    bytes_ += bytes;
  }
  std::uint64_t begin() const noexcept { return begin_; }

 private:
  std::uint64_t begin_ = kFileHeaderBytes;
  std::uint64_t middle_ = kFileHeaderBytes;
  std::uint64_t bytes_ = 0;
};

/// Writes the bytes of a file over themselves. After a failed sync the kernel may call pages clean
/// that never reached the disk, and a process that was killed then told nobody: a sync means
/// something only for what was written since.
/// @return 0, or minus an errno.
int write_again(FileSystem& files, int descriptor, std::uint64_t from, std::uint64_t to) {
  std::string bytes;
  while (from < to) {
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(to - from, kWindowBytes)));
    const std::int64_t got = read_some(files, descriptor, from, bytes.data(), bytes.size());
    if (got <= 0) return got < 0 ? static_cast<int>(got) : -EIO;
    bytes.resize(static_cast<std::size_t>(got));
    if (const int error = write_all(files, descriptor, from, bytes); error != 0) return error;
    from += bytes.size();
  }
  return 0;
}

}  // namespace

std::string segment_name(std::uint64_t number) { return name_of(number, kSuffix); }

std::string temporary_name(std::uint64_t number) { return name_of(number, kTemporarySuffix); }

std::optional<std::uint64_t> parse_segment_name(const std::string& name) noexcept {
  if (!has_form(name, kSuffix)) return std::nullopt;
  return text::parse_hex(std::string_view(name).substr(0, kNumberDigits));
}

bool is_temporary_name(const std::string& name) noexcept {
  return has_form(name, kTemporarySuffix);
}

Recovered SegmentFiles::recover(int directory, std::uint64_t number, std::uint64_t first) {
  Recovered found;
  const int opened = files_.open_file(directory, segment_name(number), Access::write);
  const Descriptor file(files_, opened);
  FileStatus status;
  found.error = file.valid() ? files_.status(file.number(), status) : opened;
  if (found.error == 0 && (status.kind != FileStatus::Kind::file || !status.ours)) {
    found.error = -EPERM;
  }
  if (found.error == 0 && status.bytes > kMaxFileBytes) found.error = -EFBIG;
  if (found.error != 0) return found;
  std::string bytes(kFileHeaderBytes, '\0');
  const std::int64_t got = read_some(files_, file.number(), 0, bytes.data(), bytes.size());
  if (got < 0) found.error = static_cast<int>(got);
  if (found.error != 0) return found;
  bytes.resize(static_cast<std::size_t>(got));
  FileHeader header;
  found.state = decode_file_header(bytes, header);
  if (found.state == HeaderState::empty) found.torn_bytes = status.bytes;
  if (found.state == HeaderState::damaged) found.damaged_bytes = status.bytes;
  if (found.state != HeaderState::good) return found;

  found.segment.emplace(number, first, header);
  Indexer indexer(found);
  UnsyncedEnd unsynced;
  FrameReader reader(files_, file.number(), header.salt);
  for (auto what = reader.next(); what != FrameReader::Found::end; what = reader.next()) {
    indexer.take(reader, what == FrameReader::Found::damaged_record);
    if (!reader.header().acknowledges) {
      unsynced.take(reader.offset(), frame_bytes(reader.header().body_bytes));
    }
  }
  if (reader.failed()) {
    // The rest of it may be there at the next start; what is written anew would not have it.
    found.segment.reset();
    found.error = -EIO;
    return found;
  }
  indexer.finish();
  found.damaged_bytes = reader.damaged_bytes();
  found.torn_bytes = reader.torn_bytes();
  Segment& segment = *found.segment;
  segment.has_file = true;
  segment.bytes = std::max(reader.sound_end(), aligned(status.bytes));
  // What follows goes where a reader looks, and the torn end is not met again.
  if (reader.torn_bytes() != 0 && files_.truncate(file.number(), reader.sound_end()) == 0) {
    segment.bytes = reader.sound_end();
  }
  // A killed process had not synced all of it.
  segment.must_rewrite =
      write_again(files_, file.number(), 0, kFileHeaderBytes) != 0 ||
      write_again(files_, file.number(), unsynced.begin(), reader.sound_end()) != 0 ||
      sync_all(files_, file.number()) != 0;
  segment.is_unsafe = segment.must_rewrite;
  return found;
}

std::optional<HeaderState> SegmentFiles::look(int directory, std::uint64_t number,
                                              std::uint64_t& bytes) {
  const Descriptor file(files_, files_.open_file(directory, segment_name(number), Access::read));
  FileStatus status;
  if (!file.valid() || files_.status(file.number(), status) != 0) return std::nullopt;
  bytes = status.bytes;
  std::string begin(kFileHeaderBytes, '\0');
  const std::int64_t got = read_some(files_, file.number(), 0, begin.data(), begin.size());
  if (got < 0) return std::nullopt;
  begin.resize(static_cast<std::size_t>(got));
  FileHeader header;
  return decode_file_header(begin, header);
}

int SegmentFiles::open_for_reading(int directory, const Segment& segment) {
  FileStatus there;
  if (reading_.valid() && reading_number_ == segment.number()) {
    if (files_.status(reading_.number(), there) == 0 && there.is(reading_status_)) return 0;
    reading_.release();  // the host closed it, and the number may be its own by now
  }
  forget();
  const int opened = files_.open_file(directory, segment_name(segment.number()), Access::read);
  if (opened < 0) return opened;
  reading_ = Descriptor(files_, opened);
  reading_number_ = segment.number();
  const int error = files_.status(opened, reading_status_);
  if (error != 0) reading_.reset();
  return error;
}

int SegmentFiles::window(const Segment& segment, std::uint64_t at, std::size_t bytes,
                         std::string_view& out) {
  if (at < buffer_at_ || at + bytes > buffer_at_ + buffer_.size()) {
    const std::uint64_t rest = segment.bytes > at ? segment.bytes - at : 0;
    buffer_.resize(
        std::max(bytes, static_cast<std::size_t>(std::min<std::uint64_t>(rest, kWindowBytes))));
    buffer_at_ = at;
    const std::int64_t got =
        read_some(files_, reading_.number(), at, buffer_.data(), buffer_.size());
    buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got < 0) return static_cast<int>(got);
    if (buffer_.size() < bytes) return -EBADMSG;
  }
  out = std::string_view(buffer_).substr(static_cast<std::size_t>(at - buffer_at_));
  return 0;
}

int SegmentFiles::find(int directory, const Segment& segment, std::uint64_t sequence,
                       FrameHeader& header, std::string_view& frame) {
  int error = open_for_reading(directory, segment);
  const std::uint64_t at = segment.offset(sequence);
  std::string_view begin;
  if (error == 0) error = window(segment, at, kFrameHeaderBytes, begin);
  if (error != 0) return error;
  if (!decode_frame_header(begin, segment.salt(), header) || header.acknowledges ||
      header.sequence != segment.in_file(sequence)) {
    return -EBADMSG;
  }
  const std::size_t whole = kFrameHeaderBytes + header.body_bytes;
  if (error = window(segment, at, whole, frame); error != 0) return error;
  frame = frame.substr(0, whole);
  return body_matches(header, frame.substr(kFrameHeaderBytes)) ? 0 : -EBADMSG;
}

int SegmentFiles::read(int directory, const Segment& segment, std::uint64_t sequence,
                       Record& record) {
  FrameHeader header;
  std::string_view frame;
  if (const int error = find(directory, segment, sequence, header, frame); error != 0) return error;
  const std::string_view body = frame.substr(kFrameHeaderBytes);
  record.tenant = body.substr(0, header.tenant_bytes);
  record.payload = body.substr(header.tenant_bytes);
  record.count = header.count;
  record.time = header.time;
  return 0;
}

int SegmentFiles::write_settled(int directory, Segment& segment, int descriptor) {
  Descriptor opened;
  if (descriptor < 0) {
    descriptor = files_.open_file(directory, segment_name(segment.number()), Access::write);
    if (descriptor < 0) return descriptor;
    opened = Descriptor(files_, descriptor);
  }
  std::vector<Segment::Run>& runs = segment.unwritten();
  std::sort(runs.begin(), runs.end(),
            [](const auto& one, const auto& other) { return one.first < other.first; });
  std::string frames;
  for (std::size_t i = 0; i < runs.size();) {
    Segment::Run run = runs[i++];
    while (i < runs.size() && runs[i].first == run.first + run.count) run.count += runs[i++].count;
    append_acknowledgement(frames, segment.salt(), segment.in_file(run.first), run.count);
  }
  const int error = write_all(files_, descriptor, segment.bytes, frames);
  if (error != 0) return error;
  segment.bytes += frames.size();
  runs.clear();
  return 0;
}

/// The new file while it is written.
class SegmentFiles::Rewrite {
 public:
  Rewrite(FileSystem& files, int descriptor, const FileHeader& header)
      : files_(files), descriptor_(descriptor), pending_(encode_file_header(header)) {}

  std::uint64_t end() const noexcept { return written_ + pending_.size(); }
  std::string& pending() noexcept { return pending_; }
  int write(bool all) {
    if (!all && pending_.size() < kWindowBytes) return 0;
    const int error = write_all(files_, descriptor_, written_, pending_);
    written_ += pending_.size();
    pending_.clear();
    return error;
  }

 private:
  FileSystem& files_;
  int descriptor_;
  std::string pending_;
  std::uint64_t written_ = 0;
};

int SegmentFiles::rewrite(int directory, Segment& segment, std::uint64_t salt, Lost& lost) {
  forget();
  const std::string name = temporary_name(segment.number());
  files_.remove(directory, name, false);
  const int opened = files_.open_file(directory, name, Access::create);
  if (opened < 0) return opened;
  const Descriptor file(files_, opened);
  FileHeader header = segment.header();
  header.salt = salt;
  Rewrite out(files_, file.number(), header);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> moved;
  int error = 0;
  for (std::uint64_t at = segment.first(); at < segment.end() && error == 0; ++at) {
    Record record;
    if (!segment.is_live(at)) {
      const std::uint64_t run = at;
      while (at + 1 < segment.end() && !segment.is_live(at + 1)) ++at;
      append_acknowledgement(out.pending(), salt, segment.in_file(run),
                             static_cast<std::uint32_t>(at - run + 1));
    } else if (!segment.is_lost(at)) {
      error = read(directory, segment, at, record);
      if (error == 0) {
        moved.emplace_back(at, out.end());
        append_record_frame(out.pending(), salt, segment.in_file(at), record);
      } else if (is_lost(error)) {
        error = 0;
        segment.lose(at);
        ++lost.records;
        lost.items += segment.count(at);
      }
    }
    if (error == 0) error = out.write(false);
  }
  if (error == 0) error = out.write(true);
  if (error == 0) error = sync_all(files_, file.number());
  if (error == 0) error = files_.rename(directory, name, directory, segment_name(segment.number()));
  if (error == 0) {
    for (const auto& [sequence, offset] : moved) segment.move(sequence, offset);
    segment.replace_header(header);
    segment.unwritten().clear();
    segment.bytes = out.end();
    forget();
    // The old name would do as well: whichever file a crash leaves has the records.
    sync_all(files_, directory);
  } else {
    files_.remove(directory, name, false);
  }
  return error;
}

int SegmentFiles::remove(int directory, Segment& segment) noexcept {
  if (reading_number_ == segment.number()) forget();
  segment.has_file = false;
  return files_.remove(directory, segment_name(segment.number()), false);
}

void SegmentFiles::forget() noexcept {
  reading_.reset();
  reading_number_ = 0;
  buffer_.clear();
  buffer_at_ = 0;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
