// SPDX-License-Identifier: Apache-2.0
// What every measured program shares: its command line, a clock whose calls are counted instead of
// costing, and a count of heap allocations.
#pragma once

#include <aloft/core/platform.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <string>

namespace aloft::budget {

/// Ticks by a microsecond a call, so that clock reads can be listed apart.
class CountingClock final : public Clock {
 public:
  TimePoint now() const noexcept override {
    return {WallTime(std::chrono::seconds(1'763'812'345)) + tick(), SteadyTime(tick())};
  }
  SteadyTime steady_now() const noexcept override { return SteadyTime(tick()); }
  WallTime wall_now() const noexcept override {
    return WallTime(std::chrono::seconds(1'763'812'345)) + tick();
  }
  void wait_until(std::unique_lock<std::mutex>&, std::condition_variable&, SteadyTime) override {}
  std::uint64_t calls() const noexcept { return calls_; }

 private:
  Nanoseconds tick() const noexcept { return std::chrono::microseconds(++calls_); }
  mutable std::uint64_t calls_ = 0;
};

inline std::atomic<std::uint64_t> allocations{0};

struct Result {
  std::uint64_t clock_calls = 0;
  std::uint64_t wakeups = 0;
};
using Case = std::function<Result(std::uint64_t iterations)>;

/// Runs `--case NAME --iterations N`, prints what the script asks for, and leaves at once:
/// what destructors do is not part of any operation.
inline int run(int argc, char** argv, const std::map<std::string, Case>& cases) {
  std::string name;
  std::uint64_t iterations = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--case") == 0 && i + 1 < argc) name = argv[++i];
    if (std::strcmp(argv[i], "--iterations") == 0 && i + 1 < argc) {
      iterations = std::strtoull(argv[++i], nullptr, 10);
    }
  }
  const auto found = cases.find(name);
  if (found == cases.end()) {
    std::fprintf(stderr, "unknown case; known are:\n");
    for (const auto& [known, body] : cases) std::fprintf(stderr, "  %s\n", known.c_str());
    return 2;
  }
  const Result result = found->second(iterations);
  std::printf("allocations %llu\nclock_calls %llu\nwakeups %llu\n",
              static_cast<unsigned long long>(allocations.load()),
              static_cast<unsigned long long>(result.clock_calls),
              static_cast<unsigned long long>(result.wakeups));
  std::fflush(stdout);
  std::_Exit(0);
}

}  // namespace aloft::budget

// One program, one translation unit: the replacements belong to it.
void* operator new(std::size_t size) {
  aloft::budget::allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
