// SPDX-License-Identifier: Apache-2.0
// The least program that uses the room http_server.
#include <aloft/http_server/server.hpp>

#include <utility>

int main() {
  aloft::http::Router router;
  return aloft::http_server::Server::create({.port = 0}, std::move(router)) ? 0 : 1;
}
