// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <array>
#include <span>

// A card number is 13 to 19 digits that begin with the prefix of an issuer, have a length which
// that issuer uses, and satisfy the Luhn sum. The digits may be grouped by single separators. Luhn
// alone would take a tenth of all long numbers; the prefix, the length and the rules about groups
// below are what lets timestamps, order numbers, fractions and UUIDs pass.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

constexpr std::size_t kMinDigits = kMinCardDigits;
constexpr std::size_t kMaxDigits = kMaxCardDigits;
// Of a number that was cut this many digits are still too many to show: PCI DSS 4.0 3.5.1
// truncation leaves at most the first eight and any other four.
constexpr std::size_t kMinCutDigits = 12;
constexpr std::size_t kNowhere = std::string_view::npos;

// Whether [begin, end) is part of a longer identifier made of hex digits and dashes: a UUID, an
// X-Ray or W3C trace header, or 32 and more hex digits in a row (hashes).
[[gnu::cold]] bool is_inside_identifier(std::string_view text, std::size_t begin,
                                        std::size_t end) noexcept {
  constexpr std::size_t kReach = 72;  // a SHA-256 is 64 digits, a traceparent 55 bytes
  constexpr std::size_t kMaxParts = 24;
  std::size_t first = begin;
  std::size_t last = end;
  const auto belongs = [](char c) { return is_hex(c) || c == '-'; };
  if (!std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin),
                   text.begin() + static_cast<std::ptrdiff_t>(end), belongs)) {
    return false;
  }
  while (first > 0 && begin - first < kReach && belongs(text[first - 1])) --first;
  while (last < text.size() && last - end < kReach && belongs(text[last])) ++last;

  std::array<std::size_t, kMaxParts + 1> starts{};  // each part ends one before the next start
  std::size_t parts = 0;
  starts[0] = first;
  for (std::size_t at = first; at <= last && parts < kMaxParts; ++at) {
    if (at == last || text[at] == '-') starts[++parts] = at + 1;
  }
  const auto covers = [&](std::size_t part, std::span<const std::size_t> sizes) {
    if (part + sizes.size() > parts) return false;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (starts[part + i + 1] - starts[part + i] - 1 != sizes[i]) return false;
    }
    return starts[part] <= begin && end <= starts[part + sizes.size()] - 1;
  };
  static constexpr std::size_t kUuid[] = {8, 4, 4, 4, 12};
  static constexpr std::size_t kXRayTraceId[] = {1, 8, 24};
  static constexpr std::size_t kTraceparent[] = {2, 32, 16, 2};
  for (std::size_t part = 0; part < parts; ++part) {
    const bool is_hash = starts[part + 1] - starts[part] - 1 >= 32 && starts[part] <= begin &&
                         end <= starts[part + 1] - 1;
    if (is_hash || covers(part, kUuid) || covers(part, kXRayTraceId) ||
        covers(part, kTraceparent)) {
      return true;
    }
  }
  return false;
}

// Reads on from a place where a number may begin, group by group, and remembers the longest card
// number on the way. At most 19 digits, so a bounded piece of work.
//
// Groups are accepted in two ways. Regular ones, as they are printed on cards: four digits or more
// first, three or more in the middle, any single separators between. Irregular ones only when the
// separator is the same throughout and nothing numeric stands before or behind, else every list of
// small numbers would contain a card number somewhere.
class NumberReader {
 public:
  NumberReader(const Scan& scan, std::size_t begin, bool begins_sequence) noexcept
      : scan_(scan), text_(scan.text), begin_(begin), begins_sequence_(begins_sequence) {}

  /// The end of the card number that begins here, or `kNowhere`.
  std::size_t read() noexcept {
    std::size_t at = begin_;
    for (;;) {
      const std::size_t group = at;
      for (; at < text_.size() && text::is_digit(text_[at]); ++at) {
        if (count_ == kMaxDigits) return best_;
        digits_[count_++] = static_cast<std::uint8_t>(text_[at] - '0');
      }
      ++groups_;
      const std::size_t separator = separator_at(text_, at);
      judge(at, separator == 0);
      if (separator == 0) return best_ == kNowhere && is_cut_number(at) ? text_.size() : best_;
      close_group(at - group, text_.substr(at, separator));
      at += separator;
    }
  }

 private:
  void judge(std::size_t end, bool ends_sequence) noexcept {
    if (count_ < kMinDigits) return;
    const bool is_alone = begins_sequence_ && ends_sequence;
    if (!regular_ && !(uniform_ && is_alone)) return;
    if (is_fraction() || is_phone_number() || is_order_number() || !is_card_number(digits_, count_))
      return;
    if (groups_ == 1 && is_barcode(digits_, count_)) return;
    const bool is_all = begin_ == 0 && end == text_.size() && groups_ == 1 && count_ == 16;
    if (is_all && !is_common_card_number(digits_)) return;
    if (!is_inside_identifier(text_, begin_, end)) best_ = end;
  }

  void close_group(std::size_t size, std::string_view separator) noexcept {
    if (size < (groups_ == 1 ? 4U : 3U)) regular_ = false;
    if (groups_ == 1) {
      first_separator_ = separator;
    } else if (separator != first_separator_) {
      uniform_ = false;
    }
  }

  // "0.4111111111111111" and "4111.111111111111": decimal numbers have one point.
  bool is_fraction() const noexcept {
    if (groups_ == 2) return first_separator_ == ".";
    return groups_ == 1 && begin_ >= 2 && text_[begin_ - 1] == '.' &&
           text::is_digit(text_[begin_ - 2]);
  }

  // "114-1234567-1234567", as a large shop numbers its orders.
  bool is_order_number() const noexcept {
    return groups_ == 3 && count_ == 17 && first_separator_ == "-" && text_[begin_ + 3] == '-' &&
           begin_ + 11 < text_.size() && text_[begin_ + 11] == '-';
  }

  // "+49 1512 3456789" but not "number+4222222222222", where the plus is a blank of a query.
  bool is_phone_number() const noexcept {
    return count_ <= 15 && begin_ >= 1 && text_[begin_ - 1] == '+' &&
           (begin_ == 1 || (!text::is_alnum(text_[begin_ - 2]) && text_[begin_ - 2] != '='));
  }

  bool is_cut_number(std::size_t end) const noexcept {
    if (!scan_.was_cut || count_ < kMinCutDigits || is_phone_number()) return false;
    const std::string_view rest = text_.substr(end);
    const bool is_at_end =
        rest.empty() ||
        (rest.size() <= 3 && std::string_view(" -.+%").find(rest[0]) != std::string_view::npos &&
         (rest.size() == 1 || rest[0] == '%'));
    return is_at_end && could_become_card_number(digits_, count_) &&
           !is_inside_identifier(text_, begin_, end);
  }

  const Scan& scan_;
  std::string_view text_;
  std::size_t begin_;
  bool begins_sequence_;
  CardDigits digits_{};
  std::size_t count_ = 0;
  std::size_t groups_ = 0;
  std::size_t best_ = kNowhere;
  std::string_view first_separator_;
  bool regular_ = true;
  bool uniform_ = true;
};

struct Found {
  std::size_t begin;
  std::size_t end;
};

bool are_digits(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  if (end > text.size()) return false;
  while (begin < end && text::is_digit(text[begin])) ++begin;
  return begin == end;
}

// A number that begins with the group at `begin`, or behind an escape that ends in digits: the `20`
// of `%204111…`, the `2520` of `%25204111…`, the `0022` of `\u00224111…`.
Found find_number(const Scan& scan, std::size_t begin, bool begins_sequence) noexcept {
  const std::string_view text = scan.text;
  const auto read_at = [&](std::size_t at) -> Found {
    if (at >= text.size() || !may_begin_number(text[at])) return {at, kNowhere};
    return {at, NumberReader(scan, at, begins_sequence).read()};
  };
  Found found = read_at(begin);
  if (begin == 0 || found.end != kNowhere) return found;
  const bool is_percent = text[begin - 1] == '%';
  const bool is_unicode = begin >= 2 && text[begin - 1] == 'u' && text[begin - 2] == '\\';
  if (is_percent && are_digits(text, begin, begin + 2)) found = read_at(begin + 2);
  if (found.end != kNowhere) return found;
  if ((is_percent || is_unicode) && are_digits(text, begin, begin + 4)) found = read_at(begin + 4);
  return found;
}

// All numbers of the digits and separators that begin at `at`; answers where they end.
std::size_t find_in_sequence(Scan& scan, std::size_t at) noexcept {
  const std::string_view text = scan.text;
  bool begins_sequence = true;
  for (;;) {
    const Found found = find_number(scan, at, begins_sequence);
    begins_sequence = found.end != kNowhere;
    if (begins_sequence) {
      scan.work.add(found.begin, found.end, Secret::pan);
      at = found.end;
    } else {
      while (at < text.size() && text::is_digit(text[at])) ++at;
    }
    const std::size_t separator = separator_at(text, at);
    if (separator == 0) return at;
    at += separator;
  }
}

// What a byte is to a number.
enum Part : std::uint8_t {
  kNoPart = 0,
  kDigitPart = 1,
  kSeparatorPart = 2,
  kLetterPart = 4,  // of %2D and %2B, and only there
};

constexpr std::array<std::uint8_t, 256> kParts = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&table](std::string_view bytes, Part part) {
    for (const char c : bytes) table[static_cast<unsigned char>(c)] = part;
  };
  mark(" -.+%", kSeparatorPart);
  mark("0123456789", kDigitPart);
  mark("DdBb", kLetterPart);
  return table;
}();

// What may stand between the pieces of a number (redactor_pieces.cpp).
constexpr std::array<bool, 256> kGapBytes = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view(" -.+%,;/_|\"'[]&\\\t\r\n\xC2\xE2\xE3\xEF")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

unsigned part_at(std::string_view text, std::size_t at) noexcept {
  return kParts[static_cast<unsigned char>(text[at])];
}

bool belongs_to_number(std::string_view text, std::size_t at) noexcept {
  const unsigned part = part_at(text, at);
  if (part != kLetterPart) return part != kNoPart;
  return at >= 2 && text[at - 1] == '2' && text[at - 2] == '%';
}

struct Stretch {
  std::size_t end;
  std::size_t digits;
};

// From `at` as far as bytes go on that could belong to a number; a first and cheap look, because
// most digits of ordinary text are dates, ports and hexadecimal ids.
Stretch stretch_from(std::string_view text, std::size_t at) noexcept {
  const char* const end = text.data() + text.size();
  const char* byte = text.data() + at;
  std::size_t digits = 0;
  for (; byte != end; ++byte) {
    const unsigned part = kParts[static_cast<unsigned char>(*byte)];
    if (part == kDigitPart) {
      ++digits;
      continue;
    }
    if (part == kNoPart) break;
    if (part == kLetterPart && (byte - text.data() < 2 || byte[-1] != '2' || byte[-2] != '%'))
      break;
  }
  return {static_cast<std::size_t>(byte - text.data()), digits};
}

// The last group of digits of [from, end) may be the first piece of a number in pieces: when it has
// a size that such pieces have, is no year, and has more than a single separator behind it.
[[gnu::noinline]] void look_at_piece(Scan& scan, std::size_t from, std::size_t end) noexcept {
  constexpr unsigned kSizes = 1U << 1U | 1U << 2U | 1U << 4U | 1U << 6U | 1U << 8U | 1U << 12U;
  constexpr std::size_t kLongest = 12;
  const std::string_view text = scan.text;
  while (end > from && !text::is_digit(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > from && end - begin <= kLongest && text::is_digit(text[begin - 1])) --begin;
  const std::size_t size = end - begin;
  if (size == 0 || size > kLongest || ((kSizes >> size) & 1U) == 0) return;
  if (begin < scan.split_done) return;
  if (size == 4 && text[begin] == '2' && text[begin + 1] == '0') return;
  if (separator_at(text, end) == 0) find_split_card(scan, begin, end);
}

// Whether the digits at `at` are those of `&#52;` or `&#x34;`; the other escapes have their bytes.
bool is_in_entity(std::string_view text, std::size_t at) noexcept {
  return text[at - 1] == '#' || (text[at - 1] == 'x' && text[at - 2] == '#');
}

// Whether a byte that may stand between pieces is at `at`: most numbers are dismissed by that.
bool has_gap_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() && kGapBytes[static_cast<unsigned char>(text[at])];
}

// All numbers of a stretch with enough digits, and what is in pieces behind them.
[[gnu::noinline]] std::size_t find_in_stretch(Scan& scan, std::size_t at,
                                              std::size_t end) noexcept {
  while (at < end) {
    if (!text::is_digit(scan.text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    at = find_in_sequence(scan, at);
    if (has_gap_at(scan.text, at)) look_at_piece(scan, begin, at);
  }
  return at;
}

}  // namespace

void find_cards(Scan& scan, std::size_t from, std::size_t until) noexcept {
  const std::string_view text = scan.text;
  const std::size_t fewest = scan.was_cut ? kMinCutDigits : kMinDigits;
  std::size_t at = std::max(from, scan.digits_done);
  while (at > scan.digits_done && belongs_to_number(text, at - 1)) --at;
  for (;; ++at) {
    while (at < until && part_at(text, at) != kDigitPart) ++at;
    if (at >= until) break;
    const Stretch stretch = stretch_from(text, at);
    if (stretch.digits < fewest) {
      // A word behind a blank is a key only behind four digits or more: not in "12 ms".
      const bool has_key = stretch.digits >= 4 && !text::is_digit(text[stretch.end - 1]);
      if (has_gap_at(text, stretch.end) || has_key) look_at_piece(scan, at, stretch.end);
      if (at >= 2 && is_in_entity(text, at)) scan.has_escapes = true;
      at = stretch.end;
      continue;
    }
    at = find_in_stretch(scan, at, stretch.end);
  }
  scan.digits_done = std::min(at, text.size());
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
