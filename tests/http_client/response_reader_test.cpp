// SPDX-License-Identifier: Apache-2.0
#include "http_client/response_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aloft::http_client {
namespace {

using Problem = ResponseReader::Problem;

TEST(ResponseReader, ReadsStatusFieldsAndBody) {
  ResponseReader reader(1'000, 1'000);

  EXPECT_TRUE(reader.header_line("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_TRUE(reader.header_line("X-A:  b \r\n"));
  EXPECT_FALSE(reader.head_complete());
  EXPECT_TRUE(reader.header_line("\r\n"));
  EXPECT_TRUE(reader.head_complete());
  EXPECT_TRUE(reader.body("ab"));
  EXPECT_TRUE(reader.body("c"));

  EXPECT_EQ(reader.response().status, 404);
  EXPECT_EQ(reader.response().headers.get("x-a"), "b");
  EXPECT_EQ(reader.response().body, "abc");
}

TEST(ResponseReader, RefusesAStatusLineThatIsNone) {
  for (const char* line : {"HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 099 a\r\n",
                           "HTTP/1.1 600 a\r\n", "HTTP/1.1 2x0 a\r\n", "x-a: b\r\n", "\r\n"}) {
    ResponseReader reader(1'000, 1'000);
    EXPECT_FALSE(reader.header_line(line)) << line;
    EXPECT_EQ(reader.problem(), Problem::malformed);
  }
}

TEST(ResponseReader, RefusesFieldsThatMayNotBePassedOn) {
  for (const char* line : {"no colon\r\n", ": b\r\n", "x a: b\r\n", " x-a: b\r\n", "x-a : b\r\n",
                           "x-a: b\x01\r\n", "x-a: a\rb\r\n", "\tfolded\r\n"}) {
    ResponseReader reader(1'000, 1'000);
    ASSERT_TRUE(reader.header_line("HTTP/1.1 200 OK\r\n"));
    EXPECT_FALSE(reader.header_line(line)) << line;
    EXPECT_EQ(reader.problem(), Problem::malformed);
  }
}

TEST(ResponseReader, CountsInterimAnswersAndTrailersButForgetsThem) {
  ResponseReader reader(100, 10);

  EXPECT_TRUE(reader.header_line("HTTP/1.1 103 Early Hints\r\n"));
  EXPECT_TRUE(reader.header_line("link: a\r\n"));
  EXPECT_TRUE(reader.header_line("\r\n"));
  EXPECT_FALSE(reader.head_complete());
  EXPECT_TRUE(reader.header_line("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(reader.header_line("\r\n"));
  EXPECT_TRUE(reader.header_line("x-late: 1\r\n"));
  EXPECT_TRUE(reader.response().headers.empty());
  EXPECT_FALSE(reader.header_line("x-late: " + std::string(50, 'x') + "\r\n"));
  EXPECT_EQ(reader.problem(), Problem::headers_big);
}

TEST(ResponseReader, StopsAtEachLimit) {
  ResponseReader fields(65'536, 10);
  ASSERT_TRUE(fields.header_line("HTTP/1.1 200 OK\r\n"));
  for (int i = 0; i < 128; ++i) ASSERT_TRUE(fields.header_line("a: b\r\n"));
  EXPECT_FALSE(fields.header_line("a: b\r\n"));
  EXPECT_EQ(fields.problem(), Problem::headers_big);

  ResponseReader value(65'536, 10);
  ASSERT_TRUE(value.header_line("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(value.header_line("a: " + std::string(9'000, 'b') + "\r\n"));
  EXPECT_EQ(value.problem(), Problem::headers_big);

  ResponseReader body(100, 3);
  ASSERT_TRUE(body.header_line("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(body.body("early"));
  EXPECT_EQ(body.problem(), Problem::malformed);

  ResponseReader big(100, 3);
  ASSERT_TRUE(big.header_line("HTTP/1.1 200 OK\r\n"));
  ASSERT_TRUE(big.header_line("\r\n"));
  EXPECT_TRUE(big.body("abc"));
  EXPECT_FALSE(big.body("d"));
  EXPECT_EQ(big.problem(), Problem::body_big);
  EXPECT_EQ(big.response().body, "abc");
}

}  // namespace
}  // namespace aloft::http_client
