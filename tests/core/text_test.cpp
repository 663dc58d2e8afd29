// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/text.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace aloft::text {
namespace {

TEST(Text, CutsBetweenCharactersOnly) {
  EXPECT_EQ(cut("grün", 4), "grü");
  EXPECT_EQ(cut("grün", 3), "gr");
  EXPECT_EQ(cut("grün", 9), "grün");
  EXPECT_EQ(cut("a€", 3), "a");
  EXPECT_EQ(cut("𝄞", 3), "");
}

TEST(Text, CutsBytesThatAreNoUtf8AtTheLimit) {
  EXPECT_EQ(cut("\x80\x80\x80\x80\x80\x80", 5).size(), 5u);
}

TEST(Text, ParsesDecimalsThatFitAndNothingElse) {
  EXPECT_EQ(parse_decimal("18446744073709551615"), 18'446'744'073'709'551'615u);
  EXPECT_EQ(parse_decimal("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_decimal(""), std::nullopt);
  EXPECT_EQ(parse_decimal("-1"), std::nullopt);
  EXPECT_EQ(parse_decimal("1 "), std::nullopt);
}

TEST(Text, ParsesUpTo16HexDigitsInEitherCase) {
  EXPECT_EQ(parse_hex("FfffFfffFfffFfff"), 0xFFFF'FFFF'FFFF'FFFFu);
  EXPECT_EQ(parse_hex("0"), 0u);
  EXPECT_EQ(parse_hex("10000000000000000"), std::nullopt);
  EXPECT_EQ(parse_hex("g"), std::nullopt);
  EXPECT_EQ(parse_hex(""), std::nullopt);
}

TEST(Text, WritesSixteenHexDigits) {
  char digits[16];
  write_hex(0x0123'4567'89ab'cdef, digits);
  EXPECT_EQ(std::string(digits, 16), "0123456789abcdef");
}

TEST(Text, WritesEachByteAtEachPlace) {
  for (unsigned place = 0; place < 8; ++place) {
    for (std::uint64_t byte = 0; byte < 256; ++byte) {
      const std::uint64_t value = byte << (8 * place) | (byte ^ 0xFF) << (8 * (7 - place));
      char digits[16];
      write_hex(value, digits);
      ASSERT_EQ(parse_hex({digits, 16}), value);
    }
  }
}

TEST(Text, TrimsBlanksAndTabs) {
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

TEST(Text, ComparesIgnoringAsciiCaseOnly) {
  EXPECT_TRUE(equals_ignoring_case("X-Amzn-Trace-Id", "x-amzn-trace-id"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("Ä", "ä"));
}

TEST(Text, ComparesEachByteAtEachPlaceOfEachLength) {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int first = 0; first < 256; ++first) {
        for (const int second : {first, first ^ 0x20, first ^ 0x80, first ^ 1}) {
          for (const char rest : {'k', 'K'}) {
            std::string a(size, 'k');
            std::string b(size, rest);
            a[place] = static_cast<char>(first);
            b[place] = static_cast<char>(second);
            ASSERT_EQ(equals_ignoring_case(a, b), to_lower(a[place]) == to_lower(b[place]))
                << first << " and " << second << " at " << place << " of " << size;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace aloft::text
