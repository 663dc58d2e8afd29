// SPDX-License-Identifier: Apache-2.0
#include "http_client/gzip.hpp"

// So that the input pointer of a stream takes constant bytes.
#define ZLIB_CONST
#include <zlib.h>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

// The fastest level: keys repeat from span to span, so even it leaves a fifth.
constexpr int kLevel = 1;
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kMemoryLevel = 8;

}  // namespace

struct Gzip::Stream {
  z_stream z{};
};

Gzip::Gzip() : stream_(std::make_unique<Stream>()) {
  ready_ = deflateInit2(&stream_->z, kLevel, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                        Z_DEFAULT_STRATEGY) == Z_OK;
}

Gzip::~Gzip() {
  if (ready_) deflateEnd(&stream_->z);
}

void Gzip::begin(std::string& out, std::size_t plain_bytes) {
  out_ = &out;
  good_ = ready_ && deflateReset(&stream_->z) == Z_OK;
  if (!good_) return;
  // The most that it can become, so that nothing is ever appended to it.
  out.resize(deflateBound(&stream_->z, static_cast<uLong>(plain_bytes)));
  stream_->z.next_out = reinterpret_cast<Bytef*>(out.data());
  stream_->z.avail_out = static_cast<uInt>(out.size());
}

void Gzip::run(std::string_view in, int flush) {
  if (!good_) return;
  stream_->z.next_in = reinterpret_cast<const Bytef*>(in.data());
  stream_->z.avail_in = static_cast<uInt>(in.size());
  const int result = deflate(&stream_->z, flush);
  good_ = stream_->z.avail_in == 0 && result == (flush == Z_FINISH ? Z_STREAM_END : Z_OK);
}

void Gzip::add(std::string_view part) {
  if (!part.empty()) run(part, Z_NO_FLUSH);
}

bool Gzip::finish() {
  run({}, Z_FINISH);
  out_->resize(good_ ? stream_->z.total_out : 0);
  return good_;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
