// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <array>
#include <iterator>

// Card numbers in pieces over the elements of a list, the fields of a form, or lines.
//
// Pieces are many small numbers, and small numbers are everywhere. So the pieces must be divided as
// card numbers are (4-4-4-4, 4-6-5, …), and the list must hold nothing else.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// How many bytes stand at `at` that may be between two pieces and say nothing; 0 when others do.
[[gnu::cold]] std::size_t filler_at(std::string_view text, std::size_t at) noexcept {
  static constexpr char kWide[][8] = {
      "\xC2\xA0", "\xE2\x80", "\xE2\x88\x92", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF",
      "&nbsp;",   "\\n",      "\\r",          "\\t",          "%2520",        "%C2%A0",
      "%20",      "%2C",      "%2D",          "%0A",          "%0D",          "%09"};
  const char c = text[at];
  if (std::string_view(" \t\r\n,;/_|-.+").find(c) != std::string_view::npos) return 1;
  const bool may_be_wide =
      c == '%' || c == '\\' || c == '&' || static_cast<unsigned char>(c) >= 0xC2;
  if (!may_be_wide) return 0;
  for (const std::string_view wide : kWide) {
    if (text.compare(at, wide.size(), wide) != 0) continue;
    return wide == "\xE2\x80" ? std::min<std::size_t>(3, text.size() - at) : wide.size();
  }
  return 0;
}

struct Gap {
  std::size_t end = kNowhere;  // where the next piece begins
  bool is_structure = false;   // it has quotation marks or keys, which must stay
};

// Over `&part2=`, `part2=` or `,"part2":"`, behind which the next piece begins. Only keys with a
// number: `read=4111 write=1111` are two counters.
[[gnu::cold]] std::size_t skip_numbered_key(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMaxKeyBytes = 24;
  const std::size_t begin = at;
  while (at < text.size() && at - begin < kMaxKeyBytes && is_token_char(text[at])) ++at;
  if (at == begin || !text::is_alpha(text[begin]) || !text::is_digit(text[at - 1])) return kNowhere;
  at += quote_at(text, at);
  at += blank_at(text, at);
  if (percent_at(text, at, "3D") || percent_at(text, at, "3A")) {
    at += 3;
  } else if (at < text.size() && (text[at] == '=' || text[at] == ':')) {
    ++at;
  } else {
    return kNowhere;
  }
  at += blank_at(text, at);
  return at + quote_at(text, at);
}

[[gnu::cold]] Gap gap_at(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kMaxBytes = 24;
  Gap gap;
  const std::size_t begin = at;
  while (at < text.size() && at - begin < kMaxBytes) {
    if (text::is_digit(text[at])) {
      if (at != begin) gap.end = at;
      return gap;
    }
    const std::size_t quote = quote_at(text, at);
    if (quote != 0 || text[at] == '[' || text[at] == ']' || text[at] == '&') {
      gap.is_structure = true;
      at += quote != 0 ? quote : 1;
    } else if (const std::size_t filler = filler_at(text, at); filler != 0) {
      at += filler;
    } else {
      at = at == begin ? kNowhere : skip_numbered_key(text, at);
      if (at == kNowhere) return gap;
      gap.is_structure = true;
    }
  }
  return gap;
}

// Pieces of one number stand apart by the same bytes, but for the numbers of keys.
[[gnu::cold]] bool are_same_but_for_digits(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return x == y || (text::is_digit(x) && text::is_digit(y));
  });
}

// Whether a piece stands before `begin`, with `gap` between.
[[gnu::cold]] bool is_behind_another(std::string_view text, std::size_t begin,
                                     std::string_view gap) noexcept {
  if (begin < gap.size() + 1) return false;
  const std::size_t before = begin - gap.size();
  return text::is_digit(text[before - 1]) &&
         are_same_but_for_digits(text.substr(before, gap.size()), gap);
}

// How cards are printed and how forms divide them.
constexpr std::uint8_t kDivisions[][5] = {
    {4, 4, 4, 4}, {4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 1}, {4, 6, 5}, {4, 6, 4},
    {8, 8},       {6, 10},         {6, 6, 4},       {12, 4},         {4, 12},   {6, 9}};

struct Piece {
  std::size_t begin;
  std::size_t end;
};

// Whether the second piece has a size that goes with the first, [begin, end): an early way out.
[[gnu::cold]] bool may_follow(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const Gap gap = gap_at(text, end);
  if (gap.end == kNowhere) return false;
  std::size_t second = 0;
  while (gap.end + second < text.size() && text::is_digit(text[gap.end + second])) ++second;
  const std::size_t first = end - begin;
  if (first < 4) return second == first;
  return std::any_of(std::begin(kDivisions), std::end(kDivisions), [&](const auto& division) {
    return division[0] == first && division[1] == second;
  });
}

}  // namespace

[[gnu::cold]] bool Pieces::add(std::string_view piece) noexcept {
  if (piece.empty() || !std::all_of(piece.begin(), piece.end(), text::is_digit)) return false;
  if (pieces_ < sizes_.size())
    sizes_[pieces_] = static_cast<std::uint8_t>(std::min<std::size_t>(piece.size(), 255));
  ++pieces_;
  for (const char digit : piece) {
    if (digits_count_ < digits_.size()) {
      digits_[digits_count_] = static_cast<std::uint8_t>(digit - '0');
    }
    ++digits_count_;
  }
  return true;
}

[[gnu::cold]] bool Pieces::are_card_number() const noexcept {
  if (pieces_ > sizes_.size() || digits_count_ < kMinCardDigits || digits_count_ > kMaxCardDigits) {
    return false;
  }
  const auto is_each = [&](unsigned size) {
    return std::all_of(sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(pieces_),
                       [&](std::uint8_t one) { return one == size; });
  };
  const bool is_division =
      is_each(1) || (is_each(2) && digits_count_ == 16) ||
      std::any_of(std::begin(kDivisions), std::end(kDivisions), [&](const auto& division) {
        return std::equal(std::begin(division), std::end(division), sizes_.begin());
      });
  return is_division && is_card_number(digits_, digits_count_);
}

[[gnu::cold]] void find_split_card(Scan& scan, std::size_t begin, std::size_t end) noexcept {
  const std::string_view text = scan.text;
  std::array<Piece, kMaxCardDigits> places;
  std::size_t count = 0;
  Pieces pieces;
  bool has_structure = false;
  std::string_view first_gap;
  const Gap gap_behind = gap_at(text, end);
  if (gap_behind.end == kNowhere) return;
  // The search may meet a number at any of its pieces.
  const std::string_view behind = text.substr(end, gap_behind.end - end);
  for (std::size_t i = 0; i < kMaxCardDigits && is_behind_another(text, begin, behind); ++i) {
    end = begin - behind.size();
    begin = end;
    while (begin > scan.split_done && text::is_digit(text[begin - 1])) --begin;
    if (begin == end) return;
  }
  if (!may_follow(text, begin, end)) return;
  for (;;) {
    if (count < places.size()) places[count] = {begin, end};
    ++count;
    pieces.add(text.substr(begin, end - begin));
    const Gap gap = gap_at(text, end);
    if (gap.end == kNowhere) break;
    const std::string_view between = text.substr(end, gap.end - end);
    if (count == 1) {
      first_gap = between;
    } else if (!are_same_but_for_digits(between, first_gap)) {
      break;
    }
    has_structure = has_structure || gap.is_structure;
    begin = end = gap.end;
    while (end < text.size() && text::is_digit(text[end])) ++end;
  }
  scan.split_done = end;
  const bool is_glued = end < text.size() && text::is_alnum(text[end]);
  if (count < 2 || is_glued || !pieces.are_card_number()) return;
  if (!has_structure) return scan.work.add(places[0].begin, end, Secret::pan);
  for (std::size_t i = 0; i < count; ++i) {
    scan.work.add(places[i].begin, places[i].end, Secret::pan);
  }
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
