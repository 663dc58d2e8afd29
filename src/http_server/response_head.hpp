// SPDX-License-Identifier: Apache-2.0
// Turns a `Response` into the bytes before its body. Pure, so that what may stand in a head is
// tested without a socket. Private to the room.
//
// The connection's own fields (length, transfer coding, date, keep-alive) are written here and
// nowhere else: a handler's are left out and counted. Every other field was validated when it was
// put into `Headers`.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/http/response.hpp>

#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_server {

struct HeadOptions {
  bool keep_alive = true;
  bool http_1_0 = false;
  bool chunked = false;  ///< a stream: no length, and chunks if the peer speaks 1.1
  WallTime now;
};

struct Head {
  std::string bytes;
  bool has_body = true;  ///< false for 204 and 304
  std::uint32_t refused_headers = 0;
  bool status_replaced = false;
};

Head write_head(const http::Response& response, const HeadOptions& options);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(WallTime time);

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
