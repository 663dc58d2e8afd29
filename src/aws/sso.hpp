// SPDX-License-Identifier: Apache-2.0
// Credentials of a role that the user logged in for with `aws sso login`.
#pragma once

#include "aws/sources.hpp"

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

struct SsoLogin {
  std::string account_id{};
  std::string role_name{};
  std::string region{};
  /// The name of the `sso-session`, or the start url of a profile without one: what the cached
  /// login is called after.
  std::string cache_key{};
};

/// @error permission_denied  there is no login, or it has expired.
Result<Credentials> sso_credentials(SourceContext& context, const SsoLogin& login,
                                    Deadline deadline);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
