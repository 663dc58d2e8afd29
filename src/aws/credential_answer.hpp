// SPDX-License-Identifier: Apache-2.0
// Reads what sources of credentials answer. All of it is bytes from outside; nothing of it is
// quoted, and what could not stand in a header is refused.
#pragma once

#include <aloft/aws/credentials.hpp>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Ours: answers have one to three KiB.
inline constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

/// The container's and the instance's endpoints: AccessKeyId, SecretAccessKey, Token, Expiration.
Result<Credentials> read_endpoint_answer(std::string_view json);
/// A `credential_process`: Version 1, SessionToken and Expiration only when there are any.
Result<Credentials> read_process_answer(std::string_view json);
/// SSO's GetRoleCredentials: `roleCredentials` with an expiration in milliseconds.
Result<Credentials> read_sso_answer(std::string_view json);
/// STS's AssumeRole and AssumeRoleWithWebIdentity: XML.
Result<Credentials> read_sts_answer(std::string_view xml);

/// The text of the first element of that name, its entities decoded; empty when there is none.
std::string xml_text(std::string_view xml, std::string_view element);

/// @error invalid_argument  one of the three is empty, too long or has characters that no field of
///                          a request can hold.
Result<Credentials> checked(Credentials credentials);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
