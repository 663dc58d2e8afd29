// SPDX-License-Identifier: Apache-2.0
// The two calls of STS that give credentials for a role.
#pragma once

#include "aws/sources.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

struct Role {
  std::string arn{};
  std::string session_name{};      ///< empty: one of ours
  std::string external_id{};       ///< may be empty
  std::string duration_seconds{};  ///< may be empty: an hour
};

/// Signed with nobody's credentials: the token says who asks.
Result<Credentials> assume_role_with_token(SourceContext& context, const Role& role,
                                           const std::string& token_path, Deadline deadline);
Result<Credentials> assume_role(SourceContext& context, const Role& role, const Credentials& source,
                                Deadline deadline);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
