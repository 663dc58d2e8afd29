// SPDX-License-Identifier: Apache-2.0
#include "http_client/gzip.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

// Spans look alike: level 1 leaves a thirteenth, as zlib's first level does, in a seventh of its
// time (docs/decisions/0008-gzip-is-isa-l.md). Level 0 is no faster and a quarter larger.
constexpr std::uint32_t kLevel = 1;
// What is compressed is gathered here and appended: a body that is made large enough for the worst
// case would be ten times what it becomes, cleared and mapped anew for each request.
constexpr std::size_t kPieceBytes = 16u << 10;
// What is to be compressed is gathered, too: each call moves the last 32 KiB, the window.
constexpr std::size_t kInputBytes = 64u << 10;

}  // namespace

struct Gzip::Stream {
  isal_zstream z;
  std::uint8_t level_buffer[ISAL_DEF_LVL1_DEFAULT];
  std::uint8_t input[kInputBytes];
  std::size_t input_bytes;
  std::uint8_t piece[kPieceBytes];

  Stream() noexcept {
    isal_deflate_init(&z);
    z.level = kLevel;
    z.level_buf = level_buffer;
    z.level_buf_size = sizeof level_buffer;
  }
  void rewind() noexcept {
    z.next_out = piece;
    z.avail_out = kPieceBytes;
  }
};

Gzip::Gzip() : stream_(new (std::nothrow) Stream) {}
Gzip::~Gzip() = default;

void Gzip::begin(std::string& out) {
  out_ = &out;
  out.clear();
  isal_deflate_reset(&stream_->z);
  stream_->z.gzip_flag = IGZIP_GZIP;  // it changes once the header is written
  stream_->z.end_of_stream = 0;
  stream_->input_bytes = 0;
  stream_->rewind();
  good_ = true;
}

void Gzip::run() {
  isal_zstream& z = stream_->z;
  z.next_in = stream_->input;
  z.avail_in = static_cast<std::uint32_t>(std::exchange(stream_->input_bytes, 0));
  do {
    if (z.avail_out == 0) take_piece();
    good_ = good_ && isal_deflate(&z) == COMP_OK;
  } while (good_ && z.avail_out == 0);
}

void Gzip::take_piece() {
  out_->append(reinterpret_cast<const char*>(stream_->piece), kPieceBytes - stream_->z.avail_out);
  stream_->rewind();
}

void Gzip::add(std::string_view part) {
  while (!part.empty()) {
    if (stream_->input_bytes == kInputBytes) run();
    const std::size_t bytes = std::min(part.size(), kInputBytes - stream_->input_bytes);
    std::memcpy(stream_->input + stream_->input_bytes, part.data(), bytes);
    stream_->input_bytes += bytes;
    part.remove_prefix(bytes);
  }
}

bool Gzip::finish() {
  stream_->z.end_of_stream = 1;
  run();
  take_piece();
  good_ = good_ && stream_->z.internal_state.state == ZSTATE_END;
  if (!good_) out_->clear();
  return good_;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
