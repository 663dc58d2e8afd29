// SPDX-License-Identifier: Apache-2.0
// Where to listen and where to connect, as a command line says it.
//
//   Result<Address> listen = Address::parse("[::1]:8080");
//   Result<Address> ledger = Address::of_url("http://127.0.0.1:8081");
//   ledger->url();                                          // "http://127.0.0.1:8081"
//
// Thread-safety: plain values, pure functions.
#pragma once

#include <aloft/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace example {

struct Address {
  std::string host;  ///< IPv6 without brackets
  std::uint16_t port = 0;

  /// ADDR:PORT; port 0 stands for any free one.
  /// @error invalid_argument  it is written in another way.
  static aloft::Result<Address> parse(std::string_view text);
  /// http://HOST[:PORT], the port 80 when not given.
  /// @error invalid_argument  it is written in another way, or has a path.
  static aloft::Result<Address> of_url(std::string_view url);

  /// "127.0.0.1:8080", with brackets around an IPv6 address: as a Host header has it.
  std::string text() const;
  /// "http://127.0.0.1:8080".
  std::string url() const { return "http://" + text(); }
};

}  // namespace example
