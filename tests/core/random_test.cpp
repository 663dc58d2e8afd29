// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/random.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <cstdint>
#include <set>
#include <thread>

namespace aloft {
namespace {

TEST(Random, FractionIsBelowOneAndNeverNegative) {
  EXPECT_EQ(to_fraction(0), 0.0);
  EXPECT_LT(to_fraction(~std::uint64_t{0}), 1.0);
}

TEST(Random, ThreadsDrawDifferentNumbers) {
  std::uint64_t other = 0;
  const std::uint64_t mine = Random::system().next();

  std::thread([&] { other = Random::system().next(); }).join();

  EXPECT_NE(mine, other);
}

TEST(Random, DoesNotRepeatItselfSoon) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(Random::system().next());
  EXPECT_EQ(seen.size(), 10'000u);
}

TEST(Random, ChildOfAForkDrawsOtherNumbersThanItsParent) {
  static_cast<void>(Random::system().next());  // seeded before the fork
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);

  const pid_t child = fork();
  if (child == 0) {
    const std::uint64_t drawn = Random::system().next();
    const ssize_t written = write(ends[1], &drawn, sizeof drawn);
    _exit(written == sizeof drawn ? 0 : 1);
  }
  std::uint64_t theirs = 0;
  ASSERT_EQ(read(ends[0], &theirs, sizeof theirs), static_cast<ssize_t>(sizeof theirs));
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(ends[0]);
  close(ends[1]);

  EXPECT_NE(theirs, Random::system().next());
}

}  // namespace
}  // namespace aloft
