// SPDX-License-Identifier: Apache-2.0
// What may be told of a database's url: everything but whatever may hold a password.
//
// Drivers agree on no syntax. User info may contain, although it should not, the `/`, `?`, `#` and
// `;` that end it elsewhere; an `@` may as well stand in a parameter; Go's and Oracle's forms have
// no `://`. Where it cannot be told what belongs to a password, nothing is kept. What is taken for
// a port although it is a password: up to five digits before `?name=`, as in `u:1234?x=@db`.
#pragma once

#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

struct DatabaseUrl {
  /// @param cut  the end of `url` is missing, and with it perhaps the `@`.
  explicit DatabaseUrl(std::string_view url, bool cut = false) noexcept;

  std::string_view scheme;  ///< "jdbc:mysql://"; empty when the url has none
  /// "db:3306/shop", "sqlite:ledger.db" without a scheme; no parameters. Empty when not to be told.
  std::string_view place;
  /// "app" of "mysql://app@db": no password, and no part of one.
  std::string_view user;
  bool hidden = false;  ///< something stood before the place, or in its stead
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
