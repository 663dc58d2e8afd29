// SPDX-License-Identifier: Apache-2.0
#include "telemetry/delivery/log_format.hpp"

#include "core/crc32c.hpp"

#include <cstring>

namespace aloft {
inline namespace v0 {
namespace delivery {
namespace {

using detail::crc32c;

constexpr std::string_view kFileMagic = "ALOFTWAL";
constexpr std::size_t kPrefixBytes = 16;
constexpr std::uint32_t kRecordMagic = 0xA10F'7EC1;
constexpr std::uint32_t kAcknowledgementMagic = 0xA10F'7EC2;

template <typename Word>
void put(std::string& out, Word word) {
  for (std::size_t byte = 0; byte < sizeof(Word); ++byte) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(word >> (8 * byte))));
  }
}

template <typename Word>
Word get(std::string_view bytes, std::size_t at) noexcept {
  Word word = 0;
  for (std::size_t byte = 0; byte < sizeof(Word); ++byte) {
    word = static_cast<Word>(word | static_cast<Word>(static_cast<unsigned char>(bytes[at + byte]))
                                        << (8 * byte));
  }
  return word;
}

std::uint64_t to_word(WallTime time) noexcept {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}
WallTime to_time(std::uint64_t word) noexcept {
  return WallTime(Nanoseconds(static_cast<std::int64_t>(word)));
}

/// What a header is summed after, so that it is a header in this file only.
std::uint32_t salted(std::uint64_t salt) noexcept {
  char bytes[sizeof salt];
  for (std::size_t byte = 0; byte < sizeof salt; ++byte) {
    bytes[byte] = static_cast<char>(static_cast<unsigned char>(salt >> (8 * byte)));
  }
  return crc32c({bytes, sizeof bytes});
}

void append_frame_header(std::string& out, std::uint64_t salt, const FrameHeader& header) {
  const std::size_t begin = out.size();
  put(out, header.acknowledges ? kAcknowledgementMagic : kRecordMagic);
  put(out, header.body_bytes);
  put(out, header.sequence);
  put(out, header.count);
  put(out, header.tenant_bytes);
  put(out, to_word(header.time));
  put(out, header.body_crc);
  put(out, crc32c(std::string_view(out).substr(begin), salted(salt)));
}

HeaderState decode_copy(std::string_view copy, FileHeader& header) noexcept {
  const std::string_view prefix = copy.substr(0, kPrefixBytes);
  if (!prefix.starts_with(kFileMagic) ||
      get<std::uint32_t>(prefix, 12) != crc32c(prefix.substr(0, 12))) {
    return HeaderState::damaged;
  }
  if (get<std::uint32_t>(prefix, 8) != kLogVersion) return HeaderState::newer;
  if (get<std::uint32_t>(copy, 44) != crc32c(copy.substr(0, 44))) return HeaderState::damaged;
  header.salt = get<std::uint64_t>(copy, 16);
  header.first = get<std::uint64_t>(copy, 24);
  header.made = to_time(get<std::uint64_t>(copy, 32));
  return HeaderState::good;
}

}  // namespace

std::string encode_file_header(const FileHeader& header) {
  std::string copy(kFileMagic);
  put(copy, kLogVersion);
  put(copy, crc32c(copy));
  put(copy, header.salt);
  put(copy, header.first);
  put(copy, to_word(header.made));
  put(copy, std::uint32_t{0});
  put(copy, crc32c(copy));
  return copy + copy;
}

HeaderState decode_file_header(std::string_view bytes, FileHeader& header) noexcept {
  if (bytes.size() < kFileHeaderBytes || bytes.find_first_not_of('\0') == std::string_view::npos) {
    return HeaderState::empty;
  }
  const HeaderState first = decode_copy(bytes.substr(0, kHeaderCopyBytes), header);
  if (first != HeaderState::damaged) return first;
  return decode_copy(bytes.substr(kHeaderCopyBytes, kHeaderCopyBytes), header);
}

void append_record_frame(std::string& out, std::uint64_t salt, std::uint64_t sequence,
                         const Record& record) {
  FrameHeader header;
  header.body_bytes = static_cast<std::uint32_t>(record.tenant.size() + record.payload.size());
  header.sequence = sequence;
  header.count = record.count;
  header.tenant_bytes = static_cast<std::uint32_t>(record.tenant.size());
  header.time = record.time;
  header.body_crc = crc32c(record.payload, crc32c(record.tenant));
  const std::size_t end = out.size() + frame_bytes(header.body_bytes);
  append_frame_header(out, salt, header);
  out += record.tenant;
  out += record.payload;
  out.resize(end, '\0');
}

void append_acknowledgement(std::string& out, std::uint64_t salt, std::uint64_t first,
                            std::uint32_t count) {
  FrameHeader header;
  header.acknowledges = true;
  header.sequence = first;
  header.count = count;
  append_frame_header(out, salt, header);
}

bool decode_frame_header(std::string_view bytes, std::uint64_t salt, FrameHeader& header) noexcept {
  const auto magic = get<std::uint32_t>(bytes, 0);
  if (magic != kRecordMagic && magic != kAcknowledgementMagic) return false;
  if (get<std::uint32_t>(bytes, 36) != crc32c(bytes.substr(0, 36), salted(salt))) return false;
  header.acknowledges = magic == kAcknowledgementMagic;
  header.body_bytes = get<std::uint32_t>(bytes, 4);
  header.sequence = get<std::uint64_t>(bytes, 8);
  header.count = get<std::uint32_t>(bytes, 16);
  header.tenant_bytes = get<std::uint32_t>(bytes, 20);
  header.time = to_time(get<std::uint64_t>(bytes, 24));
  header.body_crc = get<std::uint32_t>(bytes, 32);
  return header.body_bytes <= kMaxRecordBytes && header.tenant_bytes <= header.body_bytes &&
         (!header.acknowledges || header.body_bytes == 0);
}

bool body_matches(const FrameHeader& header, std::string_view body) noexcept {
  return body.size() == header.body_bytes && crc32c(body) == header.body_crc;
}

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
