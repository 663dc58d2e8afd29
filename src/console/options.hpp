// SPDX-License-Identifier: Apache-2.0
// The command line of aloft-console, parsed into values that cannot be wrong.
//
//   auto command = parse_command({"--http", "127.0.0.1:0", "--max-bytes", "64M"});
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aloft::console {

/// A literal IPv4 or IPv6 address and a port.
struct Endpoint {
  std::string address;  ///< without brackets
  std::uint16_t port = 0;

  /// "127.0.0.1:8000", "[::1]:8000" or "localhost:8000". Errors name no option and quote nothing.
  static Result<Endpoint> parse(std::string_view text);
  std::string text() const;
  /// `address` as it stands in a URL: IPv6 in brackets.
  std::string host() const;
  bool is_loopback() const noexcept;
  /// 0.0.0.0 or ::, every address of the machine.
  bool is_wildcard() const noexcept;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct AppOptions {
  Endpoint http{"127.0.0.1", 8000};
  Endpoint xray{"127.0.0.1", 2000};
  /// Another port for OTLP alone; the port of the page takes it, too.
  std::optional<Endpoint> otlp;
  std::string db;  ///< empty: in memory
  std::uint64_t max_bytes = std::uint64_t{256} << 20U;
  std::uint64_t logs_max_bytes = std::uint64_t{256} << 20U;
  /// Of log groups that have no retention of their own; unset: until the store is full.
  std::optional<std::int64_t> logs_retention_days;
  std::vector<std::string> allowed_hosts;  ///< lower case, without port
  std::string token;                       ///< empty: none on loopback, a random one off it
  std::string sampling_rules;              ///< a file; empty: the default rule alone
};

struct ShowHelp {};
struct ShowVersion {};
using Command = std::variant<AppOptions, ShowHelp, ShowVersion>;

/// @param arguments  without the program's name; "--name value" or "--name=value".
/// @error invalid_argument  says which option, and what it takes.
Result<Command> parse_command(std::span<const std::string_view> arguments);

/// The text of --help.
std::string_view help_text() noexcept;

}  // namespace aloft::console
