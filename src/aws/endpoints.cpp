// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/endpoints.hpp>

#include "aws/url.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view name;
  std::string_view suffix;
  std::string_view dual_stack_suffix;  ///< empty: it has none
};

// Source: botocore's endpoints.json and partitions.json, 1.29 and of 2026-08.
constexpr std::array<Partition, 8> kPartitions = {{
    {"cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com", "api.aws"},
    {"us-iso-", "aws-iso", "c2s.ic.gov", ""},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov", ""},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", ""},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov", ""},
    {"eusc-", "aws-eusc", "amazonaws.eu", ""},
    {"", "aws", "amazonaws.com", "api.aws"},  // last: what no other one claims
}};

struct ServiceRow {
  std::string_view host;      ///< the first label, or labels
  std::string_view signing;   ///< for signatures
  std::string_view variable;  ///< that names its endpoint
  std::string_view key;       ///< in a `services` section
  /// In the partition of the US government its usual endpoint is the FIPS one.
  bool gov_is_fips;
};

// In the order of the enumerators. Source: SDKs and tools reference guide, "Identifiers for
// service-specific endpoints", and botocore's endpoints.json 1.29, read 2026-11.
constexpr std::array<ServiceRow, 6> kServices = {{
    {"xray", "xray", "AWS_ENDPOINT_URL_XRAY", "xray", false},
    {"logs", "logs", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "cloudwatch_logs", true},
    {"monitoring", "monitoring", "AWS_ENDPOINT_URL_CLOUDWATCH", "cloudwatch", true},
    {"dynamodb", "dynamodb", "AWS_ENDPOINT_URL_DYNAMODB", "dynamodb", true},
    {"sts", "sts", "AWS_ENDPOINT_URL_STS", "sts", true},
    {"portal.sso", "awsssoportal", "AWS_ENDPOINT_URL_SSO", "sso", false},
}};

const ServiceRow& row_of(Service service) noexcept {
  return kServices[static_cast<std::size_t>(service)];
}

const Partition& partition_row(std::string_view region) noexcept {
  return *std::find_if(kPartitions.begin(), kPartitions.end(), [&](const Partition& one) {
    return region.substr(0, one.region_prefix.size()) == one.region_prefix;
  });
}

/// One DNS label, so that it cannot name another host.
bool is_region(std::string_view region) noexcept {
  return !region.empty() && region.size() <= 63 && region.front() != '-' && region.back() != '-' &&
         std::all_of(region.begin(), region.end(), [](char c) {
           return text::is_digit(c) || c == '-' || (c >= 'a' && c <= 'z');
         });
}

std::string configured_url(const ServiceRow& row, const Settings& settings) {
  if (settings.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")) {
    return {};
  }
  const Environment& environment = settings.environment();
  if (const auto url = environment.get(row.variable)) return std::string(*url);
  if (const auto url = environment.get("AWS_ENDPOINT_URL")) return std::string(*url);
  if (const auto url = settings.service_setting(row.key, "endpoint_url")) return *url;
  return settings.profile_setting(settings.profile(), "endpoint_url").value_or("");
}

Result<Endpoint> usual_endpoint(const ServiceRow& row, std::string region, bool fips,
                                bool dual_stack) {
  const Partition& partition = partition_row(region);
  if (dual_stack && partition.dual_stack_suffix.empty()) {
    return fail(ErrorCode::unsupported, "this partition has no dual-stack endpoints",
                "unset AWS_USE_DUALSTACK_ENDPOINT");
  }
  const bool plain_is_fips = row.gov_is_fips && partition.name == "aws-us-gov" && !dual_stack;
  std::string url = "https://" + std::string(row.host);
  if (fips && !plain_is_fips) url += "-fips";
  url.append(".").append(region).append(".");
  url += dual_stack ? partition.dual_stack_suffix : partition.suffix;
  return Endpoint{.url = std::move(url), .region = std::move(region)};
}

}  // namespace

std::string_view signing_name(Service service) noexcept { return row_of(service).signing; }

std::string_view partition_of(std::string_view region) noexcept {
  return partition_row(region).name;
}

Result<Endpoint> resolve_endpoint(Service service, const Settings& settings) {
  const ServiceRow& row = row_of(service);
  std::string region = settings.region();
  if (region.empty()) {
    return fail(ErrorCode::not_found, "no AWS region is set",
                "set AWS_REGION, or region in the profile");
  }
  if (!is_region(region)) {
    return fail(ErrorCode::invalid_argument, "the AWS region is not a region's name",
                "set AWS_REGION to a name such as eu-central-1");
  }
  const bool fips = settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  const bool dual_stack = settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  std::string url = configured_url(row, settings);
  if (url.empty()) return usual_endpoint(row, std::move(region), fips, dual_stack);
  if (fips || dual_stack) {
    return fail(ErrorCode::unsupported,
                "FIPS and dual-stack cannot be had at a configured endpoint",
                "unset AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT, or the endpoint");
  }
  while (!url.empty() && url.back() == '/') url.pop_back();
  const auto parts = split_url(url);
  if (!parts || !parts->query.empty() || url.find('#') != std::string::npos) {
    return fail(ErrorCode::invalid_argument, "the configured endpoint is no url of a service",
                "write it as https://host:port, perhaps with a path");
  }
  return Endpoint{.url = std::move(url), .region = std::move(region), .configured = true};
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
