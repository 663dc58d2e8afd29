// SPDX-License-Identifier: Apache-2.0
#include "core/crc32c.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

using detail::crc32c;

std::string counted(int first, int step) {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(first + step * i));
  return bytes;
}

// RFC 3720, B.4, "CRC Examples"; the sums are printed there byte by byte, lowest first.
TEST(Crc32c, GivesThePublishedSums) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(crc32c(counted(0, 1)), 0x46DD794Eu);
  EXPECT_EQ(crc32c(counted(31, -1)), 0x113FDB5Cu);
  // An iSCSI SCSI Read (10) command PDU.
  std::string pdu("\x01\xC0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x14\0\0\0\0\0\x04\0\0\0\0\x14\0\0\0\x18",
                  32);
  pdu += std::string("\x28\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0", 16);
  EXPECT_EQ(crc32c(pdu), 0xD9963A56u);
  // The check value of the catalogues.
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
}

TEST(Crc32c, OfNothingIsWhatWasBefore) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("", 0x1234u), 0x1234u);
}

TEST(Crc32c, IsTheSameHoweverTheBytesAreCut) {
  const std::string bytes = counted(1, 7) + counted(200, 3);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::string_view whole = bytes;
    EXPECT_EQ(crc32c(whole.substr(cut), crc32c(whole.substr(0, cut))), crc32c(whole)) << cut;
  }
}

}  // namespace
}  // namespace aloft
