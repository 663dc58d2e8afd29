// SPDX-License-Identifier: Apache-2.0
#include "http_server/response_head.hpp"

#include <gtest/gtest.h>

namespace aloft::http_server {
namespace {

using http::Response;

constexpr WallTime kNow{Nanoseconds{784'111'777'999'999'999}};

TEST(ResponseHead, IsWrittenByteForByte) {
  const Head head = write_head(Response::text(404, "gone").with("x-a", "b"), {.now = kNow});

  EXPECT_EQ(head.bytes,
            "HTTP/1.1 404 Not Found\r\n"
            "content-type: text/plain; charset=utf-8\r\n"
            "x-a: b\r\n"
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "content-length: 4\r\n"
            "\r\n");
}

TEST(ResponseHead, HasNoLengthWhenThereCanBeNoBody) {
  const Head head = write_head(Response::empty(304), {.now = kNow});

  EXPECT_FALSE(head.has_body);
  EXPECT_EQ(head.bytes, "HTTP/1.1 304 Not Modified\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
}

TEST(ResponseHead, KnowsDatesAcrossLeapDays) {
  EXPECT_EQ(http_date(WallTime{Nanoseconds{0}}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(WallTime{std::chrono::seconds{951'782'400}}),
            "Tue, 29 Feb 2000 00:00:00 GMT");
}

}  // namespace
}  // namespace aloft::http_server
