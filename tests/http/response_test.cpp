// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/response.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace aloft::http {
namespace {

TEST(Response, JsonCarriesItsType) {
  const Response response = Response::json(201, "{}");

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "{}");
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
}

TEST(Response, ProblemIsADocumentOfRfc9457) {
  const Response response = Response::problem(402, "Card declined", "the issuer \"refused\"",
                                              {{"code", "declined"}, {"retry", false}, {"n", 3}});

  EXPECT_EQ(response.status, 402);
  EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"title":"Card declined","status":402,"detail":"the issuer \"refused\"",)"
            R"("code":"declined","retry":false,"n":3})");
}

TEST(Response, ProblemThatIsTooLongStaysADocument) {
  const Response response = Response::problem(400, "Bad Request", std::string(20'000, 'x'));

  EXPECT_EQ(response.body, R"({"title":"Problem"})");
}

TEST(Response, CountsAHeaderItRefuses) {
  const Response response = Response::text(200, "ok").with("x-a", "b\r\nc: d").with("x-b", "c");

  EXPECT_EQ(response.refused_headers, 1u);
  EXPECT_FALSE(response.headers.has("x-a"));
  EXPECT_EQ(response.headers.get("x-b"), "c");
}

TEST(StreamWriter, IsInertWithoutASink) {
  StreamWriter writer;

  EXPECT_FALSE(writer.open());
  EXPECT_FALSE(writer.write("x"));
  writer.close();
}

TEST(ReasonPhrase, IsNeverEmpty) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(299), "Status");
}

}  // namespace
}  // namespace aloft::http
