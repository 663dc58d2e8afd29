// SPDX-License-Identifier: Apache-2.0
// What the parts of the redactor share: the scan state, the list of edits, and the small readers of
// delimiters in plain, escaped and percent-encoded text.
//
//   redactor.cpp              the public face: passes, URLs, user ids, headers
//   redaction_work.cpp        edits collected and applied, quotation marks
//   redaction_scan.hpp        one pass over the bytes that finds where a matcher should look
//   redactor_cards.cpp        card numbers
//   redactor_issuers.cpp      which digits are a card number
//   redactor_pieces.cpp       card numbers in pieces
//   redactor_escapes.cpp      what stands behind escapes: `\u0070assword`, `%2540`
//   redactor_credentials.cpp  credentials with a prefix of their own, and URL user info
//   redactor_keys.cpp         values under a telling key: password=…
//   redactor_digits.cpp       digits under a telling key: "cvv":"…", "pin":["…"]
//
// and what only a redaction policy needs, so that programs with spans alone do not link it:
//
//   redaction_policy.cpp      the policy: what becomes of each class, masks, hashes
//   redaction_hash_keys.cpp   the keys of those hashes
//   redactor_personal.cpp     email addresses, telephone numbers, social security numbers
//   redactor_accounts.cpp     IBANs
//
// Each matcher moves over a byte a bounded number of times, so the whole is linear.
#pragma once

#include <aloft/core/sensitive_class.hpp>
#include <aloft/core/text.hpp>
#include <aloft/telemetry/key_class.hpp>
#include <aloft/telemetry/redactor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace redaction {

using Secret = SensitiveClass;

/// "[redacted:pan]".
std::string_view label(Secret secret) noexcept;
/// The length of the label that stands at `at`, or 0; also of one with the last digits or a hash:
/// `[redacted:pan *1111]`, `[redacted:email k7/abcdefghijklmnop]`.
std::size_t label_at(std::string_view text, std::size_t at) noexcept;

/// Replace [begin, end) by the label of `secret`.
struct Edit {
  std::uint32_t begin;
  std::uint32_t end;
  Secret secret;
};

/// The edits and copies of one call, in a scratch.
class Work {
 public:
  explicit Work(RedactionScratch& scratch) noexcept : scratch_(scratch) {}

  void clear() noexcept { size_ = 0; }
  bool empty() const noexcept { return size_ == 0; }
  /// False when there is no room: the text must be replaced whole.
  bool complete() const noexcept { return !failed_; }

  std::span<Edit> edits() const noexcept { return {scratch_.edits_, size_}; }
  /// Room in the scratch, or null.
  char* allocate(std::size_t size_bytes) noexcept { return scratch_.allocate(size_bytes); }
  /// Of what was allocated last, if nothing was since.
  void give_back(const char* bytes, std::size_t size_bytes) noexcept {
    scratch_.give_back(bytes, size_bytes);
  }
  /// There was no room for something that would have been looked at.
  void fail() noexcept { failed_ = true; }

  void add(std::size_t begin, std::size_t end, Secret secret) noexcept;
  void count(RedactionCounts& counts) const noexcept;
  /// `text` with the edits applied, or a view without data when there is no room.
  std::string_view apply(std::string_view text) noexcept;
  /// The pieces one after the other, or a view without data when there is no room.
  std::string_view join(std::string_view first, std::string_view second,
                        std::string_view third) noexcept;

 private:
  RedactionScratch& scratch_;
  std::size_t size_ = 0;
  bool failed_ = false;
};

/// One pass over one text. The marks keep every matcher linear on hostile input.
struct Scan {
  std::string_view text;
  bool was_cut = false;
  Work& work;
  /// What a key says of personal data; null where nobody asked for that.
  KeyClass (*personal_key)(std::string_view text, std::size_t end) = nullptr;
  std::uint32_t kept = 0;        ///< a bit for each class that stays, by the policy
  std::size_t consumed = 0;      ///< matchers other than the one for cards do not look before it
  std::size_t digits_done = 0;   ///< card numbers are found up to here
  std::size_t split_done = 0;    ///< pieces are read up to here
  std::size_t numbers_done = 0;  ///< telephone and other personal numbers are found up to here
  std::size_t base64_done = 0;   ///< no JWT begins before it
  std::size_t no_at_until = 0;   ///< there is no `@` between the last question and here
  bool has_escapes = false;      ///< behind which something may be that was not found

  bool reaches_cut_end(std::size_t at) const noexcept { return was_cut && at == text.size(); }
  bool has(std::size_t at, std::string_view word) const noexcept {
    return text.compare(at < text.size() ? at : text.size(), word.size(), word) == 0;
  }
  bool looks_for_personal_data() const noexcept { return personal_key != nullptr; }
  /// Adds an edit and moves on behind it.
  void take(std::size_t begin, std::size_t end, Secret secret) noexcept;
};

/// Whether all of `text` is a UUID or 32 hex digits: what every request carries, and never a secret
/// by shape. Saves 700 instructions a request id.
bool is_whole_identifier(std::string_view text) noexcept;

/// Finds everything that all signals look for, into `scan.work`.
void find_secrets(Scan& scan) noexcept;
/// The same and personal data; `scan.personal_key` is set.
void find_secrets_and_personal_data(Scan& scan) noexcept;

/// Finds the card numbers that have a digit in [from, until).
void find_cards(Scan& scan, std::size_t from, std::size_t until) noexcept;

/// Whether something that is written in another way than as it is stands at `at`.
bool is_escape(std::string_view text, std::size_t at) noexcept;
/// Looks behind the escapes of a text in which `find` found nothing as it is.
void find_behind_escapes(Scan& scan, void (*find)(Scan&) noexcept) noexcept;
/// A card number in pieces, `"4111","1111",…`, whose first piece is [begin, end).
void find_split_card(Scan& scan, std::size_t begin, std::size_t end) noexcept;

inline constexpr std::size_t kMinCardDigits = 13;
inline constexpr std::size_t kMaxCardDigits = 19;
using CardDigits = std::array<std::uint8_t, kMaxCardDigits>;
/// By issuer, length and Luhn sum.
bool is_card_number(const CardDigits& digits, std::size_t count) noexcept;
/// Whether thirteen digits have the check digit of goods, as one of ten card numbers has by chance:
/// cards of thirteen digits are hardly issued any more, and goods that begin with 4 are everywhere.
bool is_barcode(const CardDigits& digits, std::size_t count) noexcept;
/// Of sixteen digits, and by the ranges that cards are commonly of.
bool is_common_card_number(const CardDigits& digits) noexcept;
/// Whether more digits, which were cut off, could have made a card number of these.
bool could_become_card_number(const CardDigits& digits, std::size_t count) noexcept;

/// The pieces of a number, one added after the other.
class Pieces {
 public:
  /// False, and nothing is added, when `piece` is not digits alone.
  bool add(std::string_view piece) noexcept;
  /// Whether all together are a card number, divided as card numbers are.
  bool are_card_number() const noexcept;

 private:
  std::array<std::uint8_t, kMaxCardDigits> sizes_{};
  CardDigits digits_{};
  std::size_t pieces_ = 0;  // may be more than there is room for, as may the digits
  std::size_t digits_count_ = 0;
};

/// The email address whose `@` (or `%40`) is [begin, end).
void find_email(Scan& scan, std::size_t begin, std::size_t end) noexcept;
/// Telephone and social security numbers that have a digit in [from, until).
void find_personal_numbers(Scan& scan, std::size_t from, std::size_t until) noexcept;
/// The IBAN that begins in [from, until): there is one of two in sixteen bytes at most.
void find_accounts(Scan& scan, std::size_t from, std::size_t until) noexcept;

/// Looks for a credential around the trigger byte at `at`, for this one behind a prefix.
void find_prefixed(Scan& scan, std::size_t at) noexcept;
void find_aws_or_google_key(Scan& scan, std::size_t at) noexcept;
void find_json_web_token(Scan& scan, std::size_t at) noexcept;
void find_authorization_or_private_key(Scan& scan, std::size_t at) noexcept;
/// `begin` is behind `://`; `is_encoded` when that was written `%3A%2F%2F`.
void find_userinfo(Scan& scan, std::size_t begin, bool is_encoded) noexcept;

/// An `=` or `:` between a key and its value, plain or percent-encoded.
struct Delimiter {
  std::size_t begin;
  std::size_t end;
  bool is_encoded;
};
void find_assigned(Scan& scan, Delimiter delimiter) noexcept;
/// The same for digits under `key`, whose value begins at `at` or behind blanks.
void find_assigned_digits(Scan& scan, std::size_t at, const KeyClass& key) noexcept;
/// Whether `key` ends in a word that announces a secret, e.g. "X-Api-Key".
bool is_sensitive_key(std::string_view key) noexcept;

// ---- Readers of single units
// ---------------------------------------------------------------------

inline bool is_hex(char c) noexcept { return detail::is_hex_digit(c); }
inline bool is_token_char(char c) noexcept { return text::is_alnum(c) || c == '_' || c == '-'; }

using detail::begins_word;

/// Whether "%" and the two hex digits `code` (upper case) stand at `at`.
inline bool percent_at(std::string_view text, std::size_t at, const char (&code)[3]) noexcept {
  return at + 3 <= text.size() && text[at] == '%' && text[at + 1] == code[0] &&
         (text[at + 2] == code[1] || text::to_lower(code[1]) == text[at + 2]);
}

/// The length of a blank at `at` (space, tab, `%20`), or 0.
inline std::size_t blank_at(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return 0;
  if (text[at] == ' ' || text[at] == '\t') return 1;
  return percent_at(text, at, "20") ? 3 : 0;
}

/// Behind four blanks at most.
inline std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
  for (int i = 0; i < 4; ++i) at += blank_at(text, at);
  return at;
}

/// No card number begins with 0, 1 or 7: an early way out for timestamps.
inline bool may_begin_number(char c) noexcept {
  return text::is_digit(c) && c != '0' && c != '1' && c != '7';
}

/// The length of the single separator at `at` when a digit follows it, or 0.
inline std::size_t separator_at(std::string_view text, std::size_t at) noexcept {
  std::size_t size = 0;
  if (at >= text.size()) return 0;
  const char c = text[at];
  if (c == ' ' || c == '-' || c == '.' || c == '+') size = 1;
  if (percent_at(text, at, "20") || percent_at(text, at, "2D") || percent_at(text, at, "2B")) {
    size = 3;
  }
  return size != 0 && at + size < text.size() && text::is_digit(text[at + size]) ? size : 0;
}

/// The length of a quotation mark at `at`, or 0: `"`, `'`, `\"` (any depth up to 7), `%22`, `%27`,
/// `&quot;`, `\u0022`.
std::size_t quote_at(std::string_view text, std::size_t at) noexcept;
/// The same for a mark that ends right before `end`.
std::size_t quote_before(std::string_view text, std::size_t end) noexcept;

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
