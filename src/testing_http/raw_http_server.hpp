// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 over POSIX sockets, no more than a fake needs: whole requests with a content length, an
// answer byte by byte as the fake wants it, keep-alive, and an end of the connection where it is
// asked for. A thread for each connection, at most `kMaxConnections`.
//
// Thread-safety: `serve` is called from many threads at once.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

/// What becomes of a connection after a request.
struct RawAnswer {
  std::string bytes;      ///< the whole answer, or as much as is to be sent
  bool keep_open = true;  ///< false: it ends after `bytes`
  bool reset = false;     ///< it ends with a reset instead of a close
};

class RawHttpServer {
 public:
  using Serve = std::function<RawAnswer(const FakeAwsRequest&)>;
  static constexpr std::size_t kMaxConnections = 256;
  /// Ours: more than any request AWS takes.
  static constexpr std::size_t kMaxBodyBytes = 16u << 20;
  static constexpr std::size_t kMaxHeadBytes = 64u << 10;

  explicit RawHttpServer(Serve serve) : serve_(std::move(serve)) {}
  ~RawHttpServer();
  RawHttpServer(const RawHttpServer&) = delete;
  RawHttpServer& operator=(const RawHttpServer&) = delete;

  Result<void> listen();
  std::uint16_t port() const noexcept { return port_; }
  bool stopping() const noexcept { return stopping_.load(); }

 private:
  void accept_all();
  void admit(int socket);
  void serve_connection(int socket);
  void leave(int socket);

  const Serve serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::vector<int> open_;  // sockets of running connections
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
