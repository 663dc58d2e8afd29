// SPDX-License-Identifier: Apache-2.0
// The memory of a trace where threads meet in it and where it ends.
#include "telemetry/bench_of_one.hpp"

#include "telemetry/pipeline.hpp"
#include "telemetry/record_reader.hpp"
#include "telemetry/recorder.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

using detail::Block;
using detail::ChunkPool;
using detail::Slot;

constexpr std::size_t kEightChunks = 64u << 10;
constexpr detail::BlockStart kStart{{0x5759E988, 1}, {}, 1, 0, true};

/// Another thread, played at the one moment that matters: it comes when the first touches its new
/// chunk, which is after it has looked which chunk is the current one.
class Interloper {
 public:
  Interloper(Block& block, ChunkPool& pool, void* chunk)
      : block_(block), pool_(pool), page_(chunk) {
    here = this;
    struct sigaction action {};
    action.sa_handler = [](int) { here->come(); };
    sigaction(SIGSEGV, &action, &before_);
    mprotect(page_, detail::kChunkBytes, PROT_NONE);
  }
  ~Interloper() { sigaction(SIGSEGV, &before_, nullptr); }
  Interloper(const Interloper&) = delete;
  Interloper& operator=(const Interloper&) = delete;
  void* taken() const { return taken_; }

 private:
  void come() {
    mprotect(page_, detail::kChunkBytes, PROT_READ | PROT_WRITE);
    taken_ = block_.allocate(pool_, 8);
  }

  static inline Interloper* here = nullptr;
  Block& block_;
  ChunkPool& pool_;
  void* page_;
  void* taken_ = nullptr;
  struct sigaction before_ {};
};

TEST(Block, TwoThreadsThatNeedAChunkAtOnceShareOne) {
  if (sysconf(_SC_PAGESIZE) > static_cast<long>(detail::kChunkBytes)) {
    GTEST_SKIP() << "pages that are larger than a chunk";
  }
  ChunkPool pool(kEightChunks);
  Block* const block = make_block(pool, kStart, {{1}, {}, 0, SpanKind::internal});
  while (block->chunks.load() == 1 && block->current.load()->used.load() < detail::kChunkBytes) {
    block->allocate(pool, 8);
  }
  const Interloper other(*block, pool, pool.at(1));

  void* const mine = block->allocate(pool, 8);

  ASSERT_NE(other.taken(), nullptr);
  EXPECT_EQ(static_cast<char*>(mine), static_cast<char*>(other.taken()) + 8);
  EXPECT_EQ(block->chunks.load(), 2u);
  EXPECT_EQ(pool.take(), pool.at(1));  // what the first had taken is back
}

TEST(Block, SpansThatRacedAreReadInTheOrderOfTheirNumbers) {
  ChunkPool pool(kEightChunks);
  Block* const block = make_block(pool, kStart, {{1}, {}, 0, SpanKind::internal});
  Slot* const root = block->newest.load();
  Slot* const second = block->add_slot(pool, {{2}, {1}, 0, SpanKind::internal});
  Slot* const third = block->add_slot(pool, {{3}, {1}, 0, SpanKind::internal});
  // As when the thread of the third was faster with its link.
  block->newest = second;
  second->next = third;
  third->next = root;
  for (Slot* const slot : {root, second, third}) {
    slot->current->used = 0;
    slot->end_ns = 1;
    slot->state = detail::SlotState::ended;
  }
  const detail::Settings settings;
  detail::Outcomes outcomes;
  detail::RecordReader reader(settings, outcomes);

  reader.read(*block);

  ASSERT_EQ(reader.traces().size(), 1u);
  const auto spans = reader.traces()[0].spans;
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].id, SpanId{1});
  EXPECT_EQ(spans[1].id, SpanId{2});
  EXPECT_EQ(spans[2].id, SpanId{3});
}

TEST(Tracer, DropsAChildThatFindsNoRoomAndSendsTheRestOfTheTrace) {
  Bench bench({.pipeline = {.queue_limit_bytes = kEightChunks}});
  std::vector<Span> others;
  for (int i = 0; i < 7; ++i) others.push_back(bench.tracer.start("other"));
  Span root = bench.tracer.start("root");
  std::vector<Span> children;

  while (children.empty() || children.back().recording()) children.push_back(root.child("child"));
  const std::size_t room = children.size() - 1;
  EXPECT_GT(room, 5u);
  EXPECT_EQ(bench.telemetry.accounting().dropped[Reason::queue_full], 1u);
  children.clear();
  root.end();
  bench.flush();

  EXPECT_EQ(bench.memory.spans().size(), 1 + room);
  EXPECT_EQ(bench.telemetry.accounting().balance(), 0);
}

/// A root that has taken all that one trace may have.
Span full_trace(Bench& bench, std::string_view value) {
  Span root = bench.tracer.start("root");
  while (bench.telemetry.counters().annotations_dropped == 0) root.annotate("key", value);
  return root;
}

TEST(Tracer, LimitsTheMemoryOfOneTraceAndCountsWhatFindsNone) {
  Bench bench;
  const std::string value(200, 'v');
  Span root = full_trace(bench, value);

  Span child = root.child("child");

  EXPECT_FALSE(child.recording());
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 1u);
  EXPECT_EQ(bench.telemetry.accounting().dropped[Reason::span_limit], 1u);
  EXPECT_TRUE(bench.tracer.start("another").recording());
}

TEST(Tracer, CountsMetadataThatFindsNoMemory) {
  Bench bench;
  const std::string value(200, 'v');
  Span root = full_trace(bench, value);

  root.add_metadata("space", "key", value);

  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 2u);
}

}  // namespace
}  // namespace aloft
