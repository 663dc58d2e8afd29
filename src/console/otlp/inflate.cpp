// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/inflate.hpp"

// So that the input pointer of a stream takes constant bytes.
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>

namespace aloft::console::otlp {
namespace {

constexpr int kGzipWindowBits = 15 + 16;
// Grown as it fills, so that a small body takes little, and a bomb is noticed at the limit.
constexpr std::size_t kFirstBytes = std::size_t{64} << 10U;

struct Stream {
  z_stream z{};
  bool ready = inflateInit2(&z, kGzipWindowBits) == Z_OK;
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (ready) inflateEnd(&z);
  }
};

}  // namespace

std::variant<std::string, InflateError> inflate_gzip(std::string_view packed,
                                                     std::size_t limit_bytes) {
  Stream stream;
  if (!stream.ready || packed.empty()) return InflateError::damaged;
  z_stream& z = stream.z;
  z.next_in = reinterpret_cast<const Bytef*>(packed.data());
  z.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::size_t filled = 0;
  for (;;) {
    if (filled == out.size()) {
      if (filled > limit_bytes) return InflateError::too_large;
      // One byte more than the limit tells that there is more.
      out.resize(std::min(limit_bytes + 1, std::max(kFirstBytes, filled * 2)));
    }
    z.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    z.avail_out = static_cast<uInt>(out.size() - filled);
    const int result = inflate(&z, Z_NO_FLUSH);
    filled = out.size() - z.avail_out;
    if (result == Z_STREAM_END) {
      if (z.avail_in == 0) break;
      if (inflateReset(&z) != Z_OK) return InflateError::damaged;
    } else if (result != Z_OK || (z.avail_in == 0 && z.avail_out != 0)) {
      return InflateError::damaged;
    }
  }
  if (filled > limit_bytes) return InflateError::too_large;
  out.resize(filled);
  return out;
}

}  // namespace aloft::console::otlp
