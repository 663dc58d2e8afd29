// SPDX-License-Identifier: Apache-2.0
// The console's clients, as plain as sockets can be: one that sends datagrams, one that speaks
// HTTP/1.1 over a connection it keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aloft::console::fixture {

class UdpSender {
 public:
  explicit UdpSender(std::uint16_t port);
  ~UdpSender();
  UdpSender(const UdpSender&) = delete;
  UdpSender& operator=(const UdpSender&) = delete;
  bool send(std::string_view datagram) const;

 private:
  int socket_ = -1;
};

struct HttpAnswer {
  int status = 0;  ///< 0: the connection broke
  std::string head;
  std::string body;
};

class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// @param fields  whole header lines, each with CRLF; Host is added unless given.
  HttpAnswer ask(std::string_view method, std::string_view target, std::string_view fields = {},
                 std::string_view body = {});
  bool send_raw(std::string_view bytes);
  /// Everything received once it holds `part`, or what came until the end or 20 seconds.
  std::string read_until(std::string_view part);

 private:
  bool receive_more();
  int socket_ = -1;
  std::string received_;
};

}  // namespace aloft::console::fixture
