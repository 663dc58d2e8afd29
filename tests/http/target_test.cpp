// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/target.hpp>

#include <aloft/http/request.hpp>

#include <gtest/gtest.h>

#include <string>

namespace aloft::http {
namespace {

using namespace std::string_literals;

bool accepts(std::string_view target) { return split_target(target).has_value(); }

TEST(Target, SplitsPathAndQueryWithoutDecoding) {
  const Result<TargetParts> parts = split_target("/v1/a%2Fb?limit=10&x=%26");

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->path, "/v1/a%2Fb");
  EXPECT_EQ(parts->query, "limit=10&x=%26");
}

TEST(Target, AcceptsTheAsteriskForm) { EXPECT_EQ(split_target("*")->path, "*"); }

TEST(Target, RefusesWhatDoesNotStartWithASlash) {
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts("v1"));
  EXPECT_FALSE(accepts("?a=1"));
  EXPECT_FALSE(accepts("**"));
}

TEST(Target, RefusesBadEscapes) {
  EXPECT_FALSE(accepts("/%"));
  EXPECT_FALSE(accepts("/%4"));
  EXPECT_FALSE(accepts("/%4g"));
  EXPECT_FALSE(accepts("/%g4"));
  EXPECT_FALSE(accepts("/a%2/b"));
}

TEST(Target, RefusesControlBytesPlainOrEncoded) {
  EXPECT_FALSE(accepts("/a\0b"s));
  EXPECT_FALSE(accepts("/%00"));
  EXPECT_FALSE(accepts("/%0a"));
  EXPECT_FALSE(accepts("/%0D"));
  EXPECT_FALSE(accepts("/%7f"));
}

TEST(Target, RefusesDotSegmentsInAnySpelling) {
  EXPECT_FALSE(accepts("/."));
  EXPECT_FALSE(accepts("/a/../b"));
  EXPECT_FALSE(accepts("/a/%2e%2E/b"));
  EXPECT_FALSE(accepts("/a/.%2e"));
  EXPECT_TRUE(accepts("/a/..."));
  EXPECT_TRUE(accepts("/a/.b"));
  EXPECT_TRUE(accepts("/a//b"));
}

TEST(Target, RefusesAFragment) { EXPECT_FALSE(accepts("/a?b#c")); }

TEST(Target, NeverQuotesTheTarget) {
  const Error error = split_target("/4111111111111111/%zz").error();

  EXPECT_EQ(error.to_string().find("4111"), std::string::npos);
}

TEST(Query, DecodesNamesAndValuesAndKeepsSeveral) {
  const Result<Query> query = Query::parse("a=1&b=x%20y&a=2&c&d=&=e&f=a+b%2B");

  ASSERT_TRUE(query);
  EXPECT_EQ(query->get("a"), "1");
  EXPECT_EQ(query->count("a"), 2u);
  EXPECT_EQ(query->get("b"), "x y");
  EXPECT_EQ(query->get("c"), "");
  EXPECT_EQ(query->get("d"), "");
  EXPECT_EQ(query->get(""), "e");
  EXPECT_EQ(query->get("f"), "a b+");
  EXPECT_EQ(query->get("g"), std::nullopt);
}

TEST(Query, IgnoresEmptyPairs) {
  EXPECT_EQ(Query::parse("&&a=1&")->parameters().size(), 1u);
  EXPECT_EQ(Query::parse("")->parameters().size(), 0u);
}

TEST(Query, RefusesBadEscapesAndControlBytes) {
  EXPECT_EQ(Query::parse("a=%").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(Query::parse("%0a=1").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(Query::parse("a=%00").error().code, ErrorCode::invalid_argument);
}

TEST(Query, RefusesMoreParametersThanTheLimit) {
  std::string text;
  for (int i = 0; i < 256; ++i) text += "a&";
  EXPECT_TRUE(Query::parse(text));

  EXPECT_EQ(Query::parse(text + "a").error().code, ErrorCode::resource_exhausted);
}

TEST(Request, KeepsTheRawTargetAndParsesTheQuery) {
  const Result<Request> request = Request::create(Method::get, "/v1/charges?limit=10");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->path(), "/v1/charges");
  EXPECT_EQ(request->query.get("limit"), "10");
}

TEST(Request, RefusesAnAmbiguousTarget) {
  EXPECT_FALSE(Request::create(Method::get, "/a/../b"));
  EXPECT_FALSE(Request::create(Method::get, "/a?b=%"));
}

TEST(PercentDecode, DecodesOrRefuses) {
  EXPECT_EQ(percent_decode("a%2Fb+c"), "a/b+c");
  EXPECT_EQ(percent_decode("%"), std::nullopt);
  EXPECT_EQ(percent_decode("%00"), std::nullopt);
}

TEST(Method, KnowsItsOwnNamesAndNoOthers) {
  EXPECT_EQ(parse_method("DELETE"), Method::delete_);
  EXPECT_EQ(to_string(Method::delete_), "DELETE");
  EXPECT_EQ(parse_method("get"), std::nullopt);
  EXPECT_EQ(parse_method("TRACE"), std::nullopt);
}

}  // namespace
}  // namespace aloft::http
