// SPDX-License-Identifier: Apache-2.0
// Documents as the store keeps them: deflated when that saves room, otherwise as they are.
//
// Thread-safety: one object a thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct z_stream_s;

namespace aloft::console {

class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// The deflated form, or `plain` itself when it is short or would not shrink; a reader tells the
  /// two apart by their length. The view lives until the next call.
  std::string_view pack(std::string_view plain);

 private:
  std::unique_ptr<z_stream_s> stream_;
  std::string out_;
  bool ready_ = false;
};

/// Appends the `plain_bytes` bytes that `packed` stands for; false when it is damaged.
bool unpack(std::string_view packed, std::size_t plain_bytes, std::string& out);

/// `plain` as a gzip file, for the page. Empty when it fails.
std::string gzip(std::string_view plain);

}  // namespace aloft::console
