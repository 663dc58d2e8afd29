// SPDX-License-Identifier: Apache-2.0
// Values that say by their type what they are, so that nobody prints them by accident: they have no
// text, no comparison, no hash and no conversion. A logger takes them and renders their class.
//
//   log.info("paid", {"card", pan{number}}, {"mail", email{address}}, {"key", secret{key}});
//   log.info("paid", {"customer", hashed{email{address}}});  // equal values stay comparable
//   log.info("paid", {"order", safe_id{"4532015112830366"}});  // not a card number, we know
//   std::cout << pan{number};                                 // does not compile
//   hmac(key.reveal());                                       // the one way out; grep for it
//
// What becomes of each class (erased, last four digits, keyed hash, kept) is the redaction policy's
// choice (telemetry/redaction_policy.hpp); a PIN, a verification code and a password have none.
// Texts, numbers and card numbers are overwritten when they end.
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/sensitive_class.hpp>
#include <aloft/core/text.hpp>
#include <aloft/core/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace aloft {
inline namespace v0 {

namespace detail {

/// Overwrites bytes in a way that no optimiser leaves out.
inline void overwrite(void* bytes, std::size_t size) noexcept {
  if (size == 0) return;
  std::memset(bytes, 0, size);
  __asm__ __volatile__("" : : "r"(bytes) : "memory");
}
inline void overwrite_value(std::string& text) noexcept {
  text.resize(text.capacity());  // a small text that was moved away is still in the buffer
  overwrite(text.data(), text.size());
  text.clear();
}
template <typename T>
void overwrite_value(T& value) noexcept {
  if constexpr (std::is_trivially_copyable_v<T>) overwrite(&value, sizeof value);
}

/// A value that only `reveal` gives out.
template <typename T>
class Guarded {
 public:
  explicit Guarded(T value) : value_(std::move(value)) {}
  Guarded(const Guarded&) = default;
  Guarded(Guarded&& other) noexcept : value_(std::move(other.value_)) {
    overwrite_value(other.value_);
  }
  Guarded& operator=(const Guarded&) = default;
  Guarded& operator=(Guarded&& other) noexcept {
    if (this == &other) return *this;
    overwrite_value(value_);
    value_ = std::move(other.value_);
    overwrite_value(other.value_);
    return *this;
  }
  ~Guarded() { overwrite_value(value_); }

  const T& reveal() const noexcept { return value_; }

 private:
  T value_;
};

}  // namespace detail

/// One of the types below.
template <typename T>
concept SensitiveType = requires {
  { T::kClass } -> std::same_as<const SensitiveClass&>;
};

/// Never written in any form, whatever the policy; `hashed{secret{…}}` says which one it was.
template <typename T>
class secret : public detail::Guarded<T> {
 public:
  static constexpr SensitiveClass kClass = SensitiveClass::credential;
  using detail::Guarded<T>::Guarded;
};
template <typename T>
secret(T) -> secret<T>;
secret(const char*)->secret<std::string>;

/// Personal data of any kind.
template <typename T>
requires std::constructible_from<Value, const T&>
class pii : public detail::Guarded<T> {
 public:
  static constexpr SensitiveClass kClass = SensitiveClass::personal;
  using detail::Guarded<T>::Guarded;
};
template <typename T>
pii(T) -> pii<T>;
pii(const char*)->pii<std::string>;

class email : public detail::Guarded<std::string> {
 public:
  static constexpr SensitiveClass kClass = SensitiveClass::email;
  explicit email(std::string_view address) : Guarded(std::string(address)) {}
};

/// A card number. Blanks, dashes and points between its digits are dropped; what has other
/// characters, or not 12 to 19 digits, is kept as nothing, and so can only be erased.
class pan {
 public:
  static constexpr SensitiveClass kClass = SensitiveClass::pan;
  static constexpr std::size_t kMinDigits = 12;
  static constexpr std::size_t kMaxDigits = 19;

  explicit pan(std::string_view number) noexcept {
    for (const char c : number) {
      if (c == ' ' || c == '-' || c == '.') continue;
      if (!text::is_digit(c) || size_ == kMaxDigits) {
        forget();
        return;
      }
      digits_[size_++] = c;
    }
    if (size_ < kMinDigits) forget();
  }
  pan(const pan&) noexcept = default;
  pan& operator=(const pan&) noexcept = default;
  ~pan() { forget(); }

  /// The digits; empty when it was no card number.
  std::string_view reveal() const noexcept { return {digits_, size_}; }

 private:
  void forget() noexcept {
    detail::overwrite(digits_, sizeof digits_);
    size_ = 0;
  }

  char digits_[kMaxDigits];
  std::size_t size_ = 0;
};

namespace detail {
template <typename T>
constexpr SensitiveClass class_of_hashed() noexcept {
  if constexpr (SensitiveType<T>) return T::kClass;
  return SensitiveClass::personal;
}
}  // namespace detail

/// Written as a keyed hash, by which equal values can be found together. Without a configured key
/// (telemetry/redaction_policy.hpp) it is erased; there is no hash without a key.
template <typename T>
requires(!std::same_as<T, class safe_id>) class hashed : public detail::Guarded<T> {
 public:
  static constexpr SensitiveClass kClass = detail::class_of_hashed<T>();
  using detail::Guarded<T>::Guarded;
};
template <typename T>
hashed(T) -> hashed<T>;
hashed(const char*)->hashed<std::string>;

/// An id which its author knows to be no card number and no phone number, although it looks like
/// one. Views its text. What is not an id (1 to 128 bytes of `A-Z a-z 0-9 . _ : -`) is looked at
/// like any text, and credentials are looked for all the same.
class safe_id {
 public:
  static constexpr SensitiveClass kClass = SensitiveClass::safe;
  static constexpr std::size_t kMaxBytes = 128;

  constexpr explicit safe_id(std::string_view text) noexcept : value_(text), is_id_(is_id(text)) {}
  template <std::integral Integer>
  constexpr explicit safe_id(Integer number) noexcept : value_(number) {}

  constexpr Value value() const noexcept { return value_; }
  constexpr bool is_vouched_for() const noexcept { return is_id_; }

 private:
  static constexpr bool is_id(std::string_view text) noexcept {
    if (text.empty() || text.size() > kMaxBytes) return false;
    for (const char c : text) {
      if (!text::is_alnum(c) && c != '.' && c != '_' && c != ':' && c != '-') return false;
    }
    return true;
  }

  Value value_;
  bool is_id_ = true;
};

/// What a logger asks; the answer views `value`.
template <typename T>
SensitiveValue sensitive_value(const secret<T>&) noexcept {
  return {SensitiveClass::credential, false, std::string_view()};
}
template <typename T>
SensitiveValue sensitive_value(const pii<T>& value) noexcept {
  return {SensitiveClass::personal, false, value.reveal()};
}
inline SensitiveValue sensitive_value(const email& value) noexcept {
  return {SensitiveClass::email, false, value.reveal()};
}
inline SensitiveValue sensitive_value(const pan& value) noexcept {
  return {SensitiveClass::pan, false, value.reveal()};
}
constexpr SensitiveValue sensitive_value(const safe_id& id) noexcept {
  return {id.is_vouched_for() ? SensitiveClass::safe : SensitiveClass::none, false, id.value()};
}
template <typename T>
SensitiveValue sensitive_value(const hashed<T>& value) noexcept {
  if constexpr (SensitiveType<T>) {
    return {T::kClass, true, value.reveal().reveal()};
  } else {
    return {SensitiveClass::personal, true, value.reveal()};
  }
}

// Typed values have no text and no order; these make the attempt an error that says so.
template <typename Stream, SensitiveType T>
Stream& operator<<(Stream& stream, const T& value) = delete;
template <SensitiveType T>
std::string to_string(const T& value) = delete;
template <SensitiveType T>
bool operator==(const T& left, const T& right) = delete;

}  // namespace v0
}  // namespace aloft
