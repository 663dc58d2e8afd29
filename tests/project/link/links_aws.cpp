// SPDX-License-Identifier: Apache-2.0
// The least program that uses the room aws.
#include <aloft/aws/client.hpp>

int main() {
  const auto settings = aloft::aws::Settings::load(aloft::Environment::of({}));
  if (!settings) return 1;
  const auto client = aloft::aws::AwsClient::create({}, *settings, nullptr);
  return client ? 1 : 0;
}
