// SPDX-License-Identifier: Apache-2.0
// A process that finds no memory for a large queue, for the tests of what is said then.
#pragma once

#include <sys/resource.h>
#include <cstddef>
#include <fstream>
#include <string>

namespace aloft {

/// As large as a queue may be.
inline constexpr std::size_t kLargest = 1u << 30;

/// From here on some memory may be had, and nothing as large as the largest queue. For a child of a
/// fork: it is for the rest of the process.
inline bool limit_memory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmData:") {
  }
  rlim_t kilobytes = 0;
  if (!(status >> kilobytes)) return false;
  constexpr rlim_t kEnough = 256u << 20;
  const rlimit limit{kilobytes * 1'024 + kEnough, RLIM_INFINITY};
  return setrlimit(RLIMIT_DATA, &limit) == 0;
}

}  // namespace aloft
