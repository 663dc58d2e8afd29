// SPDX-License-Identifier: Apache-2.0
// The bytes of one streamed response between its writers (any thread) and its connection (one I/O
// thread). Private to the room.
//
// Writers append framed chunks up to the limit; the first byte after an empty buffer wakes the
// connection, which takes everything at once. When the connection goes it calls `detach`, and from
// then on nothing here refers to it.
//
// Thread-safety: all of it.
#pragma once

#include <aloft/http/stream.hpp>

#include "http_server/counters.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace aloft {
inline namespace v0 {
namespace http_server {

class StreamChannel final : public http::StreamSink {
 public:
  /// @param wake  tells the connection to `take`; called under this channel's lock, must not block.
  StreamChannel(std::shared_ptr<Counters> counters, bool chunked, std::function<void()> wake);

  bool write(std::string chunk) override;
  bool open() const noexcept override;
  void close() noexcept override;

  struct Taken {
    std::string bytes;
    bool last = false;  ///< nothing will follow
  };
  /// For the connection: everything unsent. It says later when that was sent.
  Taken take();
  void sent(std::size_t bytes) noexcept;
  /// For the connection: it is gone.
  void detach() noexcept;

 private:
  void close_locked() noexcept;

  const std::shared_ptr<Counters> counters_;
  const bool chunked_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string unsent_;
  std::size_t in_flight_bytes_ = 0;
  bool open_ = true;
  bool ended_ = false;  // the terminating chunk was handed out
};

}  // namespace http_server
}  // namespace v0
}  // namespace aloft
