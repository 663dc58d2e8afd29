// SPDX-License-Identifier: Apache-2.0
// A pipe whose writer's side blocks, as standard output does.
#pragma once

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cstddef>
#include <string>

namespace aloft {

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    EXPECT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    EXPECT_EQ(fcntl(ends[1], F_SETFL, 0), 0);  // the writer's side blocks, as stdout does
  }
  ~Pipe() {
    close_reader();
    close(ends[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_reader() {
    if (ends[0] >= 0) close(ends[0]);
    ends[0] = -1;
  }
  std::string read_all() const {
    std::string text;
    char piece[65'536];
    for (ssize_t got = 0; (got = read(ends[0], piece, sizeof piece)) > 0;) {
      text.append(piece, static_cast<std::size_t>(got));
    }
    return text;
  }
  int writer() const { return ends[1]; }
};

inline std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace aloft
