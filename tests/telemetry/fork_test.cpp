// SPDX-License-Identifier: Apache-2.0
// The memory of a fork's child: what the parent's other threads had cannot be told from what this
// thread has, so it is left alone, and the child has as much again.
#include "telemetry/bench_of_one.hpp"
#include "telemetry/in_child.hpp"
#include "telemetry/limited_memory.hpp"

#include <aloft/telemetry/trace_extras.hpp>

#include "telemetry/pipeline.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <set>
#include <vector>

namespace aloft {
namespace {

using detail::ChunkPool;
using detail::ExtrasPool;
using detail::kChunkBytes;

constexpr std::size_t kSmallest = 64u << 10;  // eight chunks

/// Takes and writes all that is there.
template <typename Pool>
std::vector<void*> take_all(Pool& pool, std::size_t piece_bytes) {
  std::vector<void*> taken;
  while (void* const piece = pool.take()) {
    std::memset(piece, 0x5A, piece_bytes);
    taken.push_back(piece);
  }
  return taken;
}

std::ptrdiff_t threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return std::distance(begin(all), end(all));
}

TEST(Telemetry, ChildOfAForkHasRoomForAsManyTracesAsItsParent) {
  Bench bench({.pipeline = {.queue_limit_bytes = kSmallest}});
  std::vector<Span> of_the_parent;
  for (int i = 0; i < 8; ++i) of_the_parent.push_back(bench.tracer.start("of the parent"));
  ASSERT_TRUE(of_the_parent.back().recording());
  ASSERT_FALSE(bench.tracer.start("one too many").recording());

  const int verdict = in_child([&] {
    std::vector<Span> own;
    for (int i = 0; i < 8; ++i) own.push_back(bench.tracer.start("own"));
    if (!own.back().recording()) return 1;
    if (bench.tracer.start("one too many").recording()) return 2;
    for (Span& span : of_the_parent) span.end();
    for (Span& span : own) span.end();
    if (bench.flush().accounting.acknowledged != 8) return 3;
    return bench.telemetry.accounting().balance() == 0 ? 0 : 4;
  });

  EXPECT_EQ(verdict, 0);
}

TEST(Telemetry, ChildOfAForkPassesOnAsManyExtrasAsItsParent) {
  Bench bench({.pipeline = {.queue_limit_bytes = kSmallest}});
  const TraceContext parent{{0x5759E988, 0xBD862E3F}, {0x53995C3F}, Sampled::undecided};
  TraceExtras extras;
  DroppedPairs dropped;
  extras.add_pair("Lineage", "1:a87bd80c:0", dropped);
  std::vector<Span> of_the_parent;
  for (std::uint32_t i = 0; i < detail::kExtrasInFlight; ++i) {
    of_the_parent.push_back(bench.tracer.pass_through(parent));
    of_the_parent.back().pass_on(extras);
  }
  ASSERT_EQ(bench.telemetry.counters().extras_dropped, 0u);

  const int verdict = in_child([&] {
    Span own = bench.tracer.pass_through(parent);
    own.pass_on(extras);
    if (own.extras().empty()) return 1;
    of_the_parent.clear();  // each knows its own
    if (own.extras().empty()) return 2;
    return bench.telemetry.counters().extras_dropped == 0 ? 0 : 3;
  });

  EXPECT_EQ(verdict, 0);
}

TEST(MemoryPool, HasAllOfItsPiecesAgainInAChild) {
  ChunkPool pool(kSmallest);
  const std::vector<void*> out = take_all(pool, kChunkBytes);
  ASSERT_EQ(out.size(), 8u);

  pool.replace_what_is_out();

  const std::vector<void*> fresh = take_all(pool, kChunkBytes);
  EXPECT_EQ(fresh.size(), 8u);
  std::set<void*> all(out.begin(), out.end());
  all.insert(fresh.begin(), fresh.end());
  EXPECT_EQ(all.size(), 16u);
}

TEST(MemoryPool, ReplacesOnlyWhatIsOut) {
  ChunkPool pool(kSmallest);
  std::vector<void*> out = take_all(pool, kChunkBytes);
  for (int i = 0; i < 5; ++i) {
    pool.put(out.back());
    out.pop_back();
  }

  pool.replace_what_is_out();
  pool.replace_what_is_out();

  EXPECT_EQ(take_all(pool, kChunkBytes).size(), 8u);
}

TEST(MemoryPool, TakesBackInAChildWhatWasOut) {
  ChunkPool pool(kSmallest);
  const std::vector<void*> out = take_all(pool, kChunkBytes);
  pool.replace_what_is_out();

  for (void* const piece : out) pool.put(piece);

  EXPECT_EQ(take_all(pool, kChunkBytes).size(), 16u);
}

TEST(MemoryPool, HasAReserveForOneLossOfAll) {
  ChunkPool pool(kSmallest);
  take_all(pool, kChunkBytes);
  pool.replace_what_is_out();
  take_all(pool, kChunkBytes);

  pool.replace_what_is_out();

  EXPECT_EQ(pool.take(), nullptr);
}

TEST(MemoryPool, OfPiecesThatAreNoPagesHasTheSameReserve) {
  ExtrasPool pool(5 * detail::kExtrasBytes);
  take_all(pool, detail::kExtrasBytes);

  pool.replace_what_is_out();

  EXPECT_EQ(take_all(pool, detail::kExtrasBytes).size(), 5u);
}

TEST(MemoryPool, StaysAsItIsWhereTheChildMayHaveNoMoreMemory) {
  ChunkPool pool(kLargest);
  while (pool.take() != nullptr) {
  }

  const int verdict = in_child([&] {
    if (!limit_memory()) return 1;
    pool.replace_what_is_out();
    return pool.take() == nullptr ? 0 : 2;
  });

  EXPECT_EQ(verdict, 0);
}

TEST(MemoryPool, IsNotValidWhereNoMemoryMayBeHad) {
  const int verdict = in_child([] {
    if (!limit_memory()) return 1;
    const ChunkPool pool(kLargest);
    return pool.valid() ? 2 : 0;
  });

  EXPECT_EQ(verdict, 0);
}

TEST(Telemetry, WithoutMemoryForItsQueueIsAnErrorAndNoException) {
  const int verdict = in_child([] {
    if (!limit_memory()) return 1;
    const auto refused =
        Telemetry::create({.service_name = "test", .pipeline = {.queue_limit_bytes = kLargest}});
    if (refused) return 2;
    return refused.error().code == ErrorCode::resource_exhausted ? 0 : 3;
  });

  EXPECT_EQ(verdict, 0);
}

TEST(Telemetry, ChildOfAForkThatGetsNoThreadSaysSoAndTriesAgain) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer cannot follow a thread of such a child";
#endif
  testing::MemoryDiagnostics diagnostics;
  auto telemetry =
      Telemetry::create({.service_name = "fork", .exporter = testing::MemoryExporter().exporter()},
                        {Clock::system(), Random::system(), diagnostics});
  ASSERT_TRUE(telemetry);

  const int verdict = in_child([&] {
    pthread_attr_t before;
    pthread_attr_t impossible;
    pthread_getattr_default_np(&before);
    pthread_attr_init(&impossible);
    pthread_attr_setstacksize(&impossible, std::size_t{1} << 46);  // more than an address space
    pthread_setattr_default_np(&impossible);
    telemetry->tracer().start("without").end();
    if (diagnostics.reports().size() != 1) return 1;
    if (diagnostics.reports()[0].code != ErrorCode::resource_exhausted) return 2;
    pthread_setattr_default_np(&before);
    telemetry->tracer().start("with").end();
    if (diagnostics.reports().size() != 1) return 3;
    if (threads() != 2) return 5;
    return telemetry->flush(seconds(10)).accounting.acknowledged == 2 ? 0 : 4;
  });

  EXPECT_EQ(verdict, 0);
}

}  // namespace
}  // namespace aloft
