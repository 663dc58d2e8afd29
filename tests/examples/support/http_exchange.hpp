// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange on a connection of its own, every byte of it under the test's control.
//
//   Reply reply = exchange_bytes(port, RawRequest{"GET", "/healthz", {}, ""}.bytes());
//   EXPECT_EQ(reply.status, 200);
//
// Thread-safety: none of it shares anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace examples_test {

struct RawRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// As it goes over the wire, with Host, Connection: close and Content-Length.
  std::string bytes() const;
};

struct Reply {
  int status = 0;  ///< 0: no answer
  std::string head;
  std::string body;

  /// The value of a header, whatever the case of its name; empty when it is not there.
  std::string header(std::string_view name) const;
};

/// Sends the bytes to 127.0.0.1 and reads until the other side closes, at most ten seconds.
Reply exchange_bytes(std::uint16_t port, std::string_view request);

/// Sends the bytes to 127.0.0.1 and waits for nothing. @return the socket, for `close_socket`.
int send_and_leave(std::uint16_t port, std::string_view request);
void close_socket(int socket);

}  // namespace examples_test
