// SPDX-License-Identifier: Apache-2.0
// The request side: reserve, write, commit.
#include "telemetry/logs/lane.hpp"

#include "telemetry/backend.hpp"
#include "telemetry/logs/encoder.hpp"
#include "telemetry/pipeline.hpp"

#include <algorithm>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint64_t kDepthOne = std::uint64_t{1} << 32;
/// A chunk that was recycled under our feet, or sealed; more often than this it is no bad luck.
constexpr int kMaxTries = 64;
/// Mixes a word into a hash (the multiplier of splitmix64).
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * 0xbf58'476d'1ce4'e5b9;
  return hash ^ hash >> 29;
}

}  // namespace

LogLane::LogLane(Pipeline& pipeline, std::size_t queue_limit_bytes)
    : pipeline_(pipeline),
      pool_(queue_limit_bytes),
      queue_limit_bytes_(queue_limit_bytes),
      half_(pool_.capacity() / 2),
      wake_step_(std::max<std::uint32_t>(1, pool_.capacity() / kWakeSteps)),
      hash_seed_(pipeline.settings().platform.random.next()) {}

LogLane* LogLane::of(Pipeline& pipeline, std::size_t queue_limit_bytes) {
  for (const std::unique_ptr<Lane>& lane : pipeline.lanes_) {
    auto* const logs = static_cast<LogLane*>(lane.get());
    if (logs->queue_limit_bytes_ == queue_limit_bytes) return logs;
  }
  auto fresh = std::make_unique<LogLane>(pipeline, queue_limit_bytes);
  if (!fresh->pool_.valid()) return nullptr;
  pipeline.lanes_.push_back(std::move(fresh));
  return static_cast<LogLane*>(pipeline.lanes_.back().get());
}

std::uint64_t LogLane::hash_of(std::string_view text) const noexcept {
  // Whole words, and the last eight bytes once more, which overlap them.
  std::uint64_t hash = mix(hash_seed_, text.size());
  std::uint64_t word = 0;
  for (std::size_t at = 0; at + sizeof word < text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    hash = mix(hash, word);
  }
  if (text.size() >= sizeof word) {
    std::memcpy(&word, text.data() + text.size() - sizeof word, sizeof word);
  } else {
    word = 0;
    put_short(reinterpret_cast<char*>(&word), text);
  }
  hash = mix(hash, word);
  return hash != 0 ? hash : 1;
}

Logger LogLane::logger(std::uint32_t generation, std::string_view name) noexcept {
  const std::uint16_t index = levels_.index_of(name);
  return {*this, generation, levels_.cell(index), index};
}

Logger LogLane::audit_logger(std::uint32_t generation) noexcept {
  return {*this, generation, levels_.audit_cell(), levels_.index_of("aloft.levels")};
}

bool LogLane::refuses(LogLevel level, std::uint8_t tenant, std::size_t bytes,
                      LogShard& shard) noexcept {
  const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
  if (taken <= half_) return false;
  const bool crowded_out =
      level == LogLevel::debug || (level == LogLevel::info && taken > half_ + half_ / 2);
  if (crowded_out) {
    raise(shard.dropped_queue_full);
    return true;
  }
  const auto cost = static_cast<std::int64_t>(bytes);
  if (credits_[tenant].fetch_sub(cost, std::memory_order_relaxed) < cost) {
    raise(shard.dropped_over_share);
    return true;
  }
  return false;
}

/// False only when the pool is empty; another thread, or the backend, may have been quicker.
bool LogLane::start_chunk(LogShard& shard, LogChunk* full) noexcept {
  void* const memory = pool_.take();
  if (memory == nullptr) return false;
  auto* const fresh = static_cast<LogChunk*>(memory);  // zeroes, or as it was when it was sealed
  fresh->committed.store(0, std::memory_order_relaxed);
  fresh->serial.store(serials_.fetch_add(1, std::memory_order_relaxed) + 1,
                      std::memory_order_relaxed);
  fresh->reserved.store(0, std::memory_order_release);
  if (shard.current.compare_exchange_strong(full, fresh, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
    taken_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  // Somebody with an old pointer may have written here meanwhile.
  taken_.fetch_add(1, std::memory_order_relaxed);
  if (fresh->seal()) {
    if (fresh->end == 0) {
      release(*fresh);
    } else {
      push(*fresh);
    }
  }
  return true;
}

/// One try in `chunk`: `at` is null when it is sealed, or was recycled under our feet.
[[gnu::always_inline]] inline LogLane::Place LogLane::try_chunk(LogChunk& chunk,
                                                                const Logger& logger,
                                                                std::size_t bytes) noexcept {
  const std::uint64_t written = logger.written_.load(std::memory_order_relaxed);
  const std::uint64_t expected = chunk.serial.load(std::memory_order_relaxed);
  if (logger.context_bytes_ != 0 && written >> 16 != expected) [[unlikely]] {
    return with_context(chunk, logger, bytes);
  }
  const LogChunk::Reservation got = chunk.reserve(bytes);
  if (got.outcome != LogChunk::Outcome::reserved) [[unlikely]] {
    if (got.outcome == LogChunk::Outcome::sealed_by_us) push(chunk);
    return {};
  }
  if (logger.context_bytes_ == 0) return {got.at, kNoContext};
  if (chunk.serial.load(std::memory_order_relaxed) == expected) [[likely]] {
    return {got.at, static_cast<std::uint16_t>(written)};
  }
  new (got.at) LogLine{.bytes = static_cast<std::uint32_t>(bytes), .kind = LogLineKind::nothing};
  chunk.commit(bytes);
  return {};
}

/// The same in a chunk that the logger's context does not stand in yet.
LogLane::Place LogLane::with_context(LogChunk& chunk, const Logger& logger,
                                     std::size_t bytes) noexcept {
  const std::size_t context_bytes = line_bytes(sizeof(LogLine) + logger.context_bytes_);
  const LogChunk::Reservation got = chunk.reserve(context_bytes + bytes);
  if (got.outcome != LogChunk::Outcome::reserved) {
    if (got.outcome == LogChunk::Outcome::sealed_by_us) push(chunk);
    return {};
  }
  auto* const context = new (got.at) LogLine{.bytes = static_cast<std::uint32_t>(context_bytes),
                                             .kind = LogLineKind::context,
                                             .entry_bytes = logger.context_bytes_};
  std::memcpy(context + 1, logger.context_.data(), logger.context_bytes_);
  const auto offset = static_cast<std::uint64_t>(got.at - chunk.data()) / 8;
  logger.written_.store(chunk.serial.load(std::memory_order_relaxed) << 16 | offset,
                        std::memory_order_relaxed);
  chunk.commit(context_bytes);  // the rest of it keeps the chunk
  return {got.at + context_bytes, static_cast<std::uint16_t>(offset)};
}

LogLane::Place LogLane::find_room(LogShard& shard, const Logger& logger, LogLevel level,
                                  std::size_t bytes) noexcept {
  if (refuses(level, logger.stamp_.tenant, bytes, shard)) return {};
  for (int tries = 0; tries < kMaxTries; ++tries) {
    LogChunk* const chunk = shard.current.load(std::memory_order_acquire);
    if (chunk == nullptr || chunk->sealed()) {
      if (!start_chunk(shard, chunk)) break;
      continue;
    }
    const Place place = try_chunk(*chunk, logger, bytes);
    if (place.at != nullptr) return place;
  }
  raise(shard.dropped_queue_full);
  return {};
}

void LogLane::push(LogChunk& chunk) noexcept {
  const std::uint32_t index = pool_.index(&chunk);
  std::uint64_t head = queue_.load(std::memory_order_relaxed);
  std::uint64_t pushed = 0;
  do {
    chunk.next_index = static_cast<std::uint32_t>(head);
    pushed = ((head & ~(kDepthOne - 1)) + kDepthOne) | (index + 1);
  } while (!queue_.compare_exchange_weak(head, pushed, std::memory_order_seq_cst,
                                         std::memory_order_relaxed));
  const std::uint64_t before = (head >> 32) / wake_step_;
  const std::uint64_t now = (pushed >> 32) / wake_step_;
  if (now != before && now >= kWakeSteps / 2) wake(shards_[thread_shard()]);
}

void LogLane::wake(LogShard& shard) noexcept {
  raise(shard.wakeups);
  pipeline_.backend().revive();
  pipeline_.backend().wake();
}

/// Everything of a line but its fields, into a place for it.
[[gnu::always_inline]] inline Logger::Line LogLane::fill(const Place& place, const Logger& logger,
                                                         const Message& message,
                                                         std::size_t field_bytes) noexcept {
  auto* const line = new (place.at)
      LogLine{.bytes = static_cast<std::uint32_t>(bytes_of(message, field_bytes)),
              .context_at = place.context_at,
              .level = message.level,
              .kind = LogLineKind::line,
              .wall_ns = pipeline_.settings().platform.clock.wall_now().time_since_epoch().count(),
              .message_bytes = static_cast<std::uint32_t>(message.text.size()),
              .entry_bytes = static_cast<std::uint32_t>(field_bytes),
              .site = message.site,
              .stamp = logger.stamp_,
              .held_back = message.held_back};
  char* at = put_text(reinterpret_cast<char*>(line + 1), message.text);
  if (message.site.file_bytes != 0) [[unlikely]]
    at = put_text(at, {message.file, message.site.file_bytes});
  return {at, line};
}

[[gnu::always_inline]] inline std::size_t LogLane::bytes_of(const Message& message,
                                                            std::size_t field_bytes) noexcept {
  return line_bytes(sizeof(LogLine) + message.text.size() + message.site.file_bytes + field_bytes);
}

/// The same where the shard's chunk is full, or there is none, or the pool runs short.
Logger::Line LogLane::begin_slowly(const Logger& logger, LogLevel level, std::string_view text,
                                   const char* file, LogSite site,
                                   std::size_t field_bytes) noexcept {
  const Message message{level, text, file, site};
  LogShard& shard = shards_[thread_shard()];
  const std::size_t bytes = bytes_of(message, field_bytes);
  const Place place = find_room(shard, logger, message.level, bytes);
  if (place.at == nullptr) return {};
  return fill(place, logger, message, field_bytes);
}

[[gnu::always_inline]] inline Logger::Line LogLane::begin_line(LogShard& shard,
                                                               const Logger& logger,
                                                               Message message,
                                                               std::size_t field_bytes) noexcept {
  if (message.level < location_from_) [[likely]]
    message.site.file_bytes = 0;
  LogChunk* const chunk = shard.current.load(std::memory_order_acquire);
  const bool has_room = taken_.load(std::memory_order_relaxed) <= half_;
  if (chunk != nullptr && has_room) [[likely]] {
    const Place place = try_chunk(*chunk, logger, bytes_of(message, field_bytes));
    if (place.at != nullptr) [[likely]]
      return fill(place, logger, message, field_bytes);
  }
  return begin_slowly(logger, message.level, message.text, message.file, message.site, field_bytes);
}

[[gnu::always_inline]] inline void LogLane::end_line(LogShard& shard, LogLine& line) noexcept {
  raise(shard.entered);
  static_cast<LogChunk*>(pool_.at(pool_.index(&line)))->commit(line.bytes);
  if (pipeline_.backend().rouses()) [[unlikely]]
    wake(shard);
}

/// As a `Pin`, over two calls.
[[gnu::always_inline]] inline bool LogLane::pin(std::size_t of_thread,
                                                std::uint32_t generation) noexcept {
  std::atomic<std::uint32_t>& pins = pipeline_.shard(of_thread).pins;
  pins.fetch_add(1, std::memory_order_seq_cst);
  if (pipeline_.generation.load(std::memory_order_seq_cst) != generation) [[unlikely]] {
    pins.fetch_sub(1, std::memory_order_release);
    return false;
  }
  raise(shards_[of_thread].accepted);
  return true;
}

[[gnu::always_inline]] inline void LogLane::unpin(std::size_t of_thread) noexcept {
  pipeline_.shard(of_thread).pins.fetch_sub(1, std::memory_order_release);
}

[[gnu::always_inline]] inline Logger::Line LogLane::begin(const Logger& logger, Message message,
                                                          std::size_t field_bytes) noexcept {
  const std::size_t mine = thread_shard();
  if (!pin(mine, logger.generation_)) return {nullptr, nullptr};
  const Logger::Line begun = begin_line(shards_[mine], logger, message, field_bytes);
  if (begun.fields == nullptr) [[unlikely]]
    unpin(mine);
  return begun;
}

[[gnu::always_inline]] inline void LogLane::end(Logger::Line line) noexcept {
  const std::size_t mine = thread_shard();
  end_line(shards_[mine], *line.line);
  unpin(mine);
}

bool LogLane::write(const Logger& logger, Message message,
                    std::span<const LogField> fields) noexcept {
  // Objects are written down first, to know how long they are.
  char objects[kMaxLogObjectBytes];
  LogEncoder object_encoder(objects, objects + sizeof objects);
  std::size_t wanted = 0;
  for (const LogField& field : fields) {
    if (LogEncoder::is_object(field)) {
      object_encoder.add(field);
    } else {
      wanted += LogEncoder::bytes_of(field);
    }
  }
  const auto object_bytes = static_cast<std::size_t>(object_encoder.at() - objects);
  const std::size_t field_bytes = std::min(wanted + object_bytes, kMaxLogFieldBytes);
  const std::size_t mine = thread_shard();
  LogShard& shard = shards_[mine];
  if (!pin(mine, logger.generation_)) return false;
  const Logger::Line begun = begin_line(shard, logger, message, field_bytes);
  if (begun.fields != nullptr) {
    // Objects keep their room: they tell of errors.
    LogEncoder encoder(begun.fields, begun.fields + field_bytes - object_bytes);
    for (const LogField& field : fields) {
      if (!LogEncoder::is_object(field)) encoder.add(field);
    }
    std::memcpy(encoder.at(), objects, object_bytes);
    begun.line->entry_bytes =
        static_cast<std::uint32_t>(encoder.at() + object_bytes - begun.fields);
    const std::uint32_t left_out = encoder.left_out() + object_encoder.left_out();
    if (left_out != 0) raise(shard.fields_dropped, left_out);
    end_line(shard, *begun.line);
  }
  unpin(mine);
  return begun.fields != nullptr;
}

void LogLane::set_enabled(bool on) noexcept { levels_.set_enabled(on); }

bool LogLane::has_work() const noexcept {
  // Not what waits for a writer: that one may need this core.
  if (queue_.load(std::memory_order_seq_cst) != 0) return true;
  return std::any_of(shards_.begin(), shards_.end(), [](const LogShard& shard) {
    const LogChunk* const chunk = shard.current.load(std::memory_order_seq_cst);
    return chunk != nullptr && chunk->reserved.load(std::memory_order_seq_cst) != 0;
  });
}

}  // namespace detail

// Here, where what they call is inline. A logger without a lane has a cell that is always off.
Logger::Line Logger::begin(LogLevel level, std::string_view text, const char* file,
                           detail::LogSite site, std::size_t field_bytes) const noexcept {
  return lane_->begin(*this, {level, text, file, site}, field_bytes);
}

void Logger::end(Line line) const noexcept { lane_->end(line); }

}  // namespace v0
}  // namespace aloft
