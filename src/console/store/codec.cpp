// SPDX-License-Identifier: Apache-2.0
#include "console/store/codec.hpp"

#include "console/datagram.hpp"

// So that the input pointer of a stream takes constant bytes.
#define ZLIB_CONST
#include <zlib.h>

namespace aloft::console {
namespace {

// Below, the header of zlib and the call cost more than they save.
constexpr std::size_t kWorthPackingBytes = 256;
// The fastest level: segment documents repeat their keys, so even it halves them.
constexpr int kLevel = 1;
constexpr int kGzipWindowBits = 15 + 16;

void feed(z_stream& stream, std::string_view in, char* out, std::size_t out_bytes) noexcept {
  stream.next_in = reinterpret_cast<const Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out);
  stream.avail_out = static_cast<uInt>(out_bytes);
}

}  // namespace

Compressor::Compressor() : stream_(std::make_unique<z_stream>()) {
  ready_ = deflateInit(stream_.get(), kLevel) == Z_OK;
}

Compressor::~Compressor() {
  if (ready_) deflateEnd(stream_.get());
}

std::string_view Compressor::pack(std::string_view plain) {
  if (!ready_ || plain.size() < kWorthPackingBytes) return plain;
  if (out_.size() < plain.size()) out_.resize(plain.size());
  deflateReset(stream_.get());
  // One byte less than the plain form: what does not fit is not worth it.
  feed(*stream_, plain, out_.data(), plain.size() - 1);
  if (deflate(stream_.get(), Z_FINISH) != Z_STREAM_END) return plain;
  return {out_.data(), stream_->total_out};
}

bool unpack(std::string_view packed, std::size_t plain_bytes, std::string& out) {
  if (packed.size() == plain_bytes) {
    out += packed;
    return true;
  }
  // The size comes from a file that may be somebody else's; none of ours is larger.
  if (plain_bytes > kMaxDatagramBytes) return false;
  const std::size_t before = out.size();
  out.resize(before + plain_bytes);
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return false;
  feed(stream, packed, out.data() + before, plain_bytes);
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == plain_bytes;
  inflateEnd(&stream);
  if (!whole) out.resize(before);
  return whole;
}

std::string gzip(std::string_view plain) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindowBits, 9,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  feed(stream, plain, out.data(), out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

}  // namespace aloft::console
