// SPDX-License-Identifier: Apache-2.0
// What is looked at where a trigger byte is (redaction_scan.hpp), before a matcher is called.
#pragma once

#include "telemetry/redaction_places.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace redaction {

// Most triggers are false; one or two more bytes tell, before anything is called.
template <bool kPersonal>
class TriggerFilter {
 public:
  explicit TriggerFilter(Scan& scan) noexcept : scan_(scan), text_(scan.text) {}

  [[gnu::always_inline]] void look(std::size_t at) noexcept {
    switch (text_[at]) {
      case '=':
        return find_assigned(scan_, {at, at + 1, false});
      case ':':
        if (peek(at + 1) == '/' && peek(at + 2) == '/') return find_userinfo(scan_, at + 3, false);
        if (scan_.has(at + 1, "\\/\\/")) return find_userinfo(scan_, at + 5, false);
        return find_assigned(scan_, {at, at + 1, false});
      case '%':
        if (is_hex(peek(at + 1)) && is_hex(peek(at + 2))) look_at_percent(at);
        return;
      case '-':
        if (at != 0 && (text_[at - 1] == '-' || (text_[at - 1] == ' ' && peek(at + 1) == 'u'))) {
          return find_option(scan_, at);
        }
        [[fallthrough]];
      case '_':
        if (at >= 2 && may_end_prefix(text_[at - 2], text_[at - 1])) find_prefixed(scan_, at);
        return;
      case '.':
        if (at >= 2 && ((text_[at - 1] == '9' && text_[at - 2] == '2') ||
                        (text_[at - 1] == 'G' && text_[at - 2] == 'S'))) {
          find_prefixed(scan_, at);
        }
        return;
      case 'J':
        if (at >= 2 && text_[at - 1] == 'y') find_json_web_token(scan_, at);
        return;
      case 'I':
        if (peek(at + 1) == 'A' || peek(at + 1) == 'z') return find_aws_or_google_key(scan_, at);
        if (may_be_statement(at)) find_in_statement(scan_, at);
        return;
      case '>':
        if (is_token_char(peek(at - 1)) && peek(at + 1) != '\0') find_element(scan_, at);
        return;
      case 'B':
      case 'b':
        return look_at_b(at);
      case '@':
        if constexpr (kPersonal) find_email(scan_, at, at + 1);
        return;
      case '\\':
      case '&':
      case '\xC2':
      case '\xE2':
      case '\xEF':
        scan_.has_escapes = scan_.has_escapes || is_escape(text_, at);
        return;
      default:
        return;
    }
  }

 private:
  char peek(std::size_t at) const noexcept { return at < text_.size() ? text_[at] : '\0'; }

  // The last two letters before the mark of a prefix (redactor_credentials.cpp).
  static bool may_end_prefix(char before, char last) noexcept {
    constexpr std::array<std::uint32_t, 32> kLast = [] {
      constexpr std::string_view kPairs = "hphohuhshratvestecpmv1xaxbxexpxrxsppskpi";
      std::array<std::uint32_t, 32> bits{};
      for (std::size_t i = 0; i < kPairs.size(); i += 2)
        bits[kPairs[i] & 31] |= letter(kPairs[i + 1]);
      return bits;
    }();
    return (kLast[static_cast<unsigned char>(before) & 31U] & letter(last)) != 0;
  }
  static constexpr std::uint32_t letter(char c) noexcept {
    return 1U << (static_cast<unsigned char>(c) & 31U);
  }

  // INSERT, IN (, LIKE, IDENTIFIED; not INFO.
  bool may_be_statement(std::size_t at) const noexcept {
    const char next = peek(at + 1);
    const char third = peek(at + 2);
    return (next == 'N' && (third == 'S' || third == ' ' || third == '(')) ||
           (next == 'K' && third == 'E') || (next == 'D' && third == 'E');
  }

  void look_at_percent(std::size_t at) noexcept {
    scan_.has_escapes = true;
    if constexpr (kPersonal) {
      if (percent_at(text_, at, "40")) return find_email(scan_, at, at + 3);
    }
    if (percent_at(text_, at, "3D")) return find_assigned(scan_, {at, at + 3, true});
    if (!percent_at(text_, at, "3A")) return;
    if (percent_at(text_, at + 3, "2F") && percent_at(text_, at + 6, "2F")) {
      return find_userinfo(scan_, at + 9, true);
    }
    find_assigned(scan_, {at, at + 3, true});
  }

  // Bearer, Basic, BEGIN.
  void look_at_b(std::size_t at) noexcept {
    const char second = text::to_lower(peek(at + 1));
    const char third = text::to_lower(peek(at + 2));
    const bool is_worth_it =
        (second == 'e' && (third == 'a' || third == 'g')) || (second == 'a' && third == 's');
    if (is_worth_it) find_authorization_or_private_key(scan_, at);
  }

  Scan& scan_;
  std::string_view text_;
};

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
