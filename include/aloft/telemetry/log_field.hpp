// SPDX-License-Identifier: Apache-2.0
// What a log line says beside its message: fields, each a key that the compiler has checked and a
// value of its own type.
//
//   log.info("charge accepted", {"charge_id", id}, {"amount_minor", 4200}, {"took", 12ms});
//   log.error("charge failed", {"error", exception});
//
// A user's type becomes an object by a function beside it, found by its argument, which says member
// by member what may be seen:
//
//   void describe(LogObject& object, const Card& card) {
//     object.add("brand", card.brand);
//     object.add("expires", card.expires);
//   }
//   log.info("card stored", {"card", card});
//
// A value that is a secret, personal data, or an id that only looks like a card number, says so by
// its type: `{"card", pan{number}}`, `{"order", safe_id{"4532015112830366"}}`.
//
// A field views what it is made of and lives only as long as the call. Thread-safety: values.
#pragma once

#include <aloft/core/error.hpp>
#include <aloft/core/sensitive.hpp>
#include <aloft/core/value.hpp>
#include <aloft/telemetry/detail/log_entry.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <string_view>
#include <system_error>

namespace aloft {
inline namespace v0 {

/// Longest key, in bytes; ours: a key is a word, and Insights discovers names by their length, too.
inline constexpr std::size_t kMaxLogKeyBytes = 128;

constexpr bool is_log_key(std::string_view key) noexcept {
  if (key.empty() || key.size() > kMaxLogKeyBytes) return false;
  for (const char c : key) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-') return false;
  }
  return true;
}

namespace detail {
/// Never called: the compiler names it where a key is wrong.
void a_log_key_has_1_to_128_letters_digits_dots_dashes_and_underscores() noexcept;
class LogEncoder;
}  // namespace detail

/// A key that was checked: a literal, or it does not compile.
class LogKey {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a key, or does not compile.
  consteval LogKey(const char (&literal)[N]) noexcept : text_(literal, N - 1) {
    if (!is_log_key(text_)) {
      detail::a_log_key_has_1_to_128_letters_digits_dots_dashes_and_underscores();
    }
  }
  /// A key that is only known when the program runs; what is no key is written as `invalid_key`.
  static constexpr LogKey of(std::string_view key) noexcept {
    return LogKey(is_log_key(key) ? key : "invalid_key", true);
  }
  constexpr std::string_view view() const noexcept { return text_; }

 private:
  constexpr LogKey(std::string_view text, bool) noexcept : text_(text) {}
  std::string_view text_;
};

class LogObject;

/// A type with a `describe(LogObject&, const T&)` that its own name spaces hold.
template <typename T>
concept Describable = requires(LogObject& object, const T& value) {
  describe(object, value);
};

class LogField {
 public:
  /// None: what a line is given where it has no more.
  [[gnu::always_inline]] LogField() noexcept : key_(nullptr), bits_(0), write_(nullptr) {}
  template <std::convertible_to<Value> T>
  [[gnu::always_inline]] LogField(LogKey key, const T& value) noexcept
      : LogField(key, Value(value)) {}
  /// A value that says by its type what it is (core/sensitive.hpp): the redaction policy decides
  /// what is shown of it. Of a `secret` not a byte is taken.
  template <SensitiveType T>
  LogField(LogKey key, const T& value) noexcept : LogField(key, sensitive_value(value)) {}
  LogField(LogKey key, const SensitiveValue& value) noexcept : LogField(key, value.value) {
    entry_.flags.hash_asked = value.hash_asked ? 1 : 0;
    entry_.flags.sensitive_class = static_cast<std::uint8_t>(value.sensitive_class) & 15;
  }
  [[gnu::always_inline]] LogField(LogKey key, const Value& value) noexcept
      : key_(key.view().data()), write_(nullptr) {
    const auto type = static_cast<detail::LogEntryType>(value.kind());
    const auto key_bytes = static_cast<std::uint16_t>(key.view().size());
    if (value.kind() == Value::Kind::text) {
      const std::size_t bytes = value.text().size();
      const bool is_long = bytes > detail::kMaxLogTextBytes;
      entry_ = {type,
                {is_long, 0, 0},
                key_bytes,
                static_cast<std::uint32_t>(is_long ? detail::kMaxLogTextBytes + 1 : bytes)};
      text_ = value.text().data();
    } else {
      entry_ = {type, {}, key_bytes, sizeof bits_};
      bits_ = value.bits();
    }
  }
  /// Seconds, as a number.
  template <typename Rep, typename Period>
  LogField(LogKey key, std::chrono::duration<Rep, Period> duration) noexcept
      : LogField(key, Value(std::chrono::duration<double>(duration).count())) {}
  /// An object: `code`, `message`, `remedy`.
  LogField(LogKey key, const Error& error) noexcept : LogField(key, &error, &write_error) {}
  /// An object: `category`, `code`, `message`.
  LogField(LogKey key, const std::error_code& error) noexcept
      : LogField(key, &error, &write_error_code) {}
#if defined(__cpp_exceptions) && defined(__cpp_rtti)
  /// An object: `type`, `message`, and the same of each nested cause under `cause`.
  LogField(LogKey key, const std::exception& error) noexcept
      : LogField(key, &error, &write_exception) {}
  LogField(LogKey key, const std::exception_ptr& error) noexcept
      : LogField(key, &error, &write_exception_ptr) {}
#endif
  template <Describable T>
  LogField(LogKey key, const T& value) noexcept
      : LogField(key, &value, [](LogObject& object, const void* described) {
          describe(object, *static_cast<const T*>(described));
        }) {}

  std::string_view key() const noexcept { return {key_, entry_.key_bytes}; }

 private:
  friend class detail::LogEncoder;
  friend class Logger;
  using Write = void (*)(LogObject&, const void*);

  LogField(LogKey key, const void* object, Write write) noexcept
      : entry_{detail::LogEntryType::object_begin,
               {1, 0, 0},
               static_cast<std::uint16_t>(key.view().size()),
               0},
        key_(key.view().data()),
        object_(object),
        write_(write) {}

  bool present() const noexcept { return key_ != nullptr; }
  /// What `put` writes; kSpecialBytes and more when it must not.
  [[gnu::always_inline]] std::size_t bytes() const noexcept {
    if (!present()) return 0;
    return (entry_.flags.is_special != 0 ? detail::kSpecialBytes : 0) + sizeof entry_ +
           entry_.key_bytes + entry_.value_bytes;
  }
  /// Writes the entry of a field that is not special, where there is room for it.
  [[gnu::always_inline]] char* put(char* at) const noexcept {
    if (!present()) return at;
    std::memcpy(at, &entry_, sizeof entry_);
    std::memcpy(at + sizeof entry_, key_, entry_.key_bytes);
    at += sizeof entry_ + entry_.key_bytes;
    if (entry_.type == detail::LogEntryType::text) {
      if (__builtin_constant_p(entry_.value_bytes) && entry_.value_bytes <= 16) {
        std::memcpy(at, text_, entry_.value_bytes);
        return at + entry_.value_bytes;
      }
      return detail::put_log_text(at, text_, entry_.value_bytes);
    }
    std::memcpy(at, &bits_, sizeof bits_);
    return at + sizeof bits_;
  }

  static void write_error(LogObject& object, const void* error);
  static void write_error_code(LogObject& object, const void* error);
  static void write_exception(LogObject& object, const void* error);
  static void write_exception_ptr(LogObject& object, const void* error);

  detail::LogEntry entry_{};
  const char* key_;
  union {
    std::uint64_t bits_;
    const char* text_;
    const void* object_;
  };
  Write write_;  // of an object
};

using LogFields = std::initializer_list<LogField>;

/// Takes the members of an object while a line is being written.
class LogObject {
 public:
  /// Members may be objects; deeper than 8 is cut and counted.
  void add(const LogField& member) noexcept;
  template <typename T>
  void add(LogKey key, const T& value) noexcept {
    add(LogField(key, value));
  }

 private:
  friend class detail::LogEncoder;
  explicit LogObject(detail::LogEncoder& encoder) noexcept : encoder_(encoder) {}
  detail::LogEncoder& encoder_;
};

}  // namespace v0
}  // namespace aloft
