// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/headers.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aloft::http {
namespace {

using namespace std::string_literals;

TEST(Headers, FindsAFieldWhateverTheCaseOfItsName) {
  Headers headers;
  ASSERT_TRUE(headers.add("X-Amzn-Trace-Id", "Root=1"));

  EXPECT_EQ(headers.get("x-amzn-trace-id"), "Root=1");
  EXPECT_EQ(headers.get("X-AMZN-TRACE-ID"), "Root=1");
  EXPECT_EQ(headers.get("x-amzn-trace-i"), std::nullopt);
}

TEST(Headers, KeepsSeveralFieldsOfOneNameInOrder) {
  Headers headers;
  ASSERT_TRUE(headers.add("set-cookie", "a=1"));
  ASSERT_TRUE(headers.add("vary", "accept"));
  ASSERT_TRUE(headers.add("Set-Cookie", "b=2"));

  std::vector<std::string> seen;
  for (const HeaderField field : headers) {
    seen.push_back(std::string(field.name) + "=" + std::string(field.value));
  }

  EXPECT_EQ(seen, (std::vector<std::string>{"set-cookie=a=1", "vary=accept", "Set-Cookie=b=2"}));
  EXPECT_EQ(headers.count("SET-COOKIE"), 2u);
}

TEST(Headers, SetReplacesAllFieldsOfTheName) {
  Headers headers;
  ASSERT_TRUE(headers.add("etag", "1"));
  ASSERT_TRUE(headers.add("ETag", "2"));

  ASSERT_TRUE(headers.set("etag", "3"));

  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers.get("etag"), "3");
}

TEST(Headers, RemoveTellsHowManyThereWere) {
  Headers headers;
  ASSERT_TRUE(headers.add("a", "1"));
  ASSERT_TRUE(headers.add("b", "2"));
  ASSERT_TRUE(headers.add("A", "3"));

  EXPECT_EQ(headers.remove("a"), 2u);
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers.get("b"), "2");
}

TEST(Headers, RefusesAValueThatWouldSplitTheMessage) {
  Headers headers;

  EXPECT_EQ(headers.add("location", "/a\r\nset-cookie: x").error().code,
            ErrorCode::invalid_argument);
  EXPECT_FALSE(headers.try_add("location", "/a\nb"));
  EXPECT_FALSE(headers.try_add("location", "/a\rb"));
  EXPECT_FALSE(headers.try_add("location", "/a\0b"s));
  EXPECT_FALSE(headers.try_add("location", "/a\x7f"));
  EXPECT_FALSE(headers.try_add("location", " /a"));
  EXPECT_FALSE(headers.try_add("location", "/a\t"));
  EXPECT_TRUE(headers.empty());
}

TEST(Headers, RefusesANameThatIsNoToken) {
  Headers headers;

  EXPECT_FALSE(headers.try_add("", "v"));
  EXPECT_FALSE(headers.try_add("a b", "v"));
  EXPECT_FALSE(headers.try_add("a:", "v"));
  EXPECT_FALSE(headers.try_add("a\r\n", "v"));
  EXPECT_FALSE(headers.try_add("\xc3\xa9", "v"));
  EXPECT_FALSE(headers.try_add(std::string(257, 'a'), "v"));
  EXPECT_TRUE(headers.try_add(std::string(256, 'a'), "v"));
}

TEST(Headers, NeverQuotesWhatItRefused) {
  Headers headers;

  const Error error = headers.add("authorization", "Bearer secret\n").error();

  EXPECT_EQ(error.to_string().find("secret"), std::string::npos);
}

TEST(Headers, SeesABadByteAtEveryPlaceOfAValue) {
  for (std::size_t at = 0; at < 24; ++at) {
    for (const char bad : {'\0', '\r', '\n', '\x1f', '\x7f'}) {
      std::string value(24, '~');
      value[at] = bad;
      EXPECT_FALSE(is_valid_header_value(value)) << at;
    }
    std::string fine(24, 'a');
    fine[at] = '\xff';
    EXPECT_TRUE(is_valid_header_value(fine)) << at;
  }
}

TEST(Headers, ReplacesByTheFieldsOfAnother) {
  Headers headers;
  ASSERT_TRUE(headers.add("x-a", "old"));
  ASSERT_TRUE(headers.add("x-b", "kept"));
  Headers other;
  ASSERT_TRUE(other.add("X-A", "1"));
  ASSERT_TRUE(other.add("X-A", "2"));

  EXPECT_EQ(headers.replace_by(other), 0u);
  EXPECT_EQ(headers.count("x-a"), 2u);
  EXPECT_EQ(headers.get("x-a"), "1");
  EXPECT_EQ(headers.get("x-b"), "kept");
}

TEST(Headers, AcceptsTabsAndBytesAboveAsciiInsideAValue) {
  EXPECT_TRUE(is_valid_header_value("a\tb \xc3\xa9"));
  EXPECT_TRUE(is_valid_header_value(""));
  EXPECT_TRUE(is_valid_header_value(std::string(8192, 'a')));
  EXPECT_FALSE(is_valid_header_value(std::string(8193, 'a')));
}

TEST(Headers, StopsAtItsLimitOfFields) {
  Headers headers;
  for (int i = 0; i < 128; ++i) ASSERT_TRUE(headers.add("n", "v"));

  EXPECT_EQ(headers.add("n", "v").error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(headers.size(), 128u);
}

TEST(Headers, StopsAtItsLimitOfBytes) {
  Headers headers;
  const std::string value(8192, 'v');
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(headers.add("n", value));

  EXPECT_EQ(headers.add("n", value).error().code, ErrorCode::resource_exhausted);
}

TEST(Headers, MovesAndCopiesManyFieldsWhole) {
  Headers headers;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(headers.add("name-" + std::to_string(i), std::string(40, 'v')));
  }

  const Headers copy = headers;
  Headers moved = std::move(headers);
  ASSERT_EQ(moved.remove("name-3"), 1u);

  EXPECT_EQ(copy.size(), 20u);
  EXPECT_EQ(copy.get("name-19"), std::string(40, 'v'));
  EXPECT_EQ(copy.at(3).name, "name-3");
  EXPECT_EQ(moved.size(), 19u);
  EXPECT_EQ(moved.at(3).name, "name-4");
  EXPECT_EQ(moved.at(18).name, "name-19");
  EXPECT_TRUE(headers.empty());  // NOLINT(bugprone-use-after-move): what a move leaves is promised
}

TEST(Headers, RefusedSetChangesNothing) {
  Headers headers;
  ASSERT_TRUE(headers.add("a", "1"));

  EXPECT_FALSE(headers.try_set("a", "\n"));
  EXPECT_EQ(headers.get("a"), "1");
}

}  // namespace
}  // namespace aloft::http
