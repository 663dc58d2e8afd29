// SPDX-License-Identifier: Apache-2.0
#include "telemetry/redaction_patterns.hpp"

#include <algorithm>
#include <cstring>

namespace aloft {
inline namespace v0 {
namespace redaction {
namespace {

// By class. Passwords are credentials to a reader.
constexpr std::string_view kLabels[kSensitiveClasses] = {
    {},
    {},
    "[redacted:pan]",
    "[redacted:cvv]",
    "[redacted:pin]",
    "[redacted:credential]",
    "[redacted:credential]",
    "[redacted:userinfo]",
    "[redacted:email]",
    "[redacted:phone]",
    "[redacted:ssn]",
    "[redacted:account]",
    "[redacted:personal]",
};

char* copy(char* out, std::string_view bytes) noexcept {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

}  // namespace

std::string_view label(Secret secret) noexcept { return kLabels[static_cast<std::size_t>(secret)]; }

std::size_t label_at(std::string_view text, std::size_t at) noexcept {
  constexpr std::size_t kLongestNote = 34;  // a key's id of 16, a slash, a hash of 16
  if (at >= text.size() || text[at] != '[') return 0;
  for (const std::string_view one : kLabels) {
    const std::size_t word = one.size() - 1;
    if (one.empty() || text.compare(at, word, one, 0, word) != 0) continue;
    std::size_t end = at + word;
    if (end < text.size() && text[end] == ' ') {
      const std::size_t limit = end + 1 + kLongestNote;
      const auto is_note = [](char c) {
        return detail::is_lower(c) || text::is_digit(c) || c == '*' || c == '/' || c == '-';
      };
      ++end;
      while (end < text.size() && end < limit && is_note(text[end])) ++end;
    }
    return end < text.size() && text[end] == ']' ? end + 1 - at : 0;
  }
  return 0;
}

// The edits stay sorted and disjoint; where two meet, the first one names the whole. They arrive
// almost in order: cards follow the other matches of the same sixteen bytes, never more.
void Work::add(std::size_t begin, std::size_t end, Secret secret) noexcept {
  if (failed_ || begin >= end) return;
  if (size_ == scratch_.edit_capacity_ && !scratch_.grow_edits()) {
    failed_ = true;
    return;
  }
  Edit* const edits = scratch_.edits_;
  std::size_t place = size_;
  while (place > 0 && edits[place - 1].begin > begin) --place;
  if (place > 0 && edits[place - 1].end > begin) {
    --place;
    edits[place].end = std::max(edits[place].end, static_cast<std::uint32_t>(end));
  } else {
    std::memmove(edits + place + 1, edits + place, (size_ - place) * sizeof(Edit));
    edits[place] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), secret};
    ++size_;
  }
  std::size_t next = place + 1;
  while (next < size_ && edits[next].begin < edits[place].end) {
    edits[place].end = std::max(edits[place].end, edits[next].end);
    ++next;
  }
  std::memmove(edits + place + 1, edits + next, (size_ - next) * sizeof(Edit));
  size_ -= next - (place + 1);
}

void Work::count(RedactionCounts& counts) const noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    ++counts.of(scratch_.edits_[i].secret);
  }
}

std::string_view Work::apply(std::string_view text) noexcept {
  std::size_t size = text.size();
  for (std::size_t i = 0; i < size_; ++i) {
    const Edit& edit = scratch_.edits_[i];
    size += label(edit.secret).size();
    size -= edit.end - edit.begin;
  }
  char* const bytes = scratch_.allocate(size);
  if (bytes == nullptr) return {};
  char* out = bytes;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const Edit& edit = scratch_.edits_[i];
    out = copy(out, text.substr(copied, edit.begin - copied));
    out = copy(out, label(edit.secret));
    copied = edit.end;
  }
  copy(out, text.substr(copied));
  return {bytes, size};
}

std::string_view Work::join(std::string_view first, std::string_view second,
                            std::string_view third) noexcept {
  const std::size_t size = first.size() + second.size() + third.size();
  char* const bytes = scratch_.allocate(size);
  if (bytes == nullptr) return {};
  copy(copy(copy(bytes, first), second), third);
  return {bytes, size};
}

void Scan::take(std::size_t begin, std::size_t end, Secret secret) noexcept {
  begin = std::max(begin, consumed);
  if (begin >= end || ((kept >> static_cast<unsigned>(secret)) & 1U) != 0) return;
  work.add(begin, end, secret);
  consumed = end;
}

std::size_t quote_at(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return 0;
  const char c = text[at];
  if (c == '"' || c == '\'' || c == '`') return 1;
  if (c == '%') return percent_at(text, at, "22") || percent_at(text, at, "27") ? 3 : 0;
  if (c == '&') return text.compare(at, 6, "&quot;") == 0 ? 6 : 0;
  if (c != '\\') return 0;
  if (text.compare(at, 6, "\\u0022") == 0) return 6;
  constexpr std::size_t kDeepest = 7;
  std::size_t end = at;
  while (end < text.size() && end - at < kDeepest && text[end] == '\\') ++end;
  return end < text.size() && (text[end] == '"' || text[end] == '\'') ? end - at + 1 : 0;
}

std::size_t quote_before(std::string_view text, std::size_t end) noexcept {
  if (end == 0) return 0;
  const char c = text[end - 1];
  if (c == '`') return 1;
  if (c == '"' || c == '\'') {
    constexpr std::size_t kDeepest = 7;
    std::size_t slashes = 0;
    while (slashes < kDeepest && slashes + 1 < end && text[end - 2 - slashes] == '\\') ++slashes;
    return slashes + 1;
  }
  if (end >= 3 && (percent_at(text, end - 3, "22") || percent_at(text, end - 3, "27"))) return 3;
  if (end >= 6 &&
      (text.compare(end - 6, 6, "&quot;") == 0 || text.compare(end - 6, 6, "\\u0022") == 0)) {
    return 6;
  }
  return 0;
}

}  // namespace redaction
}  // namespace v0
}  // namespace aloft
