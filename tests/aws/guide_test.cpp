// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/run-on-aws.md, compiled and run; the guide quotes what stands between the
// marks.
#include <aloft/testing/memory_exporter.hpp>

#include "aws/fixture.hpp"

// guide: begin includes
#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/client.hpp>
#include <aloft/aws/credentials_chain.hpp>
#include <aloft/aws/detect.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/aws/xray_wire.hpp>
#include <aloft/telemetry/telemetry.hpp>

using namespace aloft;
// guide: end

namespace aloft::aws {
namespace {

// guide: begin detect
TelemetryOptions options_here(const aws::Settings& settings) {
  const aws::Detected here = aws::detect(settings);
  TelemetryOptions options{.service_name = "payments"};
  options.origin = here.origin;
  options.resource_attributes = here.attributes;
  return options;
}
// guide: end

// guide: begin wire
Result<std::unique_ptr<delivery::Wire>> straight_to_xray(const aws::Settings& settings) {
  auto chain = aws::credentials_chain(settings);
  if (!chain) return unexpected(chain.error());
  auto cached = aws::CachedCredentials::create(std::move(*chain));
  if (!cached) return unexpected(cached.error());
  auto credentials = std::make_shared<aws::CachedCredentials>(std::move(*cached));
  auto client = aws::AwsClient::create({.service = aws::Service::xray}, settings, credentials);
  if (!client) return unexpected(client.error());
  return aws::xray_wire(std::move(*client));
}
// guide: end

TEST(Guide, MakesAWireWithTheCredentialsOfTheEnvironment) {
  const Settings settings = settings_of(
      {{"AWS_REGION", "eu-central-1"}, {"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "a"}});

  const auto wire = straight_to_xray(settings);

  ASSERT_TRUE(wire) << wire.error().to_string();
  EXPECT_EQ((*wire)->limits().batch_records, 50u);
}

TEST(Guide, TellsTheTelemetryWhereItRuns) {
  TelemetryOptions options = options_here(
      settings_of({{"AWS_LAMBDA_FUNCTION_NAME", "charge"}, {"AWS_EC2_METADATA_DISABLED", "true"}}));
  testing::MemoryExporter memory;
  options.exporter = memory.exporter();

  EXPECT_EQ(options.resource_attributes.front().key, "cloud.provider");
  EXPECT_TRUE(Telemetry::create(std::move(options)));
}

}  // namespace
}  // namespace aloft::aws
