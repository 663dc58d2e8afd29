// SPDX-License-Identifier: Apache-2.0
// Small files that others wrote, read whole and bounded: config files, tokens, cached logins.
#pragma once

#include <aloft/aws/secret.hpp>
#include <aloft/core/result.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Regular files and what a container mounts as such; never blocks on a pipe.
/// @error not_found           there is no such file.
/// @error permission_denied   it cannot be opened.
/// @error resource_exhausted  longer than `limit_bytes`.
/// @error invalid_argument    it is no file.
Result<Secret> read_file(const std::string& path, std::size_t limit_bytes);

/// Without white space at both ends, line breaks included.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace aws
}  // namespace v0
}  // namespace aloft
