// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/json_reader.hpp>

#include <gtest/gtest.h>

#include <string>

namespace aloft::http {
namespace {

constexpr std::string_view kCharge =
    R"({"amount_minor":4200,"currency":"USD","card":{"number":"4242","tags":["a","b"]},)"
    R"("rate":1.5,"live":true,"note":null})";

TEST(JsonDocument, ReadsFieldsByPointer) {
  const Result<JsonDocument> body = JsonDocument::parse(kCharge);
  ASSERT_TRUE(body);

  EXPECT_EQ(*body->integer("/amount_minor"), 4200);
  EXPECT_EQ(*body->text("/currency"), "USD");
  EXPECT_EQ(*body->text("/card/number"), "4242");
  EXPECT_EQ(*body->text("/card/tags/1"), "b");
  EXPECT_EQ(*body->number("/rate"), 1.5);
  EXPECT_EQ(*body->number("/amount_minor"), 4200.0);
  EXPECT_TRUE(*body->boolean("/live"));
  EXPECT_EQ(*body->size("/card/tags"), 2u);
  EXPECT_EQ(*body->size(""), 6u);
  EXPECT_TRUE(body->is_object());
}

TEST(JsonDocument, TellsMissingFromMistyped) {
  const Result<JsonDocument> body = JsonDocument::parse(kCharge);
  ASSERT_TRUE(body);

  EXPECT_EQ(body->text("/nothing").error().code, ErrorCode::not_found);
  EXPECT_EQ(body->text("/nothing").error().message, "field /nothing is missing");
  EXPECT_EQ(body->text("/card/number/deeper").error().code, ErrorCode::not_found);
  EXPECT_EQ(body->integer("/currency").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(body->integer("/rate").error().message, "field /rate is not an integer of 64 bits");
  EXPECT_EQ(body->text("/note").error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(body->has("/note"));
  EXPECT_FALSE(body->has("/nothing"));
}

TEST(JsonDocument, RefusesBrokenInputWithoutQuotingIt) {
  for (const char* bad : {"", "{", "{\"card\":\"4111111111111111\"", "{\"a\":1}4111", "[1,]",
                          "{a:1}", "\"\xff\xfe\"", "nul", "{\"a\":01}"}) {
    const Result<JsonDocument> body = JsonDocument::parse(bad);
    ASSERT_FALSE(body) << bad;
    EXPECT_EQ(body.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(body.error().to_string(), "invalid_argument: the document is not valid JSON");
  }
}

TEST(JsonDocument, StopsAtItsDepth) {
  const std::string fits = std::string(32, '[') + std::string(32, ']');
  const std::string deep = std::string(33, '[') + std::string(33, ']');

  EXPECT_TRUE(JsonDocument::parse(fits));
  EXPECT_EQ(JsonDocument::parse(deep).error().code, ErrorCode::resource_exhausted);
  EXPECT_FALSE(JsonDocument::parse(std::string(100'000, '[')));
}

TEST(JsonDocument, StopsAtItsSize) {
  const Result<JsonDocument> body = JsonDocument::parse("[1,2,3]", {.bytes = 6});

  EXPECT_EQ(body.error().code, ErrorCode::resource_exhausted);
  EXPECT_TRUE(JsonDocument::parse("[1,2,3]", {.bytes = 7}));
}

TEST(JsonDocument, AcceptsAScalar) {
  const Result<JsonDocument> body = JsonDocument::parse("42");
  ASSERT_TRUE(body);

  EXPECT_EQ(*body->integer(""), 42);
  EXPECT_FALSE(body->is_object());
  EXPECT_EQ(body->size("").error().code, ErrorCode::invalid_argument);
}

TEST(JsonDocument, GivesTheMembersOfAnObjectOfStrings) {
  const Result<JsonDocument> body =
      JsonDocument::parse(R"({"a":{"x/y":"1","é":"","x/y":"2"},"b":{"x":1},"c":[],"d":{}})");
  ASSERT_TRUE(body);

  const auto members = *body->texts("/a");
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(members[0].key, "x/y");
  EXPECT_EQ(members[0].text, "1");
  EXPECT_EQ(members[1].key, "é");
  EXPECT_EQ(members[2].text, "2");
  EXPECT_TRUE(body->texts("/d")->empty());
  EXPECT_EQ(body->texts("/b").error().message, "field /b is not an object of strings");
  EXPECT_EQ(body->texts("/c").error().message, "field /c is not an object");
  EXPECT_EQ(body->texts("/e").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aloft::http
