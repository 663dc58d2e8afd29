// SPDX-License-Identifier: Apache-2.0
// The `Hasher` over OpenSSL, which the aws room uses unless it is given another.
//
// Thread-safety: all of it.
#pragma once

#include <aloft/core/hasher.hpp>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Lives as long as the process.
Hasher& openssl_hasher() noexcept;

}  // namespace aws
}  // namespace v0
}  // namespace aloft
