// SPDX-License-Identifier: Apache-2.0
// Ten thousand hostile datagrams, bodies and requests: the console stays up, accounts for each, and
// answers with nothing of what was sent.
#include "app_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console {
namespace {

using fixture::AppTest;
using fixture::HttpAnswer;
using fixture::HttpConnection;
using fixture::UdpSender;

// The same sequence in every run.
class Noise {
 public:
  std::uint64_t next(std::uint64_t below) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % below;
  }
  // One to four wounds: a byte changed, a piece cut out, doubled or put in.
  std::string damaged(std::string text) {
    static constexpr std::string_view kPieces[] = {"\"",
                                                   "\\",
                                                   "{",
                                                   "}",
                                                   "[[[[",
                                                   "\n",
                                                   std::string_view("\0", 1),
                                                   "\xff",
                                                   "<script>",
                                                   "null",
                                                   "1e999",
                                                   "-0",
                                                   "\\ud800",
                                                   ",",
                                                   "AKIAIOSFODNN7EXAMPLE",
                                                   "4242424242424242"};
    for (std::uint64_t wounds = 1 + next(4); wounds > 0; --wounds) {
      const std::size_t at = next(text.size() + 1);
      const std::size_t length = next(20);
      switch (next(4)) {
        case 0:
          if (at < text.size()) text[at] = static_cast<char>(next(256));
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(at, length));
          break;
        default:
          text.insert(at, kPieces[next(std::size(kPieces))]);
          break;
      }
    }
    return text;
  }

 private:
  std::uint64_t state_ = 42;
};

TEST_F(AppTest, AccountsForTenThousandHostileDatagrams) {
  start();
  const UdpSender sender(app_->xray_port());
  const std::vector<std::string> seeds = {
      std::string(fixture::kHeader) + fixture::segment(1, 2),
      std::string(fixture::kHeader) +
          fixture::segment(3, 4, 1.0, R"(,"annotations":{"a":1},"subsegments":[{"name":"b"}])"),
      std::string(fixture::kHeader) + fixture::in_progress(5, 6),
      std::string(fixture::kHeader) + std::string(5000, '['),
      std::string(fixture::kHeader),
      ""};
  constexpr unsigned kTotal = 10'000;
  constexpr unsigned kBurst = 50;  // below what the kernel keeps, so that it drops none
  Noise noise;
  std::string status;

  for (unsigned sent = 0; sent < kTotal; sent += kBurst) {
    for (unsigned i = 0; i < kBurst; ++i) {
      ASSERT_TRUE(sender.send(noise.damaged(seeds[noise.next(seeds.size())])));
    }
    status = status_after(sent + kBurst);
  }

  EXPECT_EQ(number_in(status, "datagrams"), 10'000U) << status;
  EXPECT_EQ(settled_in(status), 10'000U) << status;
  EXPECT_EQ(number_in(status, "kernel_dropped"), 0U) << status;
  EXPECT_GT(rejected_in(status), 5'000U) << status;
  EXPECT_EQ(status.find("script"), std::string::npos);
  EXPECT_EQ(status.find("4242"), std::string::npos);
  send(fixture::segment(0xabc, 1));
  status_after(10'001);
  EXPECT_EQ(get("/api/traces/" + fixture::trace_text(0xabc)).status, 200);
}

TEST_F(AppTest, AnswersTenThousandHostileBodies) {
  start();
  const std::string seed = R"({"SamplingStatisticsDocuments":[{"RuleName":"Default",)"
                           R"("ClientID":"0123456789abcdef01234567","Timestamp":1.5,)"
                           R"("RequestCount":1,"SampledCount":1,"BorrowCount":0}]})";
  Noise noise;
  HttpConnection connection(app_->xray_port());

  for (unsigned i = 0; i < 9'000; ++i) {
    const HttpAnswer answer =
        connection.ask("POST", "/SamplingTargets", "", noise.damaged(seed) + " ");
    ASSERT_TRUE(answer.status == 200 || answer.status == 400) << answer.status;
    EXPECT_EQ(answer.body.find("script"), std::string::npos);
    // X-Ray's answer names the rules it does not know, so valid rule names do come back.
    EXPECT_EQ(answer.body.find('<'), std::string::npos);
    EXPECT_EQ(answer.body.find("\\ud800"), std::string::npos);
  }
  HttpConnection deep(app_->xray_port());
  EXPECT_EQ(deep.ask("POST", "/SamplingTargets", "", std::string(60'000, '[')).status, 400);
  EXPECT_EQ(deep.ask("POST", "/SamplingTargets", "", std::string(70'000, ' ')).status, 413);
}

TEST_F(AppTest, AnswersThousandsOfHostileTargets) {
  start();
  Noise noise;
  unsigned answered = 0;

  for (unsigned i = 0; i < 1'000; ++i) {
    HttpConnection connection(app_->http_port());
    const HttpAnswer answer =
        connection.ask("GET", noise.damaged("/api/traces?q=fault%20%22x%22&limit=10&before=1.2"));
    answered += answer.status != 0 ? 1 : 0;
    EXPECT_EQ(answer.body.find("<script>"), std::string::npos);
    EXPECT_EQ(answer.body.find("AKIA"), std::string::npos);
  }

  EXPECT_GT(answered, 900U);
  EXPECT_EQ(get("/api/status").status, 200);
}

}  // namespace
}  // namespace aloft::console
