// SPDX-License-Identifier: Apache-2.0
// From the parser's message to a `Request`: everything the parser does not check, and every reason
// why the server itself refuses. Private to the room; needs no Beast, so it is tested without one.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/http/request.hpp>
#include <aloft/http_server/server_options.hpp>

#include "http_server/counters.hpp"

#include <optional>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http_server {

/// An answer of the server's own, and the counter that goes with it. Texts are ours, never the
/// peer's.
struct Refusal {
  int status;
  std::string_view detail;
  Counters::Field counter;
};

/// The request line, as the parser read it.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  unsigned version = 11;  ///< 10 or 11
};

struct Framing {
  bool expects_continue = false;
};

/// Fills method, target, query and host of `request`, whose headers are there already.
std::optional<Refusal> finish_request(const RequestLine& line, const ServerOptions& options,
                                      http::Request& request, Framing& framing);

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
