// SPDX-License-Identifier: Apache-2.0
// The memory of one local trace while it is being recorded.
//
// A block starts in one pool chunk and takes more when it is full. It holds a slot per span; a slot
// owns a chain of extents into which its span's thread appends entries (name, annotations, errors)
// without any atomic operation. Only taking a new slot or extent is atomic, so children of one root
// may live on several threads.
//
//   Chunk [ link | Block | root Slot + extent | Slot + extent | … ]  →  Chunk [ link | … ]
//
// Life: the tracer makes it; the root's end pushes it to the pipeline exactly once; the pipeline
// sends and frees it once no span is open (`open` is zero). A child that is still open then is
// waited for; its own end is only a decrement, so nothing is pushed twice. When the Telemetry is
// gone, `kAbandoned` in `open` makes the last span out free the chunks itself.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/span.hpp>

#include "telemetry/chunk_pool.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

enum class EntryType : std::uint8_t {
  name,
  annotation_text,
  annotation_integer,
  annotation_number,
  annotation_boolean,
  metadata_text,
  metadata_integer,
  metadata_number,
  metadata_boolean,
  metadata_json,
  error,
  cause,
  stack,  // the key is the number of frames left out, if any
  http_method,
  http_url,
  http_user_agent,
  http_client_ip,
  http_content_length,
  aws_operation,
  aws_table_name,
  aws_queue_url,
  aws_region,
  aws_account_id,
  aws_request_id,
  aws_retries,
  sql,  // the key is a member of X-Ray's sql block
  request_id,
  tenant_id,
  user_id,
  link,                 // the two ids
  link_attribute_text,  // of the link before
  link_attribute_integer,
  link_attribute_number,
  link_attribute_boolean,
  sampling_rule,
};

/// In front of the bytes of an entry: name space, key and value follow in this order.
struct Entry {
  EntryType type;
  bool cut;  // the value was longer than its limit
  std::uint16_t name_space_bytes;
  std::uint16_t key_bytes;
  std::uint16_t value_bytes;
};
static_assert(sizeof(Entry) == 8);

/// The value of an entry `link`.
struct LinkIds {
  TraceId trace_id;
  SpanId span_id;
};

struct Extent {
  Extent* next = nullptr;
  std::uint32_t used = 0;      // set when the slot moves on, or at the end
  std::uint32_t capacity = 0;  // bytes that follow this header
  char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
};

enum class SlotState : std::uint8_t { open, ended, taken /* by the pipeline */ };

/// What is known of a span when it starts.
struct SlotStart {
  SpanId id;
  SpanId parent;
  std::int64_t start_ns;  // since the block's start, steady clock
  SpanKind kind;
};

/// In `Slot::http_flags`.
inline constexpr std::uint8_t kTraced = 1;
inline constexpr std::uint8_t kForwardedFor = 2;

struct Slot : EntryCursor {  // at, limit: set with the first extent
  explicit Slot(const SlotStart& start) noexcept
      : EntryCursor{nullptr, nullptr},
        id(start.id),
        parent(start.parent),
        start_ns(start.start_ns),
        kind(start.kind) {}

  SpanId id;
  SpanId parent;
  std::int64_t start_ns;
  std::int64_t end_ns;  // set at the end
  Extent* current;
  Slot* next = nullptr;  // newest first
  std::uint32_t sequence = 0;
  std::uint16_t http_status = 0;
  std::atomic<SlotState> state{SlotState::open};
  SpanKind kind;
  // By the class of its errors; what the status says is added when it is read.
  bool error = false;
  bool throttle = false;
  bool fault = false;
  std::uint8_t http_flags = 0;  // kTraced, kForwardedFor
  Extent first{};               // its bytes follow the slot
};

struct Chunk {
  Chunk* previous = nullptr;
  std::atomic<std::uint32_t> used{0};
};

/// What follows a slot at first: the name and about eight short annotations.
inline constexpr std::size_t kFirstExtentBytes = 512 - sizeof(Slot);
inline constexpr std::size_t kNextExtentBytes = 512;
/// Set in `Block::open` when nobody will take the block any more.
inline constexpr std::uint32_t kAbandoned = 0x8000'0000;
/// Ours: more memory than one document can use is not worth keeping for one trace.
inline constexpr std::uint32_t kMaxChunksPerBlock = 128;

/// What becomes of a trace as a whole.
enum class Verdict : std::uint8_t {
  sampled,    ///< before it began
  candidate,  ///< the sampler did not want it; looked at when it has ended
  kept,
  let_go,
};

/// What is known of a local trace when it starts.
struct BlockStart {
  TraceId trace_id;
  TimePoint start;
  std::uint32_t generation;
  std::uint32_t fork_epoch;
  bool has_root;
  Verdict verdict = Verdict::sampled;
  std::uint16_t watched = 0;  // for `Sampler::ended`; 0 when nobody asks, or was told
};

struct Block : BlockStart {
  explicit Block(const BlockStart& known) noexcept : BlockStart(known) {}

  std::uint32_t next_index = 0;  // link of the pipeline's queue
  std::atomic<std::uint32_t> open{1};
  std::atomic<std::uint32_t> spans{1};
  std::atomic<std::uint32_t> chunks{1};
  std::atomic<Slot*> newest{nullptr};
  std::atomic<Chunk*> current{nullptr};
  // Of the list of open roots (open_roots.hpp), which writes them before it reads them.
  Block* older;
  Block* newer;
  bool is_listed;

  /// Uninitialised bytes, aligned to 8, or null when the pool or the block's limit is exhausted.
  void* allocate(ChunkPool& pool, std::size_t bytes) noexcept;
  /// A linked slot with its first extent, or null. Does not count it as open.
  Slot* add_slot(ChunkPool& pool, const SlotStart& known) noexcept;
  /// Gives every chunk back; the block is gone afterwards.
  void release(ChunkPool& pool) noexcept;
};

constexpr std::size_t align8(std::size_t bytes) noexcept { return (bytes + 7) & ~std::size_t{7}; }

inline Chunk* start_chunk(void* memory, Chunk* previous, std::size_t used) noexcept {
  Chunk* chunk = new (memory) Chunk;
  chunk->previous = previous;
  chunk->used.store(static_cast<std::uint32_t>(used), std::memory_order_relaxed);
  return chunk;
}

inline void start_extent(Slot& slot, Extent& extent, std::size_t capacity) noexcept {
  extent.capacity = static_cast<std::uint32_t>(capacity);
  slot.current = &extent;
  slot.at = extent.data();
  slot.limit = slot.at + capacity;
}

/// The block whose first chunk this is.
inline Block* first_block(void* chunk) noexcept {
  return std::launder(
      reinterpret_cast<Block*>(static_cast<std::byte*>(chunk) + align8(sizeof(Chunk))));
}

/// Where the root's slot stands in the first chunk.
inline constexpr std::size_t kRootSlotAt = align8(sizeof(Chunk)) + align8(sizeof(Block));

/// The root's slot, whatever was added since.
inline const Slot& root_of(const Block& block) noexcept {
  return *std::launder(reinterpret_cast<const Slot*>(reinterpret_cast<const std::byte*>(&block) +
                                                     align8(sizeof(Block))));
}

/// A new block with its root slot in a fresh chunk, or null when the pool is exhausted. Inline,
/// because it runs once a request (30 instructions less).
[[gnu::always_inline]] inline Block* make_block(ChunkPool& pool, const BlockStart& start,
                                                const SlotStart& root_start) noexcept {
  constexpr std::size_t kBlockAt = align8(sizeof(Chunk));
  constexpr std::size_t kUsed = kRootSlotAt + sizeof(Slot) + kFirstExtentBytes;
  static_assert(kUsed <= kChunkBytes);
  auto* const memory = static_cast<std::byte*>(pool.take());
  if (memory == nullptr) return nullptr;
  // Nobody else knows the block yet, so the root's slot needs none of the atomic steps.
  Chunk* const chunk = start_chunk(memory, nullptr, kUsed);
  Block* const block = new (memory + kBlockAt) Block(start);
  Slot* const root = new (memory + kRootSlotAt) Slot(root_start);
  start_extent(*root, root->first, kFirstExtentBytes);
  block->current.store(chunk, std::memory_order_relaxed);
  block->newest.store(root, std::memory_order_relaxed);
  return block;
}

/// Goes on in a new extent with room for `bytes`; where to write, or null.
char* next_extent(Block& block, ChunkPool& pool, Slot& slot, std::size_t bytes) noexcept;

}  // namespace detail

inline detail::Slot& Span::slot() const noexcept { return static_cast<detail::Slot&>(*slot_); }
}  // namespace v0
}  // namespace aloft
