// SPDX-License-Identifier: Apache-2.0
// Annotation keys that the compiler checks. X-Ray takes letters, digits and `_`; any other key that
// is only known when the program runs is mapped and counted (`TraceCounters::keys_mapped`).
//
//   using namespace aloft::literals;
//   span.annotate("charge_id"_key, id);
//   span.annotate("charge.id"_key, id);                 // does not compile
//   inline constexpr AnnotationKey kChargeId = "charge_id";
//
// Source: X-Ray developer guide, segment documents, "Annotations", read 2026-11.
// Thread-safety: constants.
#pragma once

#include <aloft/telemetry/span_limits.hpp>

#include <cstddef>
#include <string_view>

namespace aloft {
inline namespace v0 {

constexpr bool is_annotation_key(std::string_view key) noexcept {
  if (key.empty() || key.size() > kMaxAnnotationKeyBytes) return false;
  for (const char c : key) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_') return false;
  }
  return true;
}

namespace detail {
/// Never called: the compiler names it where a key is wrong.
void an_annotation_key_has_1_to_500_letters_digits_and_underscores() noexcept;
}  // namespace detail

class AnnotationKey {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a key, or does not compile.
  consteval AnnotationKey(const char (&literal)[N]) noexcept : AnnotationKey(literal, N - 1) {}
  consteval AnnotationKey(const char* text, std::size_t bytes) noexcept : text_(text, bytes) {
    if (!is_annotation_key(text_)) {
      detail::an_annotation_key_has_1_to_500_letters_digits_and_underscores();
    }
  }
  constexpr std::string_view view() const noexcept { return text_; }

 private:
  std::string_view text_;
};

namespace literals {
consteval AnnotationKey operator""_key(const char* text, std::size_t bytes) noexcept {
  return {text, bytes};
}
}  // namespace literals

}  // namespace v0
}  // namespace aloft
