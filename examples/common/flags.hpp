// SPDX-License-Identifier: Apache-2.0
// A command line of flags, each with one value, read into the variables that the flags name.
//
//   Options options;
//   Result<CommandLine> line = read_flags(arguments, {address_flag("--listen", options.listen),
//                                                     count_flag("--rate", 1'000, options.rate)});
//
// What is refused is named by flag or position and never quoted: a secret may stand there.
// Thread-safety: none; a program reads its command line once.
#pragma once

#include "common/address.hpp"

#include <aloft/core/result.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

using Arguments = std::vector<std::string_view>;

struct Flag {
  std::string_view name;     ///< "--listen"
  std::string_view example;  ///< a value that would do, for the remedy
  /// Takes the value; the message of an error goes on after the flag's name: "is not …".
  std::function<aloft::Result<void>(std::string_view)> take;
};

enum class CommandLine {
  run,   ///< every flag has been taken
  help,  ///< `--help` stands there; nothing after it was looked at
};

/// @error invalid_argument  a flag is unknown, lacks its value, or has one that it does not take.
aloft::Result<CommandLine> read_flags(const Arguments& arguments,
                                      std::initializer_list<Flag> flags);

/// ADDR:PORT.
Flag address_flag(std::string_view name, Address& address);
/// http://HOST[:PORT].
Flag url_flag(std::string_view name, std::optional<Address>& address);
/// A whole number from 1 to `most`.
Flag count_flag(std::string_view name, std::uint64_t most, std::uint64_t& count);
/// A decimal fraction from 0 to 1.
Flag fraction_flag(std::string_view name, double& fraction);
Flag text_flag(std::string_view name, std::string_view example, std::string& text);

}  // namespace example
