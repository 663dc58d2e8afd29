// SPDX-License-Identifier: Apache-2.0
// Functions of texts. Places and lengths count characters of Unicode; upper and lower case are
// those of ASCII.
#include "console/logs/insights/functions.hpp"

#include "console/expression/compare.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace aloft::console::logs::insights {
namespace {

Value made(std::string text) {
  if (text.size() > kMaxMadeBytes) text.resize(text::cut(text, kMaxMadeBytes).size());
  return Value(std::move(text));
}

Value flag(bool truth) { return Value::of(std::int64_t{truth}); }

bool is_first_byte(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

Value is_empty(const CallContext&, std::span<const Value> arguments) {
  std::string room;
  return flag(arguments[0].view(room).empty());
}

constexpr std::string_view kBlanks = " \t\n\v\f\r";

Value is_blank(const CallContext&, std::span<const Value> arguments) {
  std::string room;
  return flag(arguments[0].view(room).find_first_not_of(kBlanks) == std::string_view::npos);
}

Value concat(const CallContext&, std::span<const Value> arguments) {
  std::string out;
  std::string room;
  for (const Value& value : arguments) {
    out += value.view(room);
    if (out.size() > kMaxMadeBytes) break;
  }
  return made(std::move(out));
}

Value trimmed(std::span<const Value> arguments, bool left, bool right) {
  if (arguments[0].is_null()) return {};
  std::string room;
  std::string room_of_set;
  std::string_view text = arguments[0].view(room);
  const std::string_view set = arguments.size() > 1 ? arguments[1].view(room_of_set) : kBlanks;
  if (left) text.remove_prefix(std::min(text.find_first_not_of(set), text.size()));
  // Nothing but the set: npos + 1 is 0.
  if (right) text = text.substr(0, text.find_last_not_of(set) + 1);
  return made(std::string(text));
}
Value trim(const CallContext&, std::span<const Value> arguments) {
  return trimmed(arguments, true, true);
}
Value ltrim(const CallContext&, std::span<const Value> arguments) {
  return trimmed(arguments, true, false);
}
Value rtrim(const CallContext&, std::span<const Value> arguments) {
  return trimmed(arguments, false, true);
}

Value length(const CallContext&, std::span<const Value> arguments) {
  if (arguments[0].is_null()) return {};
  std::string room;
  const std::string_view text = arguments[0].view(room);
  return Value::of(std::int64_t{std::count_if(text.begin(), text.end(), is_first_byte)});
}

template <typename Change>
Value changed(std::span<const Value> arguments, const Change& change) {
  if (arguments[0].is_null()) return {};
  std::string room;
  std::string out(text::cut(arguments[0].view(room), kMaxMadeBytes));
  std::transform(out.begin(), out.end(), out.begin(), change);
  return Value(std::move(out));
}
Value to_upper(const CallContext&, std::span<const Value> arguments) {
  return changed(arguments, [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
}
Value to_lower(const CallContext&, std::span<const Value> arguments) {
  return changed(arguments, [](char c) { return text::to_lower(c); });
}

// The byte at which the character `index` begins, or the end.
std::size_t byte_of(std::string_view text, double index) noexcept {
  double seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_first_byte(text[i])) continue;
    if (seen >= index) return i;
    ++seen;
  }
  return text.size();
}

Value substring(const CallContext&, std::span<const Value> arguments) {
  const auto start = arguments[1].number();
  if (arguments[0].is_null() || !start || !(start->value >= 0)) return {};
  std::string room;
  std::string_view text = arguments[0].view(room);
  text.remove_prefix(byte_of(text, start->value));
  if (arguments.size() > 2) {
    const auto count = arguments[2].number();
    if (!count || !(count->value >= 0)) return {};
    text = text.substr(0, byte_of(text, count->value));
  }
  return made(std::string(text));
}

Value replace(const CallContext&, std::span<const Value> arguments) {
  if (arguments[0].is_null()) return {};
  std::string rooms[3];
  std::string_view text = arguments[0].view(rooms[0]);
  const std::string_view wanted = arguments[1].view(rooms[1]);
  const std::string_view by = arguments[2].view(rooms[2]);
  std::string out;
  while (!wanted.empty() && text.size() >= wanted.size() && out.size() <= kMaxMadeBytes) {
    const void* const found = memmem(text.data(), text.size(), wanted.data(), wanted.size());
    if (found == nullptr) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + wanted.size());
  }
  if (out.size() <= kMaxMadeBytes) out += text;
  return made(std::move(out));
}

Value contains(const CallContext&, std::span<const Value> arguments) {
  std::string room;
  std::string room_of_part;
  const std::string_view text = arguments[0].view(room);
  const std::string_view part = arguments[1].view(room_of_part);
  if (arguments.size() < 3 || !arguments[2].holds()) {
    return flag(expression::compare_texts(text, expression::Operator::contains, part));
  }
  const auto lower = [](std::string_view from) {
    std::string out(from);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return text::to_lower(c); });
    return out;
  };
  return flag(expression::compare_texts(lower(text), expression::Operator::contains, lower(part)));
}

Value compared(std::span<const Value> arguments, expression::Operator op) {
  std::string room;
  std::string room_of_part;
  return flag(
      expression::compare_texts(arguments[0].view(room), op, arguments[1].view(room_of_part)));
}
Value starts_with(const CallContext&, std::span<const Value> arguments) {
  return compared(arguments, expression::Operator::begins_with);
}
Value ends_with(const CallContext&, std::span<const Value> arguments) {
  return compared(arguments, expression::Operator::ends_with);
}

constexpr std::array<Function, 14> kFunctions = {{
    {"isempty", 1, 1, false, is_empty},
    {"isblank", 1, 1, false, is_blank},
    {"concat", 1, kMaxCallArguments, false, concat},
    {"trim", 1, 2, false, trim},
    {"ltrim", 1, 2, false, ltrim},
    {"rtrim", 1, 2, false, rtrim},
    {"strlen", 1, 1, false, length},
    {"toupper", 1, 1, false, to_upper},
    {"tolower", 1, 1, false, to_lower},
    {"substr", 2, 3, false, substring},
    {"replace", 3, 3, false, replace},
    {"strcontains", 2, 3, false, contains},
    {"startsWith", 2, 2, false, starts_with},
    {"endsWith", 2, 2, false, ends_with},
}};

}  // namespace

std::span<const Function> text_functions() noexcept { return kFunctions; }

}  // namespace aloft::console::logs::insights
