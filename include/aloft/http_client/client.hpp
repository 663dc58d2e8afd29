// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 client: one thread that drives every connection, a deadline on every request, and a
// limit with a counter on everything a peer can do. For one downstream service with traces, see
// `ServiceClient`, which sits on top.
//
//   Result<Client> client = Client::create();
//   Result<ClientResponse> answer = client->send(
//       {.url = "https://fraud.internal/v1/scores"}, Deadline::after(Clock::system(), 200ms));
//   if (!answer) return unexpected(answer.error());   // no answer; a 404 or a 500 is an answer
//   use(answer->status, answer->body);
//
// The thread starts with the first request and sleeps while nothing is in flight. Only http and
// https are spoken; redirects are never followed, cookies never kept, answers never decompressed,
// proxies of the environment ignored unless asked for. A request whose connection was kept alive
// and turns out dead is sent again on a new one, if its method is idempotent (RFC 9110, 9.2.2); a
// POST or PATCH fails, because nobody knows whether it was handled.
//
// After a fork the child must make a client of its own: on an inherited one every call is an error
// at once, and its destruction does nothing.
//
// Thread-safety: all of it once created; moving and destroying are not. Nothing throws but what
// the caller's own strings throw when memory is gone.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/http/method.hpp>
#include <aloft/http_client/client_options.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_client {

/// Ours: more than any server we know takes for a target.
inline constexpr std::size_t kMaxUrlBytes = 16 * 1024;

struct ClientRequest {
  http::Method method = http::Method::get;
  /// `http` or `https`, a host, perhaps a port, a path and a query; no user info, no fragment. The
  /// path is as `http::split_target` wants it and goes out byte for byte.
  std::string url{};
  /// Whatever does not belong to the connection (`host`, `content-length` and their like are
  /// refused).
  http::Headers headers{};
  /// Not with GET and HEAD. Sent with the content type that `headers` name, or none.
  std::string body{};
  /// Set once bytes may have gone out: an error before that cannot mean that it was received.
  std::shared_ptr<std::atomic<bool>> sent{};
};

struct ClientResponse {
  int status = 0;  ///< 200..599
  http::Headers headers{};
  std::string body{};

  bool ok() const noexcept { return status >= 200 && status < 300; }
};

class Client {
 public:
  /// Told what became of a request, once. Runs on the client's thread, or inside `send` when the
  /// request was refused at once. Every other request waits while it runs: it must not block, and a
  /// blocking `send` in it is refused. What it throws is swallowed and counted.
  using Completion = std::function<void(Result<ClientResponse>)>;

  /// Opens no socket and starts no thread.
  /// @error invalid_argument    an option is out of range.
  /// @error resource_exhausted  libcurl or its TLS library has no memory.
  static Result<Client> create(ClientOptions options = {}, Platform platform = Platform::system());

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  /// Cancels what is in flight, calls each completion, joins the thread: bounded by what the
  /// completions do. May be called in a completion; then the thread ends after it.
  ~Client();

  /// Sends and waits for the whole answer. Blocks at most until `deadline`, or
  /// `ClientOptions::request_timeout` when that is sooner.
  /// @error invalid_argument    method, url, field or body cannot be sent; nothing went out.
  /// @error resource_exhausted  too many in flight, or the answer is above a limit.
  /// @error deadline_exceeded   the deadline came first; one that had passed opens no socket.
  /// @error unavailable         no connection, or it ended before the whole answer, or what came is
  ///                            not HTTP; or this process is a fork of the client's.
  /// @error cancelled           the client was destroyed.
  /// @error unsupported         called in a completion of this client.
  Result<ClientResponse> send(const ClientRequest& request, Deadline deadline);
  /// The same without waiting: `completion` is called exactly once with any of the above.
  void send(ClientRequest request, Deadline deadline, Completion completion);

  /// Ends what is in flight with `cancelled`, and whatever is sent from now on; does not wait. May
  /// be called while other threads `send`.
  void cancel() noexcept;

  ClientStats stats() const noexcept;
  const ClientOptions& options() const noexcept;
  Platform platform() const noexcept;

 private:
  friend class ServiceClient;
  class Core;
  /// Counts a request that did not get as far as `send`, and tells the completion.
  void refuse(Error error, Completion completion) noexcept;
  explicit Client(std::shared_ptr<Core> core) noexcept;
  std::shared_ptr<Core> core_;
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
