// SPDX-License-Identifier: Apache-2.0
// What the `main` of every example does with its command line.
//
//   int main(int argc, char** argv) {
//     return example::run_program({"fraud", fraud::kUsage},
//                                 fraud::Options::parse({argv + 1, argv + argc}), run);
//   }
//
// Thread-safety: none; `main` calls it.
#pragma once

#include <aloft/core/result.hpp>

#include <iostream>
#include <string_view>

namespace example {

/// The exit code of a program that could not start.
inline constexpr int kCannotStart = 2;

struct ProgramTexts {
  std::string_view name;
  std::string_view usage;
};

/// Says on stderr why the program does not start. @return `kCannotStart`.
int refuse(std::string_view program, const aloft::Error& error);

/// Runs `run` with the options, prints the usage, or says what is wrong with the command line.
/// @return the exit code of the program.
template <typename Options>
int run_program(const ProgramTexts& texts, const aloft::Result<Options>& options,
                int (*run)(const Options&)) {
  if (!options) return refuse(texts.name, options.error());
  if (options->help) {
    std::cout << texts.usage;
    return 0;
  }
  return run(*options);
}

}  // namespace example
