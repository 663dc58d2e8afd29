// SPDX-License-Identifier: Apache-2.0
// The least program that uses the room http_client.
#include <aloft/http_client/service_client.hpp>

int main() {
  auto client = aloft::http_client::Client::create();
  if (!client) return 1;
  const auto service =
      aloft::http_client::ServiceClient::create({.name = "a", .url = "http://a"}, *client);
  return service ? 0 : 1;
}
