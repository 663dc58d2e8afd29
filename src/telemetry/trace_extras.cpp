// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/trace_extras.hpp>

#include "core/short_copy.hpp"
#include "telemetry/byte_scan.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

/// Longer members are the first to go. Source: W3C Trace Context, "tracestate limits", 2026-11.
constexpr std::size_t kLongMemberBytes = 128;
constexpr std::size_t kMaxKeyBytes = 256;
constexpr std::size_t kMaxValueBytes = 256;

using detail::is_printable;

char* put(char* at, std::string_view text) noexcept {
  if (text.size() <= detail::kShortBytes) return detail::put_short(at, text);
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

bool is_key_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || text::is_digit(c) || c == '_' || c == '-' || c == '*' ||
         c == '/' || c == '@';
}

/// `key=value` of the level 2 grammar, which is wider than that of level 1 by one rule: a key may
/// begin with a digit whether or not it has an `@`.
bool is_member(std::string_view member) noexcept {
  const std::size_t equals = member.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals > kMaxKeyBytes) return false;
  const std::string_view key = member.substr(0, equals);
  const std::string_view value = member.substr(equals + 1);
  const bool begins_well = (key[0] >= 'a' && key[0] <= 'z') || text::is_digit(key[0]);
  if (!begins_well || !std::all_of(key.begin(), key.end(), is_key_byte)) return false;
  return !value.empty() && value.size() <= kMaxValueBytes && value.back() != ' ' &&
         value.find('=') == std::string_view::npos && is_printable(value);
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls `each` with the trimmed, non-empty members of a list.
template <typename Each>
void each_member(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (const std::string_view member = trim(list.substr(0, end)); !member.empty()) each(member);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

}  // namespace

TraceExtras& TraceExtras::operator=(const TraceExtras& other) noexcept {
  if (this == &other) return *this;
  pairs_bytes_ = other.pairs_bytes_;
  tracestate_bytes_ = other.tracestate_bytes_;
  members_ = other.members_;
  full_ = other.full_;
  bad_ = other.bad_;
  std::memcpy(pairs_, other.pairs_, pairs_bytes_);
  std::memcpy(tracestate_, other.tracestate_, tracestate_bytes_);
  return *this;
}

void TraceExtras::add_pair(std::string_view key, std::string_view value,
                           DroppedPairs& dropped) noexcept {
  const bool separates = key.find_first_of(";=") != std::string_view::npos ||
                         value.find(';') != std::string_view::npos;
  // Those are the context's; a second one would be for the reader to choose from.
  bool is_own = false;
  for (const std::string_view own : {"Root", "Parent", "Sampled", "Self"}) {
    is_own = is_own || text::equals_ignoring_case(text::trim(key), own);
  }
  if (key.empty() || value.empty() || separates || is_own) {
    ++dropped.malformed;
  } else {
    keep(key, value, dropped);
  }
}

void TraceExtras::keep(std::string_view key, std::string_view value,
                       DroppedPairs& dropped) noexcept {
  if (!is_printable(key) || !is_printable(value)) {
    ++dropped.malformed;
    return;
  }
  const std::size_t separator = pairs_bytes_ == 0 ? 0 : 1;
  if (separator + key.size() + 1 + value.size() > sizeof pairs_ - pairs_bytes_) {
    ++dropped.over_limit;
    return;
  }
  char* at = pairs_ + pairs_bytes_;
  if (separator != 0) *at++ = ';';
  at = put(at, key);
  *at++ = '=';
  at = put(at, value);
  pairs_bytes_ = static_cast<std::uint16_t>(at - pairs_);
}

void TraceExtras::add_tracestate(std::string_view line, DroppedPairs& dropped) noexcept {
  if (bad_) return;
  each_member(line, [&](std::string_view member) {
    if (bad_) return;
    if (is_member(member) && !has_member(member.substr(0, member.find('=')))) {
      add_member(member, dropped);
      return;
    }
    ++dropped.malformed;
    clear_tracestate();
    bad_ = true;
  });
}

void TraceExtras::clear_tracestate() noexcept {
  tracestate_bytes_ = 0;
  members_ = 0;
  full_ = false;
}

bool TraceExtras::has_member(std::string_view key) const noexcept {
  bool found = false;
  each_member(tracestate(), [&](std::string_view member) {
    found |= member.size() > key.size() && member[key.size()] == '=' && member.starts_with(key);
  });
  return found;
}

bool TraceExtras::has_room(std::string_view member) const noexcept {
  return members_ < kMaxTracestateMembers &&
         member.size() + (tracestate_bytes_ == 0 ? 0 : 1) <= sizeof tracestate_ - tracestate_bytes_;
}

void TraceExtras::add_member(std::string_view member, DroppedPairs& dropped) noexcept {
  if (!full_ && !has_room(member)) remove_long_members(dropped);
  const bool is_long = member.size() > kLongMemberBytes;
  if (full_ || !has_room(member)) {
    // What is left out from the end on stays out, also where something shorter would fit.
    full_ = full_ || !is_long;
    ++dropped.over_limit;
    return;
  }
  if (tracestate_bytes_ != 0) tracestate_[tracestate_bytes_++] = ',';
  std::memcpy(tracestate_ + tracestate_bytes_, member.data(), member.size());
  tracestate_bytes_ = static_cast<std::uint16_t>(tracestate_bytes_ + member.size());
  ++members_;
}

void TraceExtras::remove_long_members(DroppedPairs& dropped) noexcept {
  const std::size_t bytes = std::exchange(tracestate_bytes_, std::uint16_t{0});
  members_ = 0;
  each_member({tracestate_, bytes}, [&](std::string_view member) {
    if (member.size() > kLongMemberBytes) {
      ++dropped.over_limit;
      return;
    }
    if (tracestate_bytes_ != 0) tracestate_[tracestate_bytes_++] = ',';
    // Moves to the front of where it is read from, and so never over what is still to be read.
    std::memmove(tracestate_ + tracestate_bytes_, member.data(), member.size());
    tracestate_bytes_ = static_cast<std::uint16_t>(tracestate_bytes_ + member.size());
    ++members_;
  });
}

}  // namespace v0
}  // namespace aloft
