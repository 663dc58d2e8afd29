// SPDX-License-Identifier: Apache-2.0
// The places where AWS credentials are looked for, in the order that AWS documents.
//
//   1. environment    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//   2. web identity   AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, as EKS sets them
//   3. the profile    of ~/.aws/config and ~/.aws/credentials, whatever it says: a role of another
//                     profile or source, a web identity, an SSO login, keys, a process
//   4. container      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI: ECS, EKS Pod Identity
//   5. EC2            the instance's metadata, IMDSv2 only
//
// The first source that is set up is the one: when it fails, none behind it is asked, because with
// other credentials we would be somebody else. Each has a time limit and a limit of bytes.
// Source: SDKs and tools reference guide, "Standardized credential providers", read 2026-11; within
// a profile as botocore's credentials.py 1.29.
//
//   auto chain = credentials_chain(*settings, {}, platform);
//   auto cached = CachedCredentials::create(std::move(*chain), {}, platform);
//
// Left out: MFA prompts, and renewing an SSO login (`aws sso login` does).
// Thread-safety: as CredentialsProvider.
#pragma once

#include <aloft/aws/credentials.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>

#include <memory>
#include <string>

namespace aloft {
inline namespace v0 {
namespace aws {

struct CredentialsChainOptions {
  /// One request to a container's endpoint. Source: botocore utils.py, TIMEOUT_SECONDS, 1.29.
  Nanoseconds container_timeout = std::chrono::seconds(2);
  /// One request to the instance's metadata; a packet that dies at the hop limit is not answered.
  /// AWS_METADATA_SERVICE_TIMEOUT wins. Source: botocore utils.py, METADATA_SERVICE_TIMEOUT, 1.29.
  Nanoseconds metadata_timeout = std::chrono::seconds(1);
  /// One call of STS or SSO. Ours: ten times what they take from afar.
  Nanoseconds service_timeout = std::chrono::seconds(5);
  /// A `credential_process`. Ours: such programs call services themselves.
  Nanoseconds process_timeout = std::chrono::seconds(30);
  /// Where the container's relative uri belongs. Source: guide, "Container credential provider".
  std::string container_host = "http://169.254.170.2";
  /// What says that this is an instance, as `DetectOptions`: where it is none and nobody answers,
  /// no metadata is set up.
  std::string vendor_file = "/sys/devices/virtual/dmi/id/sys_vendor";
  std::string hypervisor_file = "/sys/hypervisor/uuid";
};

/// @error resource_exhausted  the HTTP client could not be made.
Result<std::unique_ptr<CredentialsProvider>> credentials_chain(
    const Settings& settings, CredentialsChainOptions options = {},
    Platform platform = Platform::system());

/// Always the same; for tests, and for whoever knows theirs.
std::unique_ptr<CredentialsProvider> fixed_credentials(Credentials credentials);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
