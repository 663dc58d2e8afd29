// SPDX-License-Identifier: Apache-2.0
// Log lines on their way: what threads do when they log, and what the backend does with it.
//
// Threads append to the chunk of their shard (logs/chunk.hpp). A full chunk goes to a queue, a
// stack of indexes in one word as that of the pipeline; a round takes the queue, seals the chunks
// that are not full, waits for none, and reads those that are complete. Lines of one round are put
// into the order of their time before they are exported.
//
// When the pool runs short, `debug` goes first and `info` next; and once more than half of it is
// taken, each tenant lives on credits that a round hands out, so that one that floods us drops its
// own lines.
#pragma once

#include <aloft/core/random.hpp>
#include <aloft/telemetry/logger.hpp>
#include <aloft/telemetry/logging.hpp>

#include "telemetry/counters.hpp"
#include "telemetry/lane.hpp"
#include "telemetry/logs/chunk.hpp"
#include "telemetry/logs/levels.hpp"
#include "telemetry/logs/reader.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace detail {

class Pipeline;

/// What the threads of one shard count and write to.
struct alignas(128) LogShard {
  std::atomic<LogChunk*> current{nullptr};
  Counter accepted{0};
  Counter entered{0};  // lines that stand in a chunk
  Counter dropped_queue_full{0};
  Counter dropped_over_share{0};
  Counter fields_dropped{0};
  Counter held_back{0};
  Counter wakeups{0};
};

class LogLane final : public Lane {
 public:
  /// The pipeline's own of this size, or a new one; null when there is no memory.
  static LogLane* of(Pipeline& pipeline, std::size_t queue_limit_bytes);
  LogLane(Pipeline& pipeline, std::size_t queue_limit_bytes);

  /// Before the first line of a generation.
  void open(const LogOptions& options, LogReader& reader) noexcept;

  // The request side.
  Logger logger(std::uint32_t generation, std::string_view name) noexcept;
  /// For lines about levels, which no level holds back.
  Logger audit_logger(std::uint32_t generation) noexcept;
  struct Message {
    LogLevel level;
    std::string_view text;
    const char* file;
    LogSite site;
    std::uint32_t held_back = 0;
  };
  Logger::Line begin(const Logger& logger, Message message, std::size_t field_bytes) noexcept;
  void end(Logger::Line line) noexcept;
  /// False when the line was refused.
  bool write(const Logger& logger, Message message, std::span<const LogField> fields) noexcept;
  /// How many lines were held back before this one, or a negative number when it is, too.
  /// @param passes  asks the gate, while the generation is kept alive.
  template <typename Passes>
  std::int64_t admit(const Logger& logger, LogGate& gate, Passes passes) noexcept;
  LogLevels& levels() noexcept { return levels_; }
  void count_dropped_fields(std::uint32_t fields) noexcept {
    raise(shards_[thread_shard()].fields_dropped, fields);
  }
  /// Of a tenant's id, never 0; nobody outside can aim at another's.
  std::uint64_t hash_of(std::string_view text) const noexcept;

  LogCounters counters() const noexcept;
  Outcomes& outcomes() noexcept { return outcomes_; }

  void set_enabled(bool on) noexcept override;
  bool has_work() const noexcept override;
  std::size_t round() noexcept override;
  bool flush_exporter(Deadline deadline) noexcept override;
  void shut(Deadline deadline) noexcept override;
  void abandon() noexcept override;
  void after_fork_in_child() noexcept override;
  void forget_locks() noexcept override { levels_.forget_lock(); }
  Accounting accounting() const noexcept override;

 private:
  /// Room for a line; its context, if it has one, is written.
  struct Place {
    char* at = nullptr;  // null when there is none
    std::uint16_t context_at = kNoContext;
  };

  bool pin(std::size_t of_thread, std::uint32_t generation) noexcept;
  void unpin(std::size_t of_thread) noexcept;
  static std::size_t bytes_of(const Message& message, std::size_t field_bytes) noexcept;
  Logger::Line fill(const Place& place, const Logger& logger, const Message& message,
                    std::size_t field_bytes) noexcept;
  Logger::Line begin_line(LogShard& shard, const Logger& logger, Message message,
                          std::size_t field_bytes) noexcept;
  [[gnu::noinline]] Logger::Line begin_slowly(const Logger& logger, LogLevel level,
                                              std::string_view text, const char* file, LogSite site,
                                              std::size_t field_bytes) noexcept;
  void end_line(LogShard& shard, LogLine& line) noexcept;
  Place try_chunk(LogChunk& chunk, const Logger& logger, std::size_t bytes) noexcept;
  [[gnu::noinline]] Place with_context(LogChunk& chunk, const Logger& logger,
                                       std::size_t bytes) noexcept;
  Place find_room(LogShard& shard, const Logger& logger, LogLevel level,
                  std::size_t bytes) noexcept;
  bool refuses(LogLevel level, std::uint8_t tenant, std::size_t bytes, LogShard& shard) noexcept;
  bool start_chunk(LogShard& shard, LogChunk* full) noexcept;
  void push(LogChunk& chunk) noexcept;
  void wake(LogShard& shard) noexcept;
  void release(LogChunk& chunk) noexcept;
  LogChunk* chunk_at(std::uint32_t link) const noexcept {
    return link == 0 ? nullptr : static_cast<LogChunk*>(pool_.at(link - 1));
  }

  // The backend's side.
  void collect() noexcept;
  void index_lines(LogChunk& chunk) noexcept;
  void export_lines() noexcept;
  void hand_out_credits() noexcept;
  void reset_counters() noexcept;
  Accounting own_accounting() const noexcept;

  Pipeline& pipeline_;
  LogChunkPool pool_;
  std::size_t queue_limit_bytes_;
  std::uint32_t half_;       // of the pool, in chunks
  std::uint32_t wake_step_;  // chunks
  LogLevels levels_;
  LogLevel location_from_ = LogLevel::warn;
  LogExporter* exporter_ = nullptr;  // of the generation, as the reader
  const std::uint64_t hash_seed_;

  std::array<LogShard, kShards> shards_;
  alignas(128) std::atomic<std::uint64_t> queue_{0};  // depth, and index + 1 of the newest
  alignas(128) std::atomic<std::uint64_t> serials_{0};
  std::atomic<std::uint32_t> taken_{0};  // chunks
  std::array<std::atomic<std::int64_t>, 256> credits_{};

  // Of the backend.
  LogReader* reader_ = nullptr;
  std::vector<LogChunk*> waiting_;         // sealed, and not yet all committed
  std::atomic<std::uint32_t> held_up_{0};  // as many after the last round
  std::vector<LogIndex> index_;
  std::array<bool, 256> seen_tenants_{};
  std::uint64_t next_sequence_ = 1;
  Outcomes outcomes_;
  Accounting exporters_;  // when it has been shut
  bool is_shut_ = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
