// SPDX-License-Identifier: Apache-2.0
// What a value is to a redactor: said by the value's type (core/sensitive.hpp), by its key
// (telemetry/key_class.hpp) or by its shape (telemetry/redactor.hpp).
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

enum class SensitiveClass : std::uint8_t {
  none,        ///< ordinary: looked at by key and by shape
  safe,        ///< an id that its author vouches for: not looked at for card numbers and phones
  pan,         ///< a card number
  cvv,         ///< a card's verification code; always erased
  pin,         ///< always erased
  password,    ///< always erased
  credential,  ///< keys, tokens, private keys
  userinfo,    ///< `user:password@` in a URL
  email,
  phone,
  ssn,       ///< a United States social security number
  account,   ///< a bank account: number, routing number, IBAN
  personal,  ///< a name, an address, a date of birth, a document's number
};
inline constexpr std::size_t kSensitiveClasses = 13;

/// No policy keeps, masks or hashes these.
constexpr bool is_always_erased(SensitiveClass value) noexcept {
  return value == SensitiveClass::cvv || value == SensitiveClass::pin ||
         value == SensitiveClass::password || value == SensitiveClass::userinfo;
}

/// What a logger takes over from a typed value. `value` views, and lives only as long as, the typed
/// value; it is empty where the class alone is told.
struct SensitiveValue {
  SensitiveClass sensitive_class;
  bool hash_asked;
  Value value;
};

}  // namespace v0
}  // namespace aloft
