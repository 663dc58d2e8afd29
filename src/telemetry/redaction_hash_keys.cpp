// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/hash_keys.hpp>

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

constexpr std::size_t kMaxIdBytesOfKey = 16;
// Digits of an id must not look like a number to the redactor, which reads its own output again.
constexpr std::size_t kMaxIdDigits = 8;
// Longer values are hashed by their beginning; none that a class stands for is longer.
constexpr std::size_t kMaxHashedBytes = 512;

Result<void> check(const HashKey& key) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || text::is_digit(c) || c == '-';
  };
  const bool has_id = !key.id.empty() && key.id.size() <= kMaxIdBytesOfKey &&
                      std::all_of(key.id.begin(), key.id.end(), is_allowed) &&
                      static_cast<std::size_t>(std::count_if(key.id.begin(), key.id.end(),
                                                             text::is_digit)) <= kMaxIdDigits;
  if (!has_id) {
    return fail(ErrorCode::invalid_argument, "the id of a hash key is not usable",
                "use 1 to 16 of a-z 0-9 -, at most eight of them digits, e.g. 2026-11");
  }
  if (key.bytes.reveal().size() < HashKeys::kMinKeyBytes) {
    return fail(ErrorCode::invalid_argument, "hash key " + key.id + " is too short",
                "use 32 random bytes or more");
  }
  return {};
}

// The value as everybody writes it: digits of a number, an address in lower case. Begins with the
// class, so that no two classes share a token.
std::size_t write_canonical(SensitiveClass value_class, std::string_view value,
                            std::array<char, kMaxHashedBytes>& out) noexcept {
  const bool digits_only = value_class == SensitiveClass::pan ||
                           value_class == SensitiveClass::phone ||
                           value_class == SensitiveClass::ssn;
  std::size_t size = 0;
  out[size++] = static_cast<char>('a' + static_cast<int>(value_class));
  for (const char c : value) {
    if (size == out.size()) break;
    if (digits_only && !text::is_digit(c)) continue;
    if (value_class == SensitiveClass::account && !text::is_alnum(c)) continue;
    out[size++] = value_class == SensitiveClass::email || value_class == SensitiveClass::account
                      ? text::to_lower(c)
                      : c;
  }
  return size;
}

}  // namespace

HashKeys::HashKeys(HashKey current, Hasher& hasher) : hasher_(hasher) {
  keys_.reserve(kMaxKeys + 1);
  keys_.push_back(std::move(current));
}

Result<std::unique_ptr<HashKeys>> HashKeys::create(HashKey current, Hasher& hasher) {
  if (auto checked = check(current); !checked) return Unexpected(std::move(checked).error());
  return std::unique_ptr<HashKeys>(new HashKeys(std::move(current), hasher));
}

Result<void> HashKeys::rotate(HashKey next) {
  if (auto checked = check(next); !checked) return checked;
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool is_known = std::any_of(keys_.begin(), keys_.end(),
                                    [&](const HashKey& key) { return key.id == next.id; });
  if (is_known) {
    return fail(ErrorCode::already_exists, "there is a hash key " + next.id,
                "give each key an id of its own, or tokens of two keys look alike");
  }
  keys_.push_back(std::move(next));
  if (keys_.size() > kMaxKeys) keys_.erase(keys_.begin());
  return {};
}

std::string_view HashKeys::token(SensitiveClass value_class, std::string_view value,
                                 char (&out)[kMaxTokenBytes]) const noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  return {out, write(keys_.back(), value_class, value, out)};
}

std::vector<std::string> HashKeys::tokens_of(SensitiveClass value_class,
                                             std::string_view value) const {
  std::vector<std::string> tokens;
  char room[kMaxTokenBytes];
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
    const std::size_t size = write(*key, value_class, value, room);
    if (size != 0) tokens.emplace_back(room, size);
  }
  return tokens;
}

// Sixteen letters for eight bytes: no digit of a token is ever taken for part of a number.
std::size_t HashKeys::write(const HashKey& key, SensitiveClass value_class, std::string_view value,
                            char (&out)[kMaxTokenBytes]) const noexcept {
  constexpr std::size_t kDigestBytes = 8;
  std::array<char, kMaxHashedBytes> canonical;
  const std::size_t size = write_canonical(value_class, value, canonical);
  Digest digest;
  const bool is_hashed = hasher_.hmac_sha256(key.bytes.reveal(), {canonical.data(), size}, digest);
  detail::overwrite(canonical.data(), size);
  if (!is_hashed) return 0;
  std::memcpy(out, key.id.data(), key.id.size());
  char* at = out + key.id.size();
  *at++ = '/';
  for (std::size_t i = 0; i < kDigestBytes; ++i) {
    *at++ = static_cast<char>('a' + (digest[i] >> 4U));
    *at++ = static_cast<char>('a' + (digest[i] & 0xFU));
  }
  return static_cast<std::size_t>(at - out);
}

}  // namespace v0
}  // namespace aloft
