// SPDX-License-Identifier: Apache-2.0
// Gzip for bodies, with one stream that is kept. Private to the room.
//
// Thread-safety: none.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http_client {

class Gzip {
 public:
  /// 436 KiB for as long as it lives; `ready` is false when there is no memory for them.
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  bool ready() const noexcept { return stream_ != nullptr; }
  /// The parts, one behind the other, as one gzip member; empty when it could not be made.
  void begin(std::string& out);
  void add(std::string_view part);
  bool finish();

 private:
  void run();
  void take_piece();

  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::string* out_ = nullptr;
  bool good_ = false;
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
