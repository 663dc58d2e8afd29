// SPDX-License-Identifier: Apache-2.0
// A value or an `Error`: what every operation that can fail returns.
//
// A strict subset of `std::expected<T, Error>` (same member names), so that one day it becomes an
// alias of it. There is no throwing `value()`: ask first, then dereference.
//
//   Result<Tracer> tracer = make();
//   if (!tracer) return unexpected(tracer.error());
//   tracer->start("work");
//
// Thread-safety: as that of `T`.
#pragma once

#include <aloft/core/error.hpp>

#include <cassert>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace aloft {
inline namespace v0 {

/// An error on its way into a `Result`.
class Unexpected {
 public:
  explicit Unexpected(Error error) noexcept : error_(std::move(error)) {}
  const Error& error() const& noexcept { return error_; }
  Error&& error() && noexcept { return std::move(error_); }

 private:
  Error error_;
};

[[nodiscard]] inline Unexpected unexpected(Error error) noexcept {
  return Unexpected(std::move(error));
}

/// Shorthand: `return fail(ErrorCode::not_found, "no charge has this id");`
[[nodiscard]] inline Unexpected fail(ErrorCode code, std::string message, std::string remedy = {}) {
  return Unexpected(Error{code, std::move(message), std::move(remedy)});
}

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = Error;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Unexpected error) : state_(std::in_place_index<1>, std::move(error).error()) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Requires `has_value()`.
  T& operator*() & noexcept { return *get(); }
  const T& operator*() const& noexcept { return *get(); }
  T&& operator*() && noexcept { return std::move(*get()); }
  T* operator->() noexcept { return get(); }
  const T* operator->() const noexcept { return get(); }

  /// Requires `!has_value()`.
  const Error& error() const& noexcept {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && noexcept {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

  template <typename U>
  T value_or(U&& otherwise) const& {
    return has_value() ? *get() : static_cast<T>(std::forward<U>(otherwise));
  }
  template <typename U>
  T value_or(U&& otherwise) && {
    return has_value() ? std::move(*get()) : static_cast<T>(std::forward<U>(otherwise));
  }

 private:
  T* get() noexcept {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  const T* get() const noexcept {
    assert(has_value());
    return std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  using error_type = Error;

  Result() noexcept = default;
  Result(Unexpected error) : failed_(true), error_(std::move(error).error()) {}

  bool has_value() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const& noexcept {
    assert(failed_);
    return error_;
  }
  Error&& error() && noexcept {
    assert(failed_);
    return std::move(error_);
  }

 private:
  bool failed_ = false;
  Error error_;
};

}  // namespace v0
}  // namespace aloft
