// SPDX-License-Identifier: Apache-2.0
// Where a service is reached: by region and partition, with FIPS or over IPv6 when asked, or at the
// url that the user configured.
//
//   Result<Endpoint> endpoint = resolve_endpoint(Service::xray, *settings);
//   endpoint->url;      // "https://xray.eu-central-1.amazonaws.com"
//   endpoint->region;   // "eu-central-1", to sign for
//
// A configured url is looked for in this order: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the
// profile's `services` section, the profile's `endpoint_url`; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
// turns all four off. Source: SDKs and tools reference guide, "Service-specific endpoints", read
// 2026-11. The host names are those of botocore's endpoints.json; `peers.aws_rules` compares.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/aws/settings.hpp>
#include <aloft/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// The services that Aloft speaks with.
enum class Service : std::uint8_t { xray, logs, monitoring, dynamodb, sts, sso };

/// What requests to it are signed for, e.g. "xray".
std::string_view signing_name(Service service) noexcept;

struct Endpoint {
  std::string url{};        ///< scheme, host, perhaps port and path; no '/' at its end
  std::string region{};     ///< to sign for
  bool configured = false;  ///< by the user, not from the table
};

/// "aws", "aws-cn", "aws-us-gov", …; an unknown region is one of the first.
std::string_view partition_of(std::string_view region) noexcept;

/// @error not_found         there is no region, and a name or a signature needs one.
/// @error invalid_argument  the region or the configured url is none.
/// @error unsupported       the partition has no such endpoint, or FIPS or dual-stack is asked for
///                          beside a configured url, which cannot promise it.
Result<Endpoint> resolve_endpoint(Service service, const Settings& settings);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
