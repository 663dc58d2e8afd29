// SPDX-License-Identifier: Apache-2.0
// A child process with its two streams captured, for tests of whole programs.
//
//   Process program({"/path/of/program", "--flag"}, {{"NAME", "value"}});
//   std::string ready = program.read_line();
//   Exit exit = program.stop();   // SIGTERM, then everything it wrote
//
// Thread-safety: none.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace examples_test {

using Variables = std::vector<std::pair<std::string, std::string>>;

struct Exit {
  int code = -1;  ///< -1 when a signal ended it
  std::string out;
  std::string err;
  std::chrono::milliseconds took{0};  ///< from the call of `stop` or `wait`
};

class Process {
 public:
  /// @param variables  added to this process's environment, without what it says to Aloft itself.
  explicit Process(std::vector<std::string> command, const Variables& variables = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// The next line of stdout without its end; what there is when it ends or ten seconds passed.
  std::string read_line();
  /// Ends it with SIGTERM; after ten seconds with SIGKILL.
  Exit stop();
  /// The same without the SIGTERM.
  Exit wait();

 private:
  /// Reads what comes within `timeout`; false once both streams have ended.
  bool read_some(std::chrono::milliseconds timeout);

  ::pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Exit exit_;
  std::size_t line_start_ = 0;
};

}  // namespace examples_test
