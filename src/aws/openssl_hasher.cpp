// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/openssl_hasher.hpp>

#include "aws/sha1.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <climits>
#include <new>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

const unsigned char* octets(std::string_view bytes) noexcept {
  const void* const generic = bytes.data();
  return static_cast<const unsigned char*>(generic);
}

class OpensslHasher final : public Hasher {
 public:
  bool sha256(std::string_view bytes, Digest& out) noexcept override {
    unsigned size = 0;
    return EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) == 1 &&
           size == out.size();
  }
  bool hmac_sha256(std::string_view key, std::string_view bytes, Digest& out) noexcept override {
    if (key.size() > INT_MAX) return false;
    unsigned size = 0;
    // A null key stands for "the one of before" in HMAC.
    const char none = 0;
    const void* const start = key.empty() ? &none : key.data();
    return HMAC(EVP_sha256(), start, static_cast<int>(key.size()), octets(bytes), bytes.size(),
                out.data(), &size) != nullptr &&
           size == out.size();
  }
};

}  // namespace

Hasher& openssl_hasher() noexcept {
  // Never destroyed: a client may sign after every static is gone.
  alignas(OpensslHasher) static unsigned char storage[sizeof(OpensslHasher)];
  static Hasher* const hasher = new (storage) OpensslHasher;
  return *hasher;
}

std::string sha1_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
    return {};
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4u];
    hex += kDigits[digest[i] & 15u];
  }
  return hex;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
