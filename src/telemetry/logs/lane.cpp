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
      wake_step_(std::max<std::uint32_t>(1, pool_.capacity() / kWakeSteps)) {}

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
  std::uint64_t hash = mix(hash_seed_, text.size());
  while (text.size() >= sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    hash = mix(hash, word);
    text.remove_prefix(sizeof word);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  hash = mix(hash, rest);
  return hash != 0 ? hash : 1;
}

Logger LogLane::logger(std::uint32_t generation, std::string_view name) noexcept {
  const std::uint16_t index = levels_.index_of(name);
  return {*this, generation, levels_.cell(index), index};
}

bool LogLane::refuses(LogLevel level, std::uint8_t tenant, std::size_t bytes,
                      LogShard& shard) noexcept {
  const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
  const std::uint32_t half = pool_.capacity() / 2;
  if (taken <= half) [[likely]]
    return false;
  const bool crowded_out =
      level == LogLevel::debug || (level == LogLevel::info && taken > half + half / 2);
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

LogChunk* LogLane::start_chunk(LogShard& shard, LogChunk* full) noexcept {
  void* const memory = pool_.take();
  if (memory == nullptr) return nullptr;
  auto* const fresh = static_cast<LogChunk*>(memory);  // zeroes, or as it was when it was sealed
  fresh->committed.store(0, std::memory_order_relaxed);
  fresh->serial.store(serials_.fetch_add(1, std::memory_order_relaxed) + 1,
                      std::memory_order_relaxed);
  fresh->reserved.store(0, std::memory_order_release);
  if (shard.current.compare_exchange_strong(full, fresh, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
    taken_.fetch_add(1, std::memory_order_relaxed);
    return fresh;
  }
  // Another thread was quicker. Somebody with an old pointer may have written here meanwhile.
  taken_.fetch_add(1, std::memory_order_relaxed);
  if (fresh->seal()) {
    if (fresh->end == 0) {
      release(*fresh);
    } else {
      push(*fresh);
    }
  }
  return full;
}

LogLane::Place LogLane::reserve(LogShard& shard, const Sizes& sizes,
                                std::uint64_t context_written) noexcept {
  LogChunk* chunk = shard.current.load(std::memory_order_acquire);
  for (int tries = 0; tries < kMaxTries; ++tries) {
    if (chunk == nullptr) {
      chunk = start_chunk(shard, nullptr);
      if (chunk == nullptr) break;
    }
    const std::uint64_t expected = chunk->serial.load(std::memory_order_relaxed);
    const bool with_context = sizes.context != 0 && context_written >> 16 != expected;
    const std::size_t bytes = sizes.line + (with_context ? sizes.context : 0);
    const LogChunk::Reservation got = chunk->reserve(bytes);
    if (got.outcome == LogChunk::Outcome::reserved) [[likely]] {
      const std::uint64_t serial = chunk->serial.load(std::memory_order_relaxed);
      const Place place{got.at, chunk, serial, with_context};
      if (serial == expected || with_context || sizes.context == 0) [[likely]]
        return place;
      waste(place, bytes);
      continue;
    }
    if (got.outcome == LogChunk::Outcome::sealed_by_us) push(*chunk);
    LogChunk* const now = shard.current.load(std::memory_order_acquire);
    if (now != chunk) {
      chunk = now;
      continue;
    }
    chunk = start_chunk(shard, chunk);
    if (chunk == nullptr) break;
  }
  return {nullptr, nullptr, 0, false};
}

void LogLane::waste(const Place& place, std::size_t bytes) noexcept {
  LogLine line{};
  line.bytes = static_cast<std::uint32_t>(bytes);
  line.kind = LogLineKind::nothing;
  std::memcpy(place.at, &line, std::min(bytes, sizeof line));
  place.chunk->commit(bytes);
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
  pipeline_.backend().wake();
}

void LogLane::write(const Logger& logger, LogLevel level, const LogText& message,
                    LogFields fields) noexcept {
  const Pin pin(pipeline_, pipeline_.shard(), logger.generation_);
  if (!pin.alive()) return;
  LogShard& shard = shards_[thread_shard()];
  raise(shard.accepted);
  pipeline_.backend().revive();

  // Objects are written down first, to know how long they are.
  char objects[kMaxLogObjectBytes];
  LogEncoder object_encoder(objects, objects + sizeof objects);
  const std::string_view text = message.text.substr(0, kMaxLogTextBytes);
  const std::string_view file =
      level >= location_from_ ? std::string_view(message.file) : std::string_view();
  std::size_t bytes = sizeof(LogLine) + text.size() + file.size();
  for (const LogField& field : fields) {
    if (LogEncoder::is_object(field)) [[unlikely]] {
      object_encoder.add(field);
    } else {
      bytes += LogEncoder::bytes_of(field);
    }
  }
  const auto object_bytes = static_cast<std::size_t>(object_encoder.at() - objects);
  bytes = std::min(line_bytes(bytes + object_bytes), kMaxLogLineBytes);
  const Sizes sizes{
      bytes, logger.context_bytes_ == 0 ? 0 : line_bytes(sizeof(LogLine) + logger.context_bytes_)};

  if (refuses(level, logger.tenant_, bytes, shard)) return;
  const std::uint64_t written = logger.written_.load(std::memory_order_relaxed);
  const Place place = reserve(shard, sizes, written);
  if (place.at == nullptr) {
    raise(shard.dropped_queue_full);
    return;
  }

  char* at = place.at;
  std::uint16_t context_at = kNoContext;
  if (place.with_context) {
    const auto offset = static_cast<std::uint64_t>(at - place.chunk->data()) / 8;
    LogLine context{};
    context.bytes = static_cast<std::uint32_t>(sizes.context);
    context.kind = LogLineKind::context;
    context.message_bytes = logger.context_bytes_;
    std::memcpy(at, &context, sizeof context);
    std::memcpy(at + sizeof context, logger.context_.data(), logger.context_bytes_);
    at += sizes.context;
    context_at = static_cast<std::uint16_t>(offset);
    logger.written_.store(place.serial << 16 | offset, std::memory_order_relaxed);
  } else if (sizes.context != 0) {
    context_at = static_cast<std::uint16_t>(written);
  }
  char* const line_at = at;
  char* const limit = line_at + bytes;
  at = put_text(line_at + sizeof(LogLine), text);
  at = put_text(at, file);
  LogEncoder encoder(at, limit);
  for (const LogField& field : fields) {
    if (!LogEncoder::is_object(field)) encoder.add(field);
  }
  encoder.add_encoded({objects, object_bytes});
  const std::uint32_t left_out = encoder.left_out() + object_encoder.left_out();
  if (left_out != 0) [[unlikely]]
    raise(shard.fields_dropped, left_out);

  const LogLine line{
      .bytes = static_cast<std::uint32_t>(bytes),
      .context_at = context_at,
      .level = level,
      .kind = LogLineKind::line,
      .wall_ns = pipeline_.settings().platform.clock.now().wall.time_since_epoch().count(),
      .message_bytes = static_cast<std::uint32_t>(text.size()),
      .entry_bytes = static_cast<std::uint32_t>(encoder.at() - at),
      .source_line = message.line,
      .held_back = 0,
      .file_bytes = static_cast<std::uint16_t>(file.size()),
      .name = logger.name_,
      .is_literal = message.is_literal,
      .is_cut = text.size() != message.text.size(),
      .is_recalled = false,
      .tenant = logger.tenant_};
  std::memcpy(line_at, &line, sizeof line);
  raise(shard.entered);
  place.chunk->commit(static_cast<std::size_t>(limit - place.at));
  if (pipeline_.backend().rouses()) [[unlikely]]
    wake(shard);
}

void LogLane::set_enabled(bool on) noexcept { levels_.set_enabled(on); }

bool LogLane::has_work() const noexcept {
  if (queue_.load(std::memory_order_seq_cst) != 0 || !waiting_.empty()) return true;
  return std::any_of(shards_.begin(), shards_.end(), [](const LogShard& shard) {
    const LogChunk* const chunk = shard.current.load(std::memory_order_seq_cst);
    return chunk != nullptr && chunk->reserved.load(std::memory_order_seq_cst) != 0;
  });
}

}  // namespace detail
}  // namespace v0
}  // namespace aloft
