// SPDX-License-Identifier: Apache-2.0
#include "testing_http/raw_http_server.hpp"

#include <aloft/core/text.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Reads requests off one connection, one after the other.
class RequestReader {
 public:
  explicit RequestReader(int socket) : socket_(socket) {}

  /// Nothing when the peer has gone or what came is not a request that a fake can read.
  std::optional<FakeAwsRequest> next() {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (buffer_.size() > RawHttpServer::kMaxHeadBytes || !fill()) return std::nullopt;
    }
    FakeAwsRequest request;
    if (!read_head(std::string_view(buffer_).substr(0, end), request)) return std::nullopt;
    buffer_.erase(0, end + 4);
    std::size_t length = 0;
    if (const auto text = request.headers.get("content-length")) {
      const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), length);
      if (error != std::errc() || stop != text->data() + text->size()) return std::nullopt;
    }
    if (length > RawHttpServer::kMaxBodyBytes) return std::nullopt;
    if (request.headers.get("expect") && !send_all(socket_, kContinue)) return std::nullopt;
    while (buffer_.size() < length) {
      if (!fill()) return std::nullopt;
    }
    request.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return request;
  }

 private:
  static bool read_head(std::string_view head, FakeAwsRequest& request) {
    const std::size_t line_end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, line_end);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return false;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    for (std::size_t at = line_end; at < head.size();) {
      at += 2;
      const std::size_t end = std::min(head.find("\r\n", at), head.size());
      const std::string_view field = head.substr(at, end - at);
      const std::size_t colon = field.find(':');
      if (colon == std::string_view::npos) return false;
      if (!request.headers.try_add(field.substr(0, colon), text::trim(field.substr(colon + 1)))) {
        return false;
      }
      at = end;
    }
    return true;
  }
  bool fill() {
    char bytes[16'384];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string buffer_;
};

}  // namespace

Result<void> RawHttpServer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  void* const generic = &address;
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, static_cast<sockaddr*>(generic), size) != 0 ||
      ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, static_cast<sockaddr*>(generic), &size) != 0) {
    return fail(ErrorCode::resource_exhausted, "no socket for the fake could be had",
                "raise the limit of open files");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
  return {};
}

RawHttpServer::~RawHttpServer() {
  stopping_ = true;
  if (listener_ >= 0) ::shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  std::unique_lock lock(mutex_);
  for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  idle_.wait(lock, [this] { return open_.empty(); });
  if (listener_ >= 0) ::close(listener_);
}

void RawHttpServer::accept_all() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) {
      admit(socket);
    } else if (errno == EMFILE || errno == ENFILE) {
      ::poll(nullptr, 0, 1);  // until some connection has ended
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void RawHttpServer::admit(int socket) {
  const std::lock_guard lock(mutex_);
  if (open_.size() >= kMaxConnections || stopping_) {
    ::close(socket);
    return;
  }
  open_.push_back(socket);
  std::thread([this, socket] { serve_connection(socket); }).detach();
}

void RawHttpServer::serve_connection(int socket) {
  RequestReader reader(socket);
  bool open = true;
  while (open && !stopping_) {
    const std::optional<FakeAwsRequest> request = reader.next();
    if (!request) break;
    const RawAnswer answer = serve_(*request);
    open = send_all(socket, answer.bytes) && answer.keep_open;
    if (answer.reset) {
      const linger hard{1, 0};  // the close says RST
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
  }
  leave(socket);
}

void RawHttpServer::leave(int socket) {
  // The last thing this thread does with the server: the destructor waits for it under the mutex.
  const std::lock_guard lock(mutex_);
  ::close(socket);
  std::erase(open_, socket);
  idle_.notify_all();
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
