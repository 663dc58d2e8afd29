// SPDX-License-Identifier: Apache-2.0
// The smallest use of aloft::http_client: a request goes to a port where nobody is expected, so
// that libcurl is linked and asked. Whether somebody answers or not, it must be counted once.
#include <aloft/http_client/client.hpp>

#include <chrono>
#include <iostream>

int main() {
  using aloft::http_client::Client;
  auto client = Client::create();
  if (!client) {
    std::cerr << client.error().to_string() << '\n';
    return 1;
  }

  const auto answer =
      client->send({.url = "http://127.0.0.1:1/"},
                   aloft::Deadline::after(aloft::Clock::system(), std::chrono::seconds(5)));

  std::cout << (answer ? "answered" : answer.error().to_string()) << '\n';
  const auto stats = client->stats();
  return stats.requests == 1 && stats.responses + stats.failed() == 1 ? 0 : 1;
}
