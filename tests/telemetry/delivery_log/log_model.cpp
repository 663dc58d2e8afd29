// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery_log/log_model.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace aloft::delivery::fixture {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kProcesses = 3;

LogOptions options_of(std::mt19937_64& random) {
  LogOptions options;
  options.directory = "/log";
  options.limit_bytes = (64u << 10) << random() % 3;
  options.segment_bytes = (4u << 10) << random() % 3;
  options.sync_interval = milliseconds(random() % 3 * 100);
  return options;
}

}  // namespace

Record make_record(std::uint64_t id, std::size_t bytes) {
  Record record;
  record.payload.resize(kIdDigits);
  text::write_hex(id, record.payload.data());
  std::mt19937_64 random(id);
  while (record.payload.size() < bytes) record.payload.push_back(static_cast<char>(random()));
  if (id % 3 != 0) record.tenant = "tenant-" + std::to_string(id % 7);
  record.count = static_cast<std::uint32_t>(1 + id % 5);
  record.time = WallTime(Nanoseconds(static_cast<std::int64_t>(id) * 1'000));
  return record;
}

std::optional<std::uint64_t> id_of(const std::string& payload) {
  return text::parse_hex(std::string_view(payload).substr(0, kIdDigits));
}

Story::Story(std::uint64_t seed, StoryRules rules)
    : rules_(rules), random_(seed), ids_(seed * 1'000'000), processes_(kProcesses) {}

void Story::wrong(const std::string& what) {
  if (problem_.empty()) problem_ = what;
}

std::string Story::play(int steps) {
  for (int i = 0; i < steps && problem_.empty(); ++i) {
    clock_.advance(milliseconds(draw(300)));
    step(processes_[draw(draw(2) == 0 ? 1 : kProcesses)]);
  }
  if (problem_.empty()) check_end();
  for (Process& process : processes_) end(process, true);
  return problem_;
}

void Story::step(Process& process) {
  if (process.log != nullptr && process.files->is_dead()) end(process, true);
  if (process.log == nullptr) return open(process);
  const std::uint64_t what = draw(100);
  if (what < 40) {
    append(process);
  } else if (what < 60) {
    acknowledge(process);
  } else if (what < 78) {
    commit(process, draw(3) == 0);
  } else if (what < 82) {
    read_all(process);
  } else if (what < 84) {
    process.log->adopt();
    read_all(process);
  } else if (what < 92) {
    break_something(process);
  } else if (what < 95) {
    end(process, draw(2) == 0);
  } else if (what < 96 && rules_.power_cuts) {
    power_cut();
  } else if (what < 98 && rules_.corruption) {
    corrupt();
  } else {
    process.files->lives_for = draw(40);
    process.files->torn_bytes = random_();
  }
}

void Story::open(Process& process) {
  if (disk_.find("/log") == nullptr && draw(2) == 0) disk_.make("/log", true);
  process.files = std::make_unique<MemoryFiles>(disk_);
  process.files->short_write = draw(3) == 0 ? 1 + draw(700) : 0;
  process.files->interrupts = draw(3) == 0;
  if (draw(4) == 0) {
    process.files->lives_for = draw(60);
    process.files->torn_bytes = random_();
  }
  auto log = WriteAheadLog::open(options_of(random_), {clock_, ids_, diagnostics_}, *process.files);
  if (!log) {
    // A disk that is full has no room for a directory either; a dead process opens nothing.
    if (!process.files->is_dead() && !rules_.bad_devices) wrong(log.error().to_string());
    return end(process, true);
  }
  process.log = std::move(*log);
  read_all(process);
}

void Story::end(Process& process, bool killed) {
  if (killed && process.files != nullptr) process.files->die();
  if (!killed && process.log != nullptr) {
    commit(process, true);
    // Its end writes the rest; what that makes durable nobody was told.
  }
  process.log.reset();
  process = {};
}

void Story::append(Process& process) {
  for (std::uint64_t n = 1 + draw(20); n > 0; --n) {
    const std::size_t bytes = kIdDigits + draw(draw(10) == 0 ? 6'000 : 300);
    const Appended appended = process.log->append(make_record(next_id_, bytes));
    if (appended.stored != Stored::yes) continue;
    known_[next_id_].bytes = bytes;
    if (!process.ids.emplace(appended.sequence, next_id_++).second) wrong("a sequence came twice");
  }
  note_durable(process);
}

void Story::note_durable(Process& process) {
  if (process.files->is_dead()) return;
  const Sequence durable = process.log->durable();
  for (const auto& [sequence, id] : process.ids) {
    if (sequence > durable) break;
    known_[id].durable = true;
  }
}

void Story::acknowledge(Process& process) {
  note_durable(process);
  const std::uint64_t share = 1 + draw(4);
  for (auto at = process.ids.begin(); at != process.ids.end();) {
    if (draw(4) >= share) {
      ++at;
      continue;
    }
    process.log->acknowledge(at->first);
    known_[at->second].acknowledged = true;
    process.acknowledged_since.push_back(at->second);
    at = process.ids.erase(at);
  }
}

void Story::commit(Process& process, bool sync) {
  const bool done = sync ? process.log->sync() : process.log->commit();
  if (process.files->is_dead()) return;
  note_durable(process);
  if (sync && done && !rules_.bad_devices && process.log->durable() != process.log->last()) {
    wrong("sync left a record");
  }
  if (!done || process.log->counters().unwritten_files != 0) return;
  // A disk that fails takes along what was written since the last sync of a file.
  for (const std::uint64_t id : process.acknowledged_since) {
    known_[id].acknowledgement_kept = !rules_.bad_devices;
  }
  process.acknowledged_since.clear();
}

void Story::read_all(Process& process) {
  std::map<std::uint64_t, Sequence> seen;
  for (LogRecord found; process.log->next(found.sequence, found);) {
    if (process.files->is_dead()) return;  // every read fails from then on
    if (found.damaged) {
      // A group that was not durable may lie in pieces; what was durable is asked for at the end.
      if (corruptions_ == 0 && !rules_.power_cuts && !rules_.bad_devices) wrong("damage by nobody");
      if (corruptions_ == 0 && process.ids.count(found.sequence) != 0) wrong("lost a record");
      ++process.lost;
      process.log->acknowledge(found.sequence);
      continue;
    }
    const auto id = id_of(found.record.payload);
    if (!id || known_.count(*id) == 0) return wrong("a record that nobody wrote");
    Known& known = known_[*id];
    const Record written = make_record(*id, known.bytes);
    if (found.record.payload != written.payload || found.record.tenant != written.tenant ||
        found.record.count != written.count || found.record.time != written.time) {
      return wrong("a record that was written otherwise");
    }
    // What a failed truncation left in a file comes back where the note of it was not written.
    const bool may_repeat = corruptions_ != 0 || rules_.bad_devices;
    if (!seen.emplace(*id, found.sequence).second && !may_repeat) wrong("a record came twice");
    if (known.acknowledgement_kept && corruptions_ == 0) wrong("an acknowledged record came back");
    process.ids.emplace(found.sequence, *id);
  }
}

void Story::break_something(Process& process) {
  process.files->fault = {};
  disk_.space = UINT64_MAX;
  if (!rules_.bad_devices) return;
  const std::uint64_t what = draw(4);
  if (what == 0) disk_.space = disk_.used() + draw(8'000);
  if (what == 1) return;
  const std::uint64_t odds = 1 + draw(12);
  process.files->fault = [this, what, odds](MemoryFiles::Call call, const std::string&) {
    using Call = MemoryFiles::Call;
    if (what != 0 && random_() % odds != 0) return 0;
    if (what == 2 && call == Call::sync) return -EIO;
    if (what == 3 && (call == Call::write || call == Call::truncate || call == Call::rename)) {
      return -EIO;
    }
    return 0;
  };
}

void Story::power_cut() {
  for (Process& process : processes_) end(process, true);
  disk_.power_cut(random_);
  for (auto& [id, known] : known_) known.acknowledgement_kept = false;
}

void Story::corrupt() {
  const std::vector<std::string> paths = disk_.files("/log");
  if (paths.empty()) return;
  Node& file = *disk_.find(paths[draw(paths.size())]);
  if (file.bytes.empty()) return;
  ++corruptions_;
  const std::size_t at = draw(file.bytes.size());
  switch (draw(4)) {
    case 0:
      file.bytes[at] = static_cast<char>(file.bytes[at] ^ (1 << draw(8)));
      break;
    case 1:
      file.bytes.resize(at);
      break;
    case 2:
      std::fill_n(file.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  std::min<std::size_t>(200, file.bytes.size() - at), '\0');
      break;
    default:
      file.bytes.insert(at, std::string(1 + draw(100), 'x'));
  }
  file.safe = file.bytes;
}

void Story::check_end() {
  for (Process& process : processes_) end(process, draw(2) == 0);
  disk_.space = UINT64_MAX;
  Process& last = processes_.front();
  last.files = std::make_unique<MemoryFiles>(disk_);
  LogOptions options = options_of(random_);
  options.limit_bytes = 1u << 30;
  auto log = WriteAheadLog::open(options, {clock_, ids_, diagnostics_}, *last.files);
  if (!log) return wrong(log.error().to_string());
  last.log = std::move(*log);
  read_all(last);
  std::map<std::uint64_t, bool> found;
  for (const auto& [sequence, id] : last.ids) found[id] = true;
  for (const auto& [id, known] : known_) {
    if (corruptions_ != 0 || !known.durable || known.acknowledged || found.count(id) != 0) continue;
    return wrong("record " + std::to_string(id) + " was durable and is missing");
  }
  // Everything acknowledged: nothing is left on the disk.
  for (const auto& [sequence, id] : last.ids) last.log->acknowledge(sequence);
  last.log.reset();
  if (!disk_.files("/log").empty()) wrong("files are left of nothing");
}

}  // namespace aloft::delivery::fixture
