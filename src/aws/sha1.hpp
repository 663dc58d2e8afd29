// SPDX-License-Identifier: Apache-2.0
// SHA-1, for the one thing that asks for it: the name of a file in the SSO cache.
#pragma once

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// 40 hex digits in lower case; empty when OpenSSL refuses (FIPS modules may).
std::string sha1_hex(std::string_view bytes);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
