// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/headers.hpp>

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {
namespace {

/// One look-up a byte: every name of every message is checked.
constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (unsigned byte = 0; byte < 128; ++byte) {
    table[byte] = text::is_alnum(static_cast<char>(byte));
  }
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_token_byte(char c) noexcept { return kTokenBytes[static_cast<unsigned char>(c)]; }

constexpr bool is_value_byte(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

/// True when all of eight bytes are plain ASCII, 0x20 to 0x7E: the usual case, at two instructions
/// a byte instead of ten.
bool all_plain(const char* bytes) noexcept {
  std::uint64_t eight;
  std::memcpy(&eight, bytes, sizeof eight);
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  // Adding one carries 0x7F into the top bit, subtracting 0x20 borrows into it below 0x20. A borrow
  // or carry across bytes only starts in a byte that is refused itself.
  return ((eight | (eight + kOnes) | (eight - kOnes * 0x20)) & (kOnes * 0x80)) == 0;
}

bool all_value_bytes(std::string_view value) noexcept {
  while (value.size() >= 8 && all_plain(value.data())) value.remove_prefix(8);
  for (const char c : value) {
    if (!is_value_byte(c)) return false;
  }
  return true;
}

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

}  // namespace

bool is_valid_header_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kMaxHeaderNameBytes) return false;
  for (const char c : name) {
    if (!is_token_byte(c)) return false;
  }
  return true;
}

bool is_valid_header_value(std::string_view value) noexcept {
  if (value.empty()) return true;
  return value.size() <= kMaxHeaderValueBytes && !is_blank(value.front()) &&
         !is_blank(value.back()) && all_value_bytes(value);
}

Headers::Headers(const Headers& other)
    : more_bytes_(other.more_bytes_), more_entries_(other.more_entries_) {
  copy_inline(other);
}

Headers::Headers(Headers&& other) noexcept
    : more_bytes_(std::move(other.more_bytes_)), more_entries_(std::move(other.more_entries_)) {
  copy_inline(other);
  other.clear();
}

Headers& Headers::operator=(const Headers& other) {
  if (this != &other) *this = Headers(other);
  return *this;
}

Headers& Headers::operator=(Headers&& other) noexcept {
  if (this == &other) return *this;
  more_bytes_ = std::move(other.more_bytes_);
  more_entries_ = std::move(other.more_entries_);
  copy_inline(other);
  other.clear();
  return *this;
}

void Headers::copy_inline(const Headers& other) noexcept {
  inline_used_ = other.inline_used_;
  count_ = other.count_;
  std::copy_n(other.inline_bytes_.begin(), inline_used_, inline_bytes_.begin());
  std::copy_n(other.inline_entries_.begin(), std::min(count_, kInlineFields),
              inline_entries_.begin());
}

Result<void> Headers::add(std::string_view name, std::string_view value) {
  const Refusal refusal = check(name, value);
  if (refusal != Refusal::none) return explain(refusal);
  append(name, value);
  return {};
}

Result<void> Headers::set(std::string_view name, std::string_view value) {
  const Refusal refusal = check(name, value);
  if (refusal != Refusal::none) return explain(refusal);
  remove(name);
  append(name, value);
  return {};
}

bool Headers::try_add(std::string_view name, std::string_view value) {
  if (check(name, value) != Refusal::none) return false;
  append(name, value);
  return true;
}

bool Headers::try_set(std::string_view name, std::string_view value) {
  if (check(name, value) != Refusal::none) return false;
  remove(name);
  append(name, value);
  return true;
}

std::uint32_t Headers::replace_by(const Headers& other) {
  for (const HeaderField field : other) remove(field.name);
  std::uint32_t refused = 0;
  for (const HeaderField field : other) {
    if (fits(field.name, field.value)) {
      append(field.name, field.value);
    } else {
      ++refused;
    }
  }
  return refused;
}

std::size_t Headers::remove(std::string_view name) noexcept {
  // The bytes stay until `clear`: they count towards the limit, so they cannot pile up.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (text::equals_ignoring_case(at(i).name, name)) continue;
    if (kept != i) entry(kept) = entry(i);
    ++kept;
  }
  const std::size_t removed = count_ - kept;
  count_ = kept;
  if (count_ > kInlineFields) {
    more_entries_.resize(count_ - kInlineFields);
  } else {
    more_entries_.clear();
  }
  return removed;
}

void Headers::clear() noexcept {
  inline_used_ = 0;
  count_ = 0;
  more_bytes_.clear();
  more_entries_.clear();
}

std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    if (entry(i).name_bytes != name.size()) continue;
    const HeaderField field = at(i);
    if (text::equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const noexcept {
  std::size_t found = 0;
  for (const HeaderField field : *this) {
    if (text::equals_ignoring_case(field.name, name)) ++found;
  }
  return found;
}

Headers::Refusal Headers::check(std::string_view name, std::string_view value) const noexcept {
  if (!is_valid_header_name(name)) return Refusal::name;
  if (!is_valid_header_value(value)) return Refusal::value;
  if (count_ >= kMaxHeaderFields) return Refusal::count;
  return fits(name, value) ? Refusal::none : Refusal::bytes;
}

bool Headers::fits(std::string_view name, std::string_view value) const noexcept {
  return count_ < kMaxHeaderFields &&
         inline_used_ + more_bytes_.size() + name.size() + value.size() <= kMaxHeaderBytes;
}

void Headers::append(std::string_view name, std::string_view value) {
  Entry added{0, static_cast<std::uint16_t>(name.size()), static_cast<std::uint16_t>(value.size())};
  if (name.size() + value.size() <= kInlineBytes - inline_used_) {
    added.offset = static_cast<std::uint32_t>(inline_used_);
    char* end = std::copy(name.begin(), name.end(), inline_bytes_.data() + inline_used_);
    std::copy(value.begin(), value.end(), end);
    inline_used_ += name.size() + value.size();
  } else {
    added.offset = static_cast<std::uint32_t>(kInlineBytes + more_bytes_.size());
    more_bytes_.append(name).append(value);
  }
  if (count_ < kInlineFields) {
    inline_entries_[count_] = added;
  } else {
    more_entries_.push_back(added);
  }
  ++count_;
}

Result<void> Headers::explain(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:
      return {};
    case Refusal::name:
      return fail(ErrorCode::invalid_argument, "header name is not a token of 1 to 256 bytes");
    case Refusal::value:
      return fail(ErrorCode::invalid_argument,
                  "header value has a control byte, a blank at an end, or more than 8192 bytes");
    case Refusal::count:
      return fail(ErrorCode::resource_exhausted, "more than 128 header fields");
    case Refusal::bytes:
      return fail(ErrorCode::resource_exhausted, "more than 65536 bytes of header fields");
  }
  return {};
}

}  // namespace http
}  // namespace v0
}  // namespace aloft
