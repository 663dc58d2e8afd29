// SPDX-License-Identifier: Apache-2.0
// The keys by which values are hashed that must be told apart but not seen: HMAC-SHA-256 through
// the injected `Hasher`. The same value gives the same token as long as its key is current; each
// token names its key. Without a key there is no token, so no table of card numbers reverses one.
//
//   auto keys = HashKeys::create({"2026-11", secret(bytes)}, hasher);    // 32 random bytes
//   (*keys)->rotate({"2026-12", secret(other_bytes)});                   // from now on
//   (*keys)->tokens_of(SensitiveClass::email, "ann@example.com");        // to search the logs for
//
// Thread-safety: all members, by a lock that the request path never takes.
#pragma once

#include <aloft/core/hasher.hpp>
#include <aloft/core/result.hpp>
#include <aloft/core/sensitive.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {

struct HashKey {
  std::string id;             ///< 1 to 16 of `a-z 0-9 -`, at most eight of them digits
  secret<std::string> bytes;  ///< 32 bytes or more, from a random source, e.g. a secrets manager
};

class HashKeys {
 public:
  static constexpr std::size_t kMinKeyBytes = 32;  ///< as long as what it makes (RFC 2104, 3)
  /// Keys that are remembered for `tokens_of`; the oldest goes first.
  static constexpr std::size_t kMaxKeys = 8;
  /// Longest token: the id, a slash, 16 letters for 64 bits of the HMAC.
  static constexpr std::size_t kMaxTokenBytes = 16 + 1 + 16;

  /// @param hasher  Must outlive the keys, e.g. `aws::openssl_hasher()`.
  /// @error invalid_argument  the id or the length of the key.
  static Result<std::unique_ptr<HashKeys>> create(HashKey current, Hasher& hasher);

  /// Makes `next` the key of all hashes from now on.
  /// @error invalid_argument  the id or the length of the key.
  /// @error already_exists    there is a key of this id.
  Result<void> rotate(HashKey next);

  /// `2026-11/cfhpnbkoaiedgmlj`, in `out`; empty when the hasher refuses. Equal card numbers,
  /// telephone numbers and addresses are equal here however they are written.
  std::string_view token(SensitiveClass value_class, std::string_view value,
                         char (&out)[kMaxTokenBytes]) const noexcept;

  /// The tokens of a value under each key that is remembered, newest first.
  std::vector<std::string> tokens_of(SensitiveClass value_class, std::string_view value) const;

 private:
  HashKeys(HashKey current, Hasher& hasher);
  std::size_t write(const HashKey& key, SensitiveClass value_class, std::string_view value,
                    char (&out)[kMaxTokenBytes]) const noexcept;

  Hasher& hasher_;
  mutable std::mutex mutex_;
  std::vector<HashKey> keys_;  // the current one is the last
};

}  // namespace v0
}  // namespace aloft
