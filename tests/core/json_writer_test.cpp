// SPDX-License-Identifier: Apache-2.0
#include <aloft/core/json_writer.hpp>

#include <gtest/gtest.h>

#include <charconv>

#include <clocale>
#include <cmath>
#include <limits>
#include <string>

namespace aloft::json {
namespace {

template <typename Write>
std::string written(Write write) {
  Buffer buffer(4'096);
  Writer json(buffer);
  write(json);
  return std::string(buffer.view());
}

TEST(JsonWriter, PlacesCommasBetweenMembersAndElements) {
  const std::string text = written([](Writer& json) {
    json.begin_object();
    json.key("a").integer(1);
    json.key("b").begin_array();
    json.boolean(true);
    json.null();
    json.end_array();
    json.key("c").begin_object();
    json.end_object();
    json.end_object();
  });

  EXPECT_EQ(text, R"({"a":1,"b":[true,null],"c":{}})");
}

TEST(JsonWriter, EscapesQuotesBackslashesAndControlCharacters) {
  const std::string text =
      written([](Writer& json) { json.text(std::string_view("\"\\\n\t\x01\x7f\0", 7)); });

  EXPECT_EQ(text, "\"\\\"\\\\\\n\\t\\u0001\\u007f\\u0000\"");
}

TEST(JsonWriter, KeepsWellFormedUtf8) {
  EXPECT_EQ(written([](Writer& json) { json.text("grün €𝄞"); }), "\"grün €𝄞\"");
}

TEST(JsonWriter, ReplacesEachByteThatIsNoUtf8) {
  // A lone continuation byte, an overlong slash, a surrogate, a cut sequence.
  EXPECT_EQ(written([](Writer& json) {
              json.text(
                  "a\x80"
                  "b");
            }),
            "\"a\xEF\xBF\xBD"
            "b\"");
  EXPECT_EQ(written([](Writer& json) { json.text("\xC0\xAF"); }), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written([](Writer& json) { json.text("\xED\xA0\x80"); }),
            "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written([](Writer& json) { json.text("x\xE2\x82"); }), "\"x\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonWriter, WritesNullForNumbersJsonCannotHold) {
  EXPECT_EQ(written([](Writer& json) { json.number(std::nan("")); }), "null");
  EXPECT_EQ(written([](Writer& json) { json.number(std::numeric_limits<double>::infinity()); }),
            "null");
}

TEST(JsonWriter, WritesTheShortestNumberWhateverTheLocale) {
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  EXPECT_EQ(written([](Writer& json) { json.number(0.1); }), "0.1");
  std::setlocale(LC_ALL, "C");
}

TEST(JsonWriter, WritesTheWholeRangeOfIntegers) {
  EXPECT_EQ(written([](Writer& json) { json.integer(std::numeric_limits<std::int64_t>::min()); }),
            "-9223372036854775808");
}

TEST(JsonWriter, WritesEpochSecondsWithExactlySixDecimals) {
  EXPECT_EQ(written([](Writer& json) { json.epoch_seconds(1'763'812'345'123'456'789); }),
            "1763812345.123456");
  EXPECT_EQ(written([](Writer& json) { json.epoch_seconds(1'000); }), "0.000001");
}

TEST(JsonBuffer, StopsAtItsLimitAndSaysSo) {
  Buffer buffer(8);
  Writer json(buffer);

  json.text("0123456789");

  EXPECT_TRUE(buffer.overflowed());
  EXPECT_LE(buffer.size(), 8u);
}

TEST(JsonBuffer, TakesExactlyItsLimit) {
  Buffer buffer(8);

  buffer.append("01234567");

  EXPECT_FALSE(buffer.overflowed());
  buffer.append('8');
  EXPECT_TRUE(buffer.overflowed());
}

TEST(JsonBuffer, IsUsableAgainAfterClear) {
  Buffer buffer(4);
  buffer.append("too long");

  buffer.clear();
  buffer.append("ok");

  EXPECT_EQ(buffer.view(), "ok");
  EXPECT_FALSE(buffer.overflowed());
}

TEST(JsonWriter, WritesEveryShortDecimalAsToCharsDoes) {
  json::Buffer buffer(64);
  std::uint64_t different = 0;
  const auto compare = [&](double value) {
    buffer.clear();
    json::Writer json(buffer);
    json.number(value);
    char expected[32];
    const char* const end = std::to_chars(expected, expected + sizeof expected, value).ptr;
    const std::string_view whole(expected, static_cast<std::size_t>(end - expected));
    different += buffer.view() != whole ? 1u : 0u;
  };

  for (std::uint64_t micros = 0; micros < 500'000; ++micros) {
    compare(static_cast<double>(micros) / 1e6);
  }
  for (std::uint64_t i = 0; i < 500'000; ++i) {
    const double value = static_cast<double>(i * 7'919'777) / 1e6;
    compare(value);
    compare(-value);
    compare(value / 3);
    compare(static_cast<double>(i) * 0.1);
  }

  EXPECT_EQ(different, 0u);
}

}  // namespace
}  // namespace aloft::json
