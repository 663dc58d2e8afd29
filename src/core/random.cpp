// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/random.hpp>

#include "core/fork_epoch.hpp"

#include <sys/random.h>
#include <unistd.h>
#include <bit>
#include <ctime>
#include <new>

namespace aloft {
inline namespace v0 {
namespace {

// xoshiro256++ by Blackman and Vigna: 32 bytes of state, about ten instructions a draw.
// Source: prng.di.unimi.it, read 2026-11.
struct Xoshiro {
  std::uint64_t s[4] = {0, 0, 0, 0};

  std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
    const std::uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return result;
  }
};

struct Generator {
  Xoshiro state;
  std::uint32_t seeded_in = 0;  // fork epoch plus one; zero before the first use
};

std::uint64_t splitmix(std::uint64_t& x) noexcept {
  std::uint64_t z = (x += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

[[gnu::noinline, gnu::cold]] void seed(Generator& generator) noexcept {
  Xoshiro& state = generator.state;
  // At most 256 bytes are never cut short once the pool is ready (getrandom(2)).
  if (getrandom(state.s, sizeof state.s, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof state.s)) {
    // Only in the first moments after boot: identifiers stay unique by time, process and address.
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    std::uint64_t x = static_cast<std::uint64_t>(now.tv_nsec) ^
                      (static_cast<std::uint64_t>(getpid()) << 32) ^
                      reinterpret_cast<std::uintptr_t>(&state);
    for (std::uint64_t& word : state.s) word = splitmix(x);
  }
  state.s[0] |= 1;                                 // the all-zero state would be a fixed point
  generator.seeded_in = detail::fork_epoch() + 1;  // also registers the handler that counts forks
}

// Initial-exec: reached without a call, which saves 22 instructions a draw; 40 bytes fit into the
// loader's reserve even when the library comes by dlopen.
[[gnu::tls_model("initial-exec")]] thread_local constinit Generator generator;

class SystemRandom final : public Random {
 public:
  std::uint64_t next() noexcept override {
    Generator& mine = generator;
    if (is_stale(mine)) [[unlikely]]
      seed(mine);
    return mine.state.next();
  }
  void fill(std::span<std::uint64_t> words) noexcept override {
    Generator& mine = generator;
    if (is_stale(mine)) [[unlikely]]
      seed(mine);
    Xoshiro state = mine.state;  // in registers for the length of the loop
    for (std::uint64_t& word : words) word = state.next();
    mine.state = state;
  }

 private:
  static bool is_stale(const Generator& mine) noexcept {
    return mine.seeded_in != detail::fork_epoch_counter.load(std::memory_order_relaxed) + 1;
  }
};

}  // namespace

Random& Random::system() noexcept {
  alignas(SystemRandom) static unsigned char storage[sizeof(SystemRandom)];
  static Random* const random = new (storage) SystemRandom;
  return *random;
}

}  // namespace v0
}  // namespace aloft
