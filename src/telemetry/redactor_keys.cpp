// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <cstring>
#include <span>

// Values that only their key gives away: password=…, "cvv":"…", x-api-key: …, and the same in
// escaped JSON, in percent-encoded queries and in what is left of a broken document.
//
// A key is judged by its last words, without regard to case and to `_`, `-` and `.` between them,
// so that `DB_PASSWORD`, `clientSecret` and `X-Api-Key` match. Words that are also the end of
// ordinary ones (pin in shipping) must stand alone.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

enum class Rule : std::uint8_t {
  password,   // anything
  token,      // at least three bytes, a letter or digit among them
  signature,  // at least sixteen bytes: the word is also used for other things
  line,       // a header: everything to the end of the line or the quotation
  pin,        // 4 to 12 digits
  cvv,        // 3 or 4 digits
  card,       // 12 digits or more, valid or not
  harmless,   // looks like a secret and is none
};

enum class Boundary : std::uint8_t { any, word };

struct KeyRule {
  std::string_view word;  // lower case, without separators
  Rule rule;
  Boundary boundary = Boundary::any;
};

// By the last two letters, so that most keys are dismissed by a look at two bytes.
constexpr KeyRule kEndingInRd[] = {{"password", Rule::password}};
constexpr KeyRule kEndingInWd[] = {{"passwd", Rule::password},
                                   {"pwd", Rule::password, Boundary::word}};
constexpr KeyRule kEndingInEt[] = {{"secret", Rule::token}};
constexpr KeyRule kEndingInEn[] = {{"nexttoken", Rule::harmless},
                                   {"pagetoken", Rule::harmless},
                                   {"continuationtoken", Rule::harmless},
                                   {"resumetoken", Rule::harmless},
                                   {"startingtoken", Rule::harmless},
                                   {"starttoken", Rule::harmless},
                                   {"token", Rule::token}};
constexpr KeyRule kEndingInOn[] = {{"authorization", Rule::line},
                                   {"passwordconfirmation", Rule::password}};
constexpr KeyRule kEndingInIn[] = {{"pin", Rule::pin, Boundary::word}};
constexpr KeyRule kEndingInAn[] = {{"pan", Rule::card, Boundary::word}};
constexpr KeyRule kEndingInVv[] = {{"cvv", Rule::cvv}};
constexpr KeyRule kEndingInVc[] = {{"cvc", Rule::cvv}};
constexpr KeyRule kEndingInSc[] = {{"csc", Rule::cvv, Boundary::word}};
constexpr KeyRule kEndingInEy[] = {{"apikey", Rule::token},       {"secretkey", Rule::token},
                                   {"accesskey", Rule::token},    {"privatekey", Rule::token},
                                   {"signingkey", Rule::token},   {"accountkey", Rule::token},
                                   {"encryptionkey", Rule::token}};
constexpr KeyRule kEndingInSe[] = {{"passphrase", Rule::password}};
constexpr KeyRule kEndingInDe[] = {
    {"passcode", Rule::password}, {"securitycode", Rule::cvv}, {"cardcode", Rule::cvv}};
constexpr KeyRule kEndingInRe[] = {{"xamzsignature", Rule::token}, {"signature", Rule::signature}};
constexpr KeyRule kEndingInIe[] = {{"cookie", Rule::line}};
constexpr KeyRule kEndingInAl[] = {{"xamzcredential", Rule::token},
                                   {"credential", Rule::signature}};
constexpr KeyRule kEndingInEr[] = {
    {"cardnumber", Rule::card}, {"ccnumber", Rule::card}, {"accountnumber", Rule::card}};
constexpr KeyRule kEndingInUm[] = {{"cardnum", Rule::card}, {"ccnum", Rule::card}};
constexpr KeyRule kEndingInNo[] = {{"cardno", Rule::card}};
constexpr KeyRule kEndingInTa[] = {{"trackdata", Rule::token}};
// The number may stand apart from its word, hence whatever is before it.
constexpr KeyRule kEndingIn1[] = {{"password1", Rule::password}, {"track1", Rule::token}};
constexpr KeyRule kEndingIn2[] = {{"cvv2", Rule::cvv},
                                  {"cvc2", Rule::cvv},
                                  {"password2", Rule::password},
                                  {"track2", Rule::token}};

constexpr unsigned ending(char before, char last) noexcept {
  return static_cast<unsigned>(text::to_lower(before)) * 128U +
         static_cast<unsigned>(text::to_lower(last));
}

std::span<const KeyRule> rules_for(char before, char last) noexcept {
  if (last == '1') return kEndingIn1;
  if (last == '2') return kEndingIn2;
  switch (ending(before, last)) {
    case ending('r', 'd'):
      return kEndingInRd;
    case ending('w', 'd'):
      return kEndingInWd;
    case ending('e', 't'):
      return kEndingInEt;
    case ending('e', 'n'):
      return kEndingInEn;
    case ending('o', 'n'):
      return kEndingInOn;
    case ending('i', 'n'):
      return kEndingInIn;
    case ending('a', 'n'):
      return kEndingInAn;
    case ending('v', 'v'):
      return kEndingInVv;
    case ending('v', 'c'):
      return kEndingInVc;
    case ending('s', 'c'):
      return kEndingInSc;
    case ending('e', 'y'):
      return kEndingInEy;
    case ending('s', 'e'):
      return kEndingInSe;
    case ending('d', 'e'):
      return kEndingInDe;
    case ending('r', 'e'):
      return kEndingInRe;
    case ending('i', 'e'):
      return kEndingInIe;
    case ending('a', 'l'):
      return kEndingInAl;
    case ending('e', 'r'):
      return kEndingInEr;
    case ending('u', 'm'):
      return kEndingInUm;
    case ending('n', 'o'):
      return kEndingInNo;
    case ending('t', 'a'):
      return kEndingInTa;
    default:
      return {};
  }
}

// Whether the key that ends at `end` ends in the word of `rule`.
bool ends_in(std::string_view text, std::size_t end, const KeyRule& rule) noexcept {
  std::size_t at = end;
  for (std::size_t left = rule.word.size(); left > 0;) {
    if (at == 0) return false;
    const char c = text[--at];
    if (text::to_lower(c) == rule.word[left - 1]) {
      --left;
    } else if ((c != '_' && c != '-' && c != '.') || left == rule.word.size()) {
      return false;
    }
  }
  if (rule.boundary == Boundary::any || begins_word(text, at)) return true;
  const bool is_hump =
      text[at] >= 'A' && text[at] <= 'Z' && text[at - 1] >= 'a' && text[at - 1] <= 'z';
  return is_hump;  // cardPin
}

const KeyRule* rule_of_key(std::string_view text, std::size_t end) noexcept {
  if (end < 2) return nullptr;
  for (const KeyRule& rule : rules_for(text[end - 2], text[end - 1])) {
    if (ends_in(text, end, rule)) return rule.rule == Rule::harmless ? nullptr : &rule;
  }
  return nullptr;
}

// Back over what may stand between a key and its delimiter: blanks, `"`, and `]` or `%5D` of
// `user[password]=` and `headers["x-api-key"] =`.
struct KeyEnd {
  std::size_t at;
  bool is_quoted;
};
KeyEnd find_key_end(std::string_view text, std::size_t at) noexcept {
  if (at == 0 || text::is_alnum(text[at - 1])) {
    // %22, %5D or \u0022 before the delimiter
    const bool may_be_escape =
        (at >= 3 && text[at - 3] == '%') || (at >= 6 && text[at - 6] == '\\');
    if (!may_be_escape) return {at, false};
  } else if (at >= 2 && text[at - 1] == '"' && text::is_alnum(text[at - 2])) {
    return {at - 1, true};
  }
  for (int i = 0; i < 2 && at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'); ++i) --at;
  if (at > 0 && text[at - 1] == ']') {
    --at;
  } else if (at >= 3 && percent_at(text, at - 3, "5D")) {
    at -= 3;
  }
  const std::size_t quote = quote_before(text, at);
  return {at - quote, quote != 0};
}

// Words that follow "password:" in sentences, and values that say there is none.
bool is_plain_word(std::string_view value) noexcept {
  static constexpr std::string_view kWords[] = {
      "null",    "none",    "nil",      "true",     "false", "undefined", "missing", "required",
      "invalid", "expired", "rejected", "mismatch", "empty", "unset",     "must",    "not",
      "is",      "was",     "has",      "cannot",   "too",   "the",       "failed",  "incorrect"};
  while (!value.empty() && (value.back() == '.' || value.back() == ':' || value.back() == '!')) {
    value.remove_suffix(1);
  }
  return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
    return text::equals_ignoring_case(value, word);
  });
}

struct Value {
  std::size_t begin;
  std::size_t end;
  bool is_quoted;
};

// To the same quotation mark again. A mark that never closes (a broken document, or one that was
// cut) ends with the line, so that the secret goes all the same.
std::size_t end_of_quotation(std::string_view text, std::size_t at,
                             std::string_view mark) noexcept {
  const bool is_plain = mark.size() == 1;
  for (; at < text.size() && text[at] != '\n'; ++at) {
    if (text.compare(at, mark.size(), mark) == 0) return at;
    if (is_plain && text[at] == '\\' && at + 1 < text.size()) ++at;
    // Inside an escaped document the outer quotation may end first.
    if (!is_plain && text[at] == '"' && text[at - 1] != '\\') return at;
  }
  return std::min(at, text.size());
}

bool ends_encoded_value(std::string_view text, std::size_t at) noexcept {
  static constexpr char kCodes[][3] = {"26", "22", "27", "20", "2C", "7D", "3B", "0A", "0D"};
  if (text[at] != '%') return false;
  return std::any_of(std::begin(kCodes), std::end(kCodes),
                     [&](const auto& code) { return percent_at(text, at, code); });
}

// A bare value ends at a blank, a quotation mark, `&` or `;`. In JSON also at `,` `}` `]`, which
// elsewhere may be part of a password.
std::size_t end_of_bare(std::string_view text, std::size_t at, bool is_json,
                        bool is_encoded) noexcept {
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\'' || c == '&' || c == ';' ||
        c == '<' || c == '>') {
      break;
    }
    if (is_json && (c == ',' || c == '}' || c == ']')) break;
    if (c == ',' && (at + 1 == text.size() || text[at + 1] == ' ')) break;
    if (c == '\\' && at + 1 < text.size() &&
        std::string_view("\"ntru\\").find(text[at + 1]) != std::string_view::npos) {
      break;
    }
    if (is_encoded && ends_encoded_value(text, at)) break;
  }
  return at;
}

std::size_t end_of_line(std::string_view text, std::size_t at) noexcept {
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' || c == '\r' || c == '"') break;
    if (c == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 'r')) break;
  }
  return at;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
  constexpr int kMostBlanks = 4;
  for (int i = 0; i < kMostBlanks; ++i) at += blank_at(text, at);
  return at;
}

Value find_value(std::string_view text, const Delimiter& delimiter, bool key_is_quoted,
                 Rule rule) noexcept {
  std::size_t at = skip_blanks(text, delimiter.end);
  const bool is_labelled = label_at(text, at) != 0;
  if (!is_labelled && at < text.size() && text[at] == '[') {  // a list of header values
    at = skip_blanks(text, at + 1);
  }
  if (const std::size_t quote = quote_at(text, at); quote != 0) {
    const std::size_t begin = at + quote;
    return {begin, end_of_quotation(text, begin, text.substr(at, quote)), true};
  }
  const std::size_t from = at + label_at(text, at);  // what follows a label belongs to the value
  if (rule == Rule::line) return {at, end_of_line(text, from), false};
  return {at, end_of_bare(text, from, key_is_quoted, delimiter.is_encoded), false};
}

// The digits at the beginning of `value` when nothing follows that would make them part of more.
std::size_t count_lone_digits(std::string_view value) noexcept {
  std::size_t digits = 0;
  while (digits < value.size() && text::is_digit(value[digits])) ++digits;
  if (digits == value.size()) return digits;
  const char next = value[digits];
  const bool goes_on =
      is_token_char(next) || next == ':' ||
      (next == '.' && digits + 1 < value.size() && text::is_alnum(value[digits + 1]));
  return goes_on ? 0 : digits;
}

// The end of the digits, separators included, that begin at `at`; `at` when they are too few.
std::size_t end_of_card_digits(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMinDigits = 12;
  constexpr std::size_t kMaxBytes = 64;
  const std::size_t limit = std::min(text.size(), at + kMaxBytes);
  std::size_t digits = 0;
  std::size_t end = at;
  for (std::size_t i = at; i < limit; ++i) {
    if (text::is_digit(text[i])) {
      ++digits;
      end = i + 1;
    } else if (percent_at(text, i, "20") || percent_at(text, i, "2D")) {
      i += 2;
    } else if (std::string_view(" -.+").find(text[i]) == std::string_view::npos) {
      break;
    }
  }
  return digits >= kMinDigits ? end : at;
}

bool is_secret_text(Rule rule, std::string_view value, bool is_quoted) noexcept {
  if (value.empty()) return false;
  const bool has_alnum = std::any_of(value.begin(), value.end(), text::is_alnum);
  switch (rule) {
    case Rule::password:
      return is_quoted || !is_plain_word(value);
    case Rule::token:
      return value.size() >= 3 && has_alnum && (is_quoted || !is_plain_word(value));
    case Rule::signature:
      return value.size() >= 16 && has_alnum && value.find(' ') == value.npos;
    default:
      return has_alnum;
  }
}

// The rules for digits look at a bounded number of bytes and may leave the value alone.
void find_assigned_digits(Scan& scan, std::size_t delimiter_end, Rule rule) noexcept {
  constexpr std::size_t kLongerThanPins = 14;
  const std::string_view text = scan.text;
  std::size_t at = skip_blanks(text, delimiter_end);
  at += quote_at(text, at);
  if (at >= text.size()) return;
  if (rule == Rule::card) {
    const std::size_t end = end_of_card_digits(text, at);
    if (end != at) scan.take(at, end, Secret::pan);
    return;
  }
  const std::size_t digits = count_lone_digits(text.substr(at, kLongerThanPins));
  if (rule == Rule::pin && digits >= 4 && digits <= 12) scan.take(at, at + digits, Secret::pin);
  if (rule == Rule::cvv && (digits == 3 || digits == 4)) scan.take(at, at + digits, Secret::cvv);
}

}  // namespace

bool is_sensitive_key(std::string_view key) noexcept {
  return rule_of_key(key, key.size()) != nullptr;
}

void find_assigned(Scan& scan, Delimiter delimiter) noexcept {
  const std::string_view text = scan.text;
  const KeyEnd key = find_key_end(text, delimiter.begin);
  const KeyRule* const found = rule_of_key(text, key.at);
  if (found == nullptr) return;
  const Rule rule = found->rule;
  // `==`, `=>` and `:=` are delimiters too.
  if (scan.has(delimiter.end, "=") || scan.has(delimiter.end, ">")) ++delimiter.end;
  if (rule == Rule::pin || rule == Rule::cvv || rule == Rule::card) {
    return find_assigned_digits(scan, delimiter.end, rule);
  }
  const Value value = find_value(text, delimiter, key.is_quoted, rule);
  const std::string_view bytes = text.substr(value.begin, value.end - value.begin);
  if (!is_secret_text(rule, bytes, value.is_quoted)) return;
  if (label_at(text, value.begin) == bytes.size()) return;
  scan.take(value.begin, value.end, Secret::credential);
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
