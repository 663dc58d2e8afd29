// SPDX-License-Identifier: Apache-2.0
// The writing end of a response that goes on: server-sent events, a long download.
//
// A handler answers `Response::stream(type, on_open)`. Once the headers are on their way, `on_open`
// gets a `StreamWriter`; copies of it may be kept and used from any thread, long after the handler
// returned. Nothing blocks: a reader too slow to keep the unsent bytes under 256 KiB is cut off.
// When the connection goes, every copy becomes inert.
//
//   return Response::stream("text/event-stream", [this](StreamWriter writer) {
//     writer.write(": hello\n\n");
//     subscribers_.push_back(writer);   // under the subscriber list's own lock
//   });
//
// Thread-safety: all of it, any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http {

/// Ours: a second of a very busy event stream; per connection, so 64 MiB at 256 stuck readers.
inline constexpr std::size_t kMaxUnsentStreamBytes = 256 * 1024;

/// What an adapter implements to carry a stream. Thread-safe.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  /// False: closed, by either side or because `chunk` did not fit; it stays closed.
  virtual bool write(std::string chunk) = 0;
  virtual bool open() const noexcept = 0;
  virtual void close() noexcept = 0;
};

class StreamWriter {
 public:
  /// Inert: not open, refuses every write.
  StreamWriter() = default;
  explicit StreamWriter(std::shared_ptr<StreamSink> sink) noexcept : sink_(std::move(sink)) {}

  /// Queues `chunk`, copies nothing more than once, never blocks.
  /// @return false once the stream is closed, and then forget the writer.
  bool write(std::string chunk) { return sink_ && sink_->write(std::move(chunk)); }
  bool open() const noexcept { return sink_ && sink_->open(); }
  /// Sends what is queued, then ends the response. Idempotent.
  void close() noexcept {
    if (sink_) sink_->close();
  }

 private:
  std::shared_ptr<StreamSink> sink_;
};

}  // namespace http
}  // namespace v0
}  // namespace aloft
