// SPDX-License-Identifier: Apache-2.0
#include "console/trace_id.hpp"

#include <gtest/gtest.h>

namespace aloft::console {
namespace {

TEST(TraceId, ReadsAndWritesTheTextForm) {
  const auto id = TraceId::parse("1-67891234-0123456789abcdef01234567");

  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "1-67891234-0123456789abcdef01234567");
  EXPECT_EQ(id->bytes().size(), 16U);
  EXPECT_EQ(TraceId::from_bytes(id->bytes()), id);
}

TEST(TraceId, TakesUpperCaseDigitsAndWritesLowerCase) {
  const auto id = TraceId::parse("1-ABCDEF12-ABCDEFABCDEFABCDEFABCDEF");

  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "1-abcdef12-abcdefabcdefabcdefabcdef");
}

TEST(TraceId, RefusesEverythingElse) {
  for (const char* text :
       {"", "1", "1-67891234-0123456789abcdef0123456", "1-67891234-0123456789abcdef012345678",
        "2-67891234-0123456789abcdef01234567", "1-6789123-40123456789abcdef01234567",
        "1-67891234-0123456789abcdef0123456g", "1-6789-234-0123456789abcdef01234567",
        "1 67891234-0123456789abcdef01234567"}) {
    EXPECT_FALSE(TraceId::parse(text)) << text;
  }
  EXPECT_FALSE(TraceId::from_bytes("short"));
}

TEST(SegmentId, IsExactlySixteenHexDigits) {
  EXPECT_EQ(parse_segment_id("00000000000000ff"), 255U);
  EXPECT_EQ(parse_segment_id("FFFFFFFFFFFFFFFF"), 0xffffffffffffffffU);
  EXPECT_FALSE(parse_segment_id("ff"));
  EXPECT_FALSE(parse_segment_id("00000000000000fg"));
  EXPECT_FALSE(parse_segment_id("+0000000000000ff"));
}

}  // namespace
}  // namespace aloft::console
