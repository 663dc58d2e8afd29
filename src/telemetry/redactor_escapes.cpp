// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>

// What is written in another way than as it is: `%40`, `\u0040`, `\x40`, `&#64;`, `\/`, full-width
// letters, blanks and dashes that are not ASCII, characters that nobody sees. A text in which
// nothing was found is read once more with one layer of that taken off, and what is found there is
// removed from the text as it was; so each matcher sees through each disguise, and the rest of the
// text stays as it came. Layers go one at a time, because a password in a query that is in a query
// ends where the inner one says.
//
// Only texts that have an escape pay for it: about twice what they cost without.

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

// Ours: a query in a query in a query. JSON in JSON in JSON is one layer.
constexpr int kMaxLayers = 3;

constexpr int kNothing = -1;  // a character that takes no room
constexpr int kOther = -2;    // one that stands for no ASCII character

// What is written at a place, and on how many bytes.
struct Unit {
  std::size_t size;
  int byte;  // of ASCII, or as it is, or `kNothing`
};

int value_of_hex(char c) noexcept {
  return text::is_digit(c) ? c - '0' : text::to_lower(c) - 'a' + 10;
}

// The number that `count` hex digits at `at` write, or -1.
int hex_at(std::string_view text, std::size_t at, std::size_t count) noexcept {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_hex(text[i])) return -1;
    value = value * 16 + value_of_hex(text[i]);
  }
  return value;
}

// Source: Unicode 15.1, general categories Zs, Pd and Cf, and block "Halfwidth and Fullwidth Forms"
// (read 2026-11).
int ascii_of(int code) noexcept {
  struct Range {
    std::uint16_t first, last;
    std::int8_t byte;
  };
  static constexpr Range kRanges[] = {
      {0x0000, 0x0008, kNothing}, {0x000E, 0x001F, kNothing}, {0x007F, 0x009F, kNothing},
      {0x00A0, 0x00A0, ' '},      {0x00AD, 0x00AD, kNothing}, {0x2000, 0x200A, ' '},
      {0x200B, 0x200F, kNothing}, {0x2010, 0x2015, '-'},      {0x2028, 0x2029, '\n'},
      {0x202A, 0x202E, kNothing}, {0x202F, 0x202F, ' '},      {0x205F, 0x205F, ' '},
      {0x2060, 0x206F, kNothing}, {0x2212, 0x2212, '-'},      {0x3000, 0x3000, ' '},
      {0xFE00, 0xFE0F, kNothing}, {0xFEFF, 0xFEFF, kNothing}};
  for (const Range& range : kRanges) {
    if (code >= range.first && code <= range.last) return range.byte;
  }
  if (code >= 0xFF01 && code <= 0xFF5E) return code - 0xFEE0;
  return code < 0x80 ? code : kOther;
}

// `\u0040`, `\x40`, `\/` behind any number of backslashes, as in JSON in JSON.
Unit backslash_at(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kDeepest = 16;
  std::size_t end = at;
  while (end < text.size() && end - at < kDeepest && text[end] == '\\') ++end;
  if (end == text.size()) return {1, '\\'};
  if (text[end] == '/') return {end + 1 - at, '/'};
  const std::size_t digits = text[end] == 'u' ? 4 : text[end] == 'x' ? 2 : 0;
  const int code = digits == 0 ? -1 : hex_at(text, end + 1, digits);
  const int byte = code < 0 ? kOther : ascii_of(code);
  return byte == kOther ? Unit{1, '\\'} : Unit{end + 1 + digits - at, byte};
}

// `&#64;`, `&#x40;`, `&amp;`.
Unit entity_at(std::string_view text, std::size_t at) noexcept {
  struct Name {
    char name[8];
    char byte;
  };
  static constexpr Name kNames[] = {{"amp;", '&'},    {"quot;", '"'},  {"lt;", '<'},
                                    {"gt;", '>'},     {"nbsp;", ' '},  {"apos;", '\''},
                                    {"equals;", '='}, {"colon;", ':'}, {"commat;", '@'}};
  const std::string_view rest = text.substr(at + 1, 9);
  for (const Name& one : kNames) {
    const std::string_view name = one.name;
    if (rest.substr(0, name.size()) == name) return {name.size() + 1, one.byte};
  }
  if (rest.size() < 3 || rest[0] != '#') return {1, '&'};
  const bool is_hex_code = rest[1] == 'x' || rest[1] == 'X';
  const int base = is_hex_code ? 16 : 10;
  int code = 0;
  std::size_t end = is_hex_code ? 2 : 1;
  for (; end < rest.size() && (is_hex_code ? is_hex(rest[end]) : text::is_digit(rest[end]));
       ++end) {
    code = code * base + value_of_hex(rest[end]);
  }
  if (end == rest.size() || rest[end] != ';') return {1, '&'};
  const int byte = ascii_of(code);
  return byte == kOther ? Unit{1, '&'} : Unit{end + 2, byte};
}

// A character of two or three bytes.
Unit wide_at(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  const std::size_t size = first >= 0xE0 ? 3 : 2;
  unsigned code = first & (size == 3 ? 0x0FU : 0x1FU);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return {1, static_cast<int>(first)};
    code = (code << 6U) | (byte(at + i) & 0x3FU);
  }
  const int ascii = ascii_of(static_cast<int>(code));
  return ascii == kOther ? Unit{1, static_cast<int>(first)} : Unit{size, ascii};
}

// A plus between letters or digits is the blank of a query.
bool is_blank_of_query(std::string_view text, std::size_t at) noexcept {
  return at > 0 && at + 1 < text.size() && text::is_alnum(text[at - 1]) &&
         text::is_alnum(text[at + 1]);
}

Unit unit_at(std::string_view text, std::size_t at) noexcept {
  const char c = text[at];
  const auto as_it_is = static_cast<unsigned char>(c);
  if (c == '%') {
    const int code = hex_at(text, at + 1, 2);
    if (code < 0) return {1, '%'};
    return {3, code < 0x80 ? ascii_of(code) : code};
  }
  if (c == '\\') return backslash_at(text, at);
  if (c == '&') return entity_at(text, at);
  if (c == '+' && is_blank_of_query(text, at)) return {1, ' '};
  if (as_it_is == 0xC2 || as_it_is == 0xE2 || as_it_is == 0xE3 || as_it_is == 0xEF) {
    return wide_at(text, at);
  }
  return {1, as_it_is};
}

// `text` with one layer taken off, into `out`; as many bytes at most.
std::size_t take_layer_off(std::string_view text, char* out) noexcept {
  char* const begin = out;
  for (std::size_t at = 0; at < text.size();) {
    const Unit unit = unit_at(text, at);
    if (unit.byte != kNothing) *out++ = static_cast<char>(unit.byte);
    at += unit.size;
  }
  return static_cast<std::size_t>(out - begin);
}

// From places behind a layer to places before it; the edits are sorted and disjoint.
void put_layer_on(std::string_view text, std::span<Edit> edits) noexcept {
  std::size_t at = 0;
  std::size_t bare = 0;
  const auto go_to = [&](std::uint32_t& place) {
    while (at < text.size() && bare < place) {
      const Unit unit = unit_at(text, at);
      if (unit.byte != kNothing) ++bare;
      at += unit.size;
    }
    place = static_cast<std::uint32_t>(at);
  };
  for (Edit& edit : edits) {
    go_to(edit.begin);
    go_to(edit.end);
  }
}

// The same with all that a search was told.
Scan behind(const Scan& scan, std::string_view text) noexcept {
  Scan inner{text, scan.was_cut, scan.work};
  inner.personal_key = scan.personal_key;
  inner.kept = scan.kept;
  return inner;
}

}  // namespace

bool is_escape(std::string_view text, std::size_t at) noexcept {
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (c == '\\') return next == 'u' || next == '/' || next == 'x';
  if (c == '&') return next == '#' || entity_at(text, at).size != 1;
  return wide_at(text, at).size != 1;
}

void find_behind_escapes(Scan& scan, void (*find)(Scan&) noexcept) noexcept {
  std::string_view layers[kMaxLayers + 1] = {scan.text};
  int layer = 0;
  for (bool has_escapes = true; has_escapes && layer < kMaxLayers && scan.work.empty(); ++layer) {
    const std::string_view text = layers[layer];
    char* const room = scan.work.allocate(text.size());
    if (room == nullptr) {
      scan.work.fail();
      break;
    }
    layers[layer + 1] = {room, take_layer_off(text, room)};
    Scan inner = behind(scan, layers[layer + 1]);
    find(inner);
    has_escapes = inner.has_escapes;
  }
  for (; layer > 0; --layer) {
    const std::string_view text = layers[layer - 1];
    put_layer_on(text, scan.work.edits());
    scan.work.give_back(layers[layer].data(), text.size());
  }
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
