// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/endpoints.hpp>

#include "aws/fixture.hpp"

namespace aloft::aws {
namespace {

std::string url_of(Service service, Variables variables) {
  const Result<Endpoint> endpoint = resolve_endpoint(service, settings_of(std::move(variables)));
  return endpoint ? endpoint->url : endpoint.error().to_string();
}

ErrorCode refusal_of(Variables variables) {
  const Result<Endpoint> endpoint =
      resolve_endpoint(Service::xray, settings_of(std::move(variables)));
  EXPECT_FALSE(endpoint);
  return endpoint ? ErrorCode::internal : endpoint.error().code;
}

TEST(Endpoints, FollowRegionAndPartition) {
  EXPECT_EQ(url_of(Service::xray, {{"AWS_REGION", "eu-central-1"}}),
            "https://xray.eu-central-1.amazonaws.com");
  EXPECT_EQ(url_of(Service::logs, {{"AWS_REGION", "cn-north-1"}}),
            "https://logs.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(url_of(Service::dynamodb, {{"AWS_REGION", "us-iso-east-1"}}),
            "https://dynamodb.us-iso-east-1.c2s.ic.gov");
  EXPECT_EQ(url_of(Service::sts, {{"AWS_REGION", "us-east-1"}}),
            "https://sts.us-east-1.amazonaws.com");
  EXPECT_EQ(partition_of("us-gov-west-1"), "aws-us-gov");
  EXPECT_EQ(partition_of("xx-new-9"), "aws");
}

TEST(Endpoints, AreThoseOfFipsAndDualStackWhenAsked) {
  const Variables::value_type region{"AWS_REGION", "us-west-2"};
  const Variables::value_type fips{"AWS_USE_FIPS_ENDPOINT", "true"};
  const Variables::value_type both{"AWS_USE_DUALSTACK_ENDPOINT", "true"};

  EXPECT_EQ(url_of(Service::xray, {region, fips}), "https://xray-fips.us-west-2.amazonaws.com");
  EXPECT_EQ(url_of(Service::xray, {region, both}), "https://xray.us-west-2.api.aws");
  EXPECT_EQ(url_of(Service::xray, {region, fips, both}), "https://xray-fips.us-west-2.api.aws");
  EXPECT_EQ(url_of(Service::logs, {{"AWS_REGION", "us-gov-west-1"}, fips}),
            "https://logs.us-gov-west-1.amazonaws.com");
}

TEST(Endpoints, PreferVariablesToProfilesAndOneServiceToAll) {
  const HomeFolder home;
  home.write(".aws/config",
             "[default]\nregion = eu-west-1\nendpoint_url = http://four\nservices = local\n"
             "[services local]\nxray =\n  endpoint_url = http://three/\n");
  const Variables::value_type where{"HOME", home.path()};
  const Variables::value_type all{"AWS_ENDPOINT_URL", "http://two:8000"};
  const Variables::value_type one{"AWS_ENDPOINT_URL_XRAY", "http://one/path/"};

  EXPECT_EQ(url_of(Service::xray, {where, all, one}), "http://one/path");
  EXPECT_EQ(url_of(Service::xray, {where, all}), "http://two:8000");
  EXPECT_EQ(url_of(Service::xray, {where}), "http://three");
  EXPECT_EQ(url_of(Service::logs, {where}), "http://four");
  EXPECT_EQ(
      url_of(Service::xray, {where, all, one, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}),
      "https://xray.eu-west-1.amazonaws.com");
}

TEST(Endpoints, KnowTheVariableOfEachService) {
  struct Case {
    Service service;
    const char* variable;
    const char* signing;
  };
  for (const Case& one : {Case{Service::xray, "AWS_ENDPOINT_URL_XRAY", "xray"},
                          Case{Service::logs, "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "logs"},
                          Case{Service::monitoring, "AWS_ENDPOINT_URL_CLOUDWATCH", "monitoring"},
                          Case{Service::dynamodb, "AWS_ENDPOINT_URL_DYNAMODB", "dynamodb"},
                          Case{Service::sts, "AWS_ENDPOINT_URL_STS", "sts"},
                          Case{Service::sso, "AWS_ENDPOINT_URL_SSO", "awsssoportal"}}) {
    EXPECT_EQ(url_of(one.service, {{"AWS_REGION", "eu-west-1"}, {one.variable, "http://x"}}),
              "http://x");
    EXPECT_EQ(signing_name(one.service), one.signing);
  }
}

TEST(Endpoints, RefuseRegionsThatWouldNameAnotherHost) {
  for (const char* region : {"evil.example/", "a.b", "EU", "-a", "a-", "a b", "eu@x"}) {
    EXPECT_EQ(refusal_of({{"AWS_REGION", region}}), ErrorCode::invalid_argument) << region;
  }
  EXPECT_EQ(refusal_of({}), ErrorCode::not_found);
}

TEST(Endpoints, RefuseWhatIsNoUrlAndWhatAnEndpointCannotPromise) {
  const Variables::value_type region{"AWS_REGION", "eu-west-1"};
  for (const char* url :
       {"127.0.0.1:80", "ftp://x", "http://", "http://u@x", "http://x?q", "http://x/#f"}) {
    EXPECT_EQ(refusal_of({region, {"AWS_ENDPOINT_URL", url}}), ErrorCode::invalid_argument) << url;
  }
  EXPECT_EQ(refusal_of({region, {"AWS_ENDPOINT_URL", "http://x"}, {"AWS_USE_FIPS_ENDPOINT", "1"}}),
            ErrorCode::unsupported);
  EXPECT_EQ(refusal_of({{"AWS_REGION", "us-iso-east-1"}, {"AWS_USE_DUALSTACK_ENDPOINT", "1"}}),
            ErrorCode::unsupported);
}

}  // namespace
}  // namespace aloft::aws
