// SPDX-License-Identifier: Apache-2.0
#include "aws/metadata.hpp"

#include "aws/files.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

// Source: EC2 user guide, "Use the Instance Metadata Service", read 2026-11.
constexpr std::string_view kIpv4Endpoint = "http://169.254.169.254";
constexpr std::string_view kIpv6Endpoint = "http://[fd00:ec2::254]";
constexpr std::string_view kTokenSeconds = "21600";  // six hours, the most there is
/// Ours: more would keep who waits for credentials waiting.
constexpr std::uint64_t kMostAttempts = 10;
constexpr std::uint64_t kMostSeconds = 60;

std::string endpoint_of(const Settings& settings) {
  const auto given =
      settings.find("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
  if (given) {
    std::string url = *given;
    while (!url.empty() && url.back() == '/') url.pop_back();
    return url;
  }
  const auto mode =
      settings.find("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
  const bool ipv6 = mode && text::equals_ignoring_case(*mode, "ipv6");
  return std::string(ipv6 ? kIpv6Endpoint : kIpv4Endpoint);
}

Unexpected unavailable(std::string message) {
  return fail(ErrorCode::unavailable, std::move(message),
              "on an instance, raise the hop limit of its metadata to 2 for containers; elsewhere "
              "set AWS_EC2_METADATA_DISABLED=true");
}

}  // namespace

bool may_be_instance(const Settings& settings, const std::string& vendor_file,
                     const std::string& hypervisor_file) {
  if (settings.find("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")) {
    return true;
  }
  constexpr std::size_t kMost = 256;
  const Result<Secret> vendor = read_file(vendor_file, kMost);
  const Result<Secret> uuid = read_file(hypervisor_file, kMost);
  return (vendor && vendor->reveal().starts_with("Amazon EC2")) ||
         (uuid && uuid->reveal().starts_with("ec2"));
}

MetadataService::MetadataService(const Settings& settings, http_client::Client& client,
                                 Platform platform, Nanoseconds timeout)
    : client_(client), platform_(platform), timeout_(timeout), endpoint_(endpoint_of(settings)) {
  enabled_ = !settings.environment().flag("AWS_EC2_METADATA_DISABLED", false);
  const auto seconds = text::parse_decimal(
      settings.find("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout").value_or(""));
  if (seconds && *seconds > 0) {
    timeout_ = std::chrono::seconds(std::min(*seconds, kMostSeconds));
  }
  const auto attempts = text::parse_decimal(
      settings.find("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")
          .value_or(""));
  if (attempts && *attempts > 0) attempts_ = static_cast<int>(std::min(*attempts, kMostAttempts));
}

Deadline MetadataService::within(Deadline deadline) const noexcept {
  return sooner(deadline, Deadline::after(platform_.clock, timeout_));
}

Result<std::string> MetadataService::get(std::string_view path, Deadline deadline) {
  Result<std::string> got = unavailable("the metadata of the instance is switched off");
  for (int attempt = 0; enabled_ && attempt < attempts_; ++attempt) {
    got = ask(path, deadline);
    if (got || got.error().code == ErrorCode::not_found) break;
    if (deadline.passed(platform_.clock.steady_now())) break;
  }
  return got;
}

Result<http_client::ClientResponse> MetadataService::send(const http_client::ClientRequest& request,
                                                          Deadline deadline) {
  Result<http_client::ClientResponse> answer = client_.send(request, within(deadline));
  if (answer) answered_ = true;
  return answer;
}

Result<std::string> MetadataService::ask(std::string_view path, Deadline deadline) {
  // A second time with a new token, when the old one is no longer taken.
  for (int round = 0; round < 2; ++round) {
    if (token_.empty()) {
      if (Result<void> ok = renew_token(deadline); !ok) return unexpected(ok.error());
    }
    http_client::ClientRequest request{.url = endpoint_ + std::string(path)};
    if (!request.headers.try_set("x-aws-ec2-metadata-token", token_)) {
      return unavailable("the metadata service gave a token that no field can hold");
    }
    Result<http_client::ClientResponse> answer = send(request, deadline);
    if (!answer) return unavailable("the metadata service: " + answer.error().message);
    if (answer->status == 200) return std::move(answer->body);
    if (answer->status == 404) {
      return fail(ErrorCode::not_found, "the instance's metadata has no such entry",
                  "give the instance a role");
    }
    if (answer->status != 401) {
      return unavailable("the metadata service answered with status " +
                         std::to_string(answer->status));
    }
    token_.clear();
  }
  return unavailable("the metadata service does not take its own token");
}

Result<void> MetadataService::renew_token(Deadline deadline) {
  http_client::ClientRequest request{.method = http::Method::put,
                                     .url = endpoint_ + "/latest/api/token"};
  request.headers.try_set("x-aws-ec2-metadata-token-ttl-seconds", kTokenSeconds);
  Result<http_client::ClientResponse> answer = send(request, deadline);
  if (!answer) return unavailable("the metadata service: " + answer.error().message);
  if (answer->status != 200 || answer->body.empty()) {
    return unavailable("the metadata service gave no token, status " +
                       std::to_string(answer->status));
  }
  token_ = std::move(answer->body);
  return {};
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
