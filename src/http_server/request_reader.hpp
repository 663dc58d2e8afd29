// SPDX-License-Identifier: Apache-2.0
// Reads requests off a socket, one after the other. The only place that knows Boost.Beast; private
// to the room.
//
// Thread-safety: none, one lane. The socket must outlive it, and every callback must keep whatever
// owns it alive.
#pragma once

#include <aloft/http/request.hpp>
#include <aloft/http_server/server_options.hpp>

#include "http_server/request_builder.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace http_server {

enum class ReadStatus : std::uint8_t {
  ok,
  end,        ///< the peer closed between requests
  cancelled,  ///< `socket.cancel()`, a close
  lost,       ///< the connection broke in the middle
  bad_syntax,
  bad_version,
  long_target,
  long_header,
  long_body,
};

class RequestReader {
 public:
  using Callback = std::function<void(ReadStatus)>;

  RequestReader(boost::asio::ip::tcp::socket& socket, const ServerOptions& options);
  ~RequestReader();

  /// Reads one head; a request read before is forgotten.
  void read_head(Callback callback);
  /// After a good head. Requires `!complete()`.
  void read_body(Callback callback);

  /// Bytes of a further request are here already.
  bool has_buffered() const noexcept;
  /// Nothing is left to read of the current request.
  bool complete() const noexcept;
  bool keep_alive() const noexcept;
  RequestLine line() const noexcept;
  /// Copies the fields; false when one is not valid or there are more than `limit`.
  enum class Fields : std::uint8_t { ok, invalid, too_many };
  Fields copy_headers(http::Headers& headers, std::size_t limit) const;
  std::string take_body();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
