// SPDX-License-Identifier: Apache-2.0
// The embedded HTTP/1.1 server: a few I/O threads that never run user code which may wait, a
// bounded pool of workers that does, and a limit with a counter on everything a peer can do.
//
// Requests of one connection are answered one after the other, also when pipelined. It speaks no
// TLS: a load balancer or a mesh ends it. It sends `date`, as RFC 9110 asks, and no `server`,
// because a version helps only attackers. What it refuses by itself (a malformed request, a full
// queue) is counted and answered with problem+json, but never reaches a guard.
//
//   Result<Server> server = Server::create({.port = 8080}, std::move(router));
//   if (!server) return server.error();   // e.g. the port is taken
//   server->start();
//   …
//   server->drain(Deadline::after(clock, 10s));
//
// Thread-safety: all of it once created; moving is not.
#pragma once

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/router.hpp>
#include <aloft/http_server/server_options.hpp>

#include <cstdint>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace http_server {

class Server {
 public:
  /// Binds and listens; connections wait in the kernel until `start`.
  /// @error invalid_argument   an option is out of range, or the router has an error.
  /// @error already_exists     the port is taken; the message names it, the remedy says what to do.
  /// @error permission_denied  the port needs privileges.
  /// @error unavailable        the address is not one of this machine.
  static Result<Server> create(ServerOptions options, http::Router router,
                               Platform platform = Platform::system());
  /// One handler for everything, on the workers.
  static Result<Server> create(ServerOptions options, http::Handler handler,
                               Platform platform = Platform::system());

  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  /// As `stop`.
  ~Server();

  /// Starts the threads; the second call does nothing.
  /// @error resource_exhausted  the system gives no thread.
  Result<void> start();
  /// Stops accepting, closes idle connections, ends streams, lets running requests finish and
  /// closes their connections. Blocks until all are gone or `deadline`; then call `stop`.
  /// @return true when nothing was left.
  bool drain(Deadline deadline);
  /// Closes everything and joins the threads. Waits for handlers that are running: they must look
  /// at their deadline. Idempotent.
  void stop() noexcept;

  /// The port that is bound, also when the option was 0.
  std::uint16_t port() const noexcept;
  ServerStats stats() const noexcept;

 private:
  class Core;
  explicit Server(std::unique_ptr<Core> core) noexcept;
  std::unique_ptr<Core> core_;
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
