// SPDX-License-Identifier: Apache-2.0
// A service of the example system, running, with a receiver in place of the daemon.
//
//   Service fraud(fraud_program(), {.flags = {"--fail-rate", "1"}});
//   Reply reply = fraud.send({"POST", "/v1/scores", …});
//   Ending ending = fraud.stop();   // what it wrote, and every datagram
//
// Thread-safety: none.
#pragma once

#include "examples/support/documents.hpp"
#include "examples/support/http_exchange.hpp"
#include "examples/support/process.hpp"
#include "examples/support/udp_receiver.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace examples_test {

inline constexpr std::string_view kDaemonVariable = "AWS_XRAY_DAEMON_ADDRESS";

/// The paths of the programs.
std::string fraud_program();
std::string ledger_program();
std::string payments_program();

struct Ending {
  Exit exit;
  std::vector<std::string> datagrams;
  std::vector<Document> documents;
};

struct ServiceOptions {
  std::vector<std::string> flags;  ///< beside --listen
  Variables variables;     ///< the daemon's address is the receiver's, unless one of them names it
  std::uint16_t port = 0;  ///< 0: any free one
};

class Service {
 public:
  explicit Service(const std::string& program, ServiceOptions options = {});

  std::uint16_t port() const noexcept { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  const std::string& ready_line() const noexcept { return ready_line_; }
  Reply send(const RawRequest& request) const { return exchange_bytes(port_, request.bytes()); }
  /// A POST of JSON, or a GET, as payments sends it.
  Reply post_as(const std::string& tenant, const std::string& target, std::string_view body) const;
  Reply get_as(const std::string& tenant, const std::string& target) const;
  Ending stop();

 private:
  UdpReceiver daemon_;
  Process process_;
  std::string ready_line_;
  std::uint16_t port_ = 0;
};

/// The last line of a service that sent every span, e.g. of "fraud" after 1 request and 2 spans.
std::string books_of(std::string_view service, std::size_t requests, std::size_t spans);

/// The answer's body; an empty object when it is no JSON.
Document parsed(const Reply& reply);

/// A port at which nobody listens, as far as one can know.
std::uint16_t unused_port();

}  // namespace examples_test
