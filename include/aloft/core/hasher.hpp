// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC-SHA-256 as a dependency: whoever signs is told which library does the sums.
//
//   Digest digest;
//   if (!hasher.sha256(body, digest)) return fail(ErrorCode::internal, "no SHA-256");
//   use(bytes_of(digest));
//
// The aws room has one over OpenSSL (`aws/openssl_hasher.hpp`).
//
// Thread-safety: implementations are thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

using Digest = std::array<std::uint8_t, 32>;

class Hasher {
 public:
  virtual ~Hasher() = default;
  /// False, with `out` unspecified, when the library refuses (a FIPS module in its error state).
  virtual bool sha256(std::string_view bytes, Digest& out) noexcept = 0;
  virtual bool hmac_sha256(std::string_view key, std::string_view bytes, Digest& out) noexcept = 0;
};

/// The bytes of `digest`, as a key or for comparison.
inline std::string_view bytes_of(const Digest& digest) noexcept {
  const void* const generic = digest.data();
  return {static_cast<const char*>(generic), digest.size()};
}

}  // namespace v0
}  // namespace aloft
