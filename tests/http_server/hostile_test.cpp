// SPDX-License-Identifier: Apache-2.0
// Ten thousand requests that nobody well-meaning would send. No crash, each one answered or closed,
// each refusal counted, and nothing of what came in is in what goes out.
#include "http_server/fixture.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace aloft::http_server {
namespace {

/// In every generated piece; no answer may hold it.
constexpr std::string_view kCanary = "canary4111";

/// The same requests in every run.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::string request() {
    std::string out = pick(kMethods) + " " + target() + " " + pick(kVersions) + pick(kLineEnds);
    const std::size_t fields = next() % 8;
    bool host = next() % 4 != 0;
    if (host) out += "host: a\r\n";
    for (std::size_t i = 0; i < fields; ++i) out += field();
    out += pick(kLineEnds);
    out += body();
    if (next() % 4 == 0) mutate(out);
    return out;
  }

 private:
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  template <std::size_t N>
  std::string pick(const std::array<std::string_view, N>& from) {
    return std::string(from[next() % N]);
  }
  std::string target() {
    std::string out = pick(kTargets);
    if (next() % 3 == 0) out += std::string(kCanary);
    if (next() % 50 == 0) out += std::string(next() % 20'000, 'a');
    return out;
  }
  std::string field() {
    std::string out = pick(kNames) + pick(kColons) + pick(kValues);
    if (next() % 3 == 0) out += std::string(kCanary);
    if (next() % 50 == 0) out += std::string(next() % 20'000, 'v');
    return out + pick(kLineEnds);
  }
  std::string body() {
    switch (next() % 5) {
      case 0:
        return std::string(kCanary);
      case 1:
        return "5\r\nhello\r\n0\r\n\r\n";
      case 2:
        return "ffffffffffffffff\r\n" + std::string(kCanary);
      case 3:
        return std::string(next() % 3'000, 'b');
      default:
        return {};
    }
  }
  void mutate(std::string& bytes) {
    for (std::uint64_t i = 0, count = 1 + next() % 4; i < count && !bytes.empty(); ++i) {
      const std::size_t at = next() % bytes.size();
      switch (next() % 3) {
        case 0:
          bytes[at] = static_cast<char>(next());
          break;
        case 1:
          bytes.erase(at, 1);
          break;
        default:
          bytes.insert(at, 1, static_cast<char>(next()));
      }
    }
  }

  static constexpr std::array<std::string_view, 10> kMethods = {
      "GET", "POST", "HEAD", "PUT", "get", "TRACE", "CONNECT", "", "G\0T", "canary4111"};
  static constexpr std::array<std::string_view, 14> kTargets = {
      "/",    "/echo", "/echo?", "*",  "",          "/../",  "/%2e%2e/",
      "/%00", "/%",    "/a b",   "//", "http://x/", "/\x01", "/?a=%zz&"};
  static constexpr std::array<std::string_view, 7> kVersions = {
      "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""};
  static constexpr std::array<std::string_view, 6> kLineEnds = {"\r\n", "\r\n", "\r\n",
                                                                "\r\n", "\n",   "\r"};
  static constexpr std::array<std::string_view, 12> kNames = {"host",
                                                              "content-length",
                                                              "Transfer-Encoding",
                                                              "expect",
                                                              "connection",
                                                              "x-request-id",
                                                              "x-amzn-trace-id",
                                                              "cookie",
                                                              " folded",
                                                              "a b",
                                                              "",
                                                              "upgrade"};
  static constexpr std::array<std::string_view, 4> kColons = {": ", ":", " : ", ""};
  static constexpr std::array<std::string_view, 12> kValues = {"4",
                                                               "-1",
                                                               "99999999999999999999",
                                                               "chunked",
                                                               "gzip, chunked",
                                                               "100-continue",
                                                               "keep-alive",
                                                               "close",
                                                               "\xff\xfe",
                                                               "\t",
                                                               "a\rb",
                                                               "{\"card\":\"4111111111111111\"}"};

  std::uint64_t state_;
};

/// Adds every status line of `answer` to `replies`, but for 100.
void count_replies(const std::string& answer, std::map<int, std::uint64_t>& replies) {
  static constexpr std::string_view kStart = "HTTP/1.1 ";
  for (std::size_t at = answer.find(kStart); at != std::string::npos;
       at = answer.find(kStart, at + 1)) {
    const int status = std::atoi(answer.c_str() + at + kStart.size());
    if (status != 100) ++replies[status];
  }
}

TEST_F(ServerTest, SurvivesTenThousandHostileRequests) {
  router_.post("/4111", [](Context&, const Request&) { return Response::empty(204); });
  serve({.workers = 2, .header_timeout = std::chrono::seconds(20)});
  Generator generator(0x9E3779B97F4A7C15ull);
  std::uint64_t without_answer = 0;
  std::map<int, std::uint64_t> replies;

  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes = generator.request();
    // The one route that answers with what it was sent is left out of what is checked.
    const bool echoes = bytes.find("/echo") != std::string::npos;
    Client client(port());
    ASSERT_TRUE(client.connected());
    client.send(bytes);
    client.finish();
    const std::string answer = client.receive_all();
    if (answer.empty()) ++without_answer;
    ASSERT_TRUE(echoes || answer.find(kCanary) == std::string::npos) << i;
    count_replies(answer, replies);
    ASSERT_TRUE(answer.empty() || answer.compare(0, 9, "HTTP/1.1 ") == 0) << i;
  }
  ASSERT_TRUE(eventually([&] { return stats().open_connections == 0; }));

  // Two ledgers of the same day: what came back, and what the server says it sent.
  const ServerStats seen = stats();
  std::uint64_t all = 0;
  for (const auto& [status, count] : replies) all += count;
  EXPECT_EQ(seen.connections, 10'000u);
  EXPECT_EQ(seen.responses, all);
  EXPECT_EQ(seen.refused_malformed, replies[400]);
  EXPECT_EQ(seen.refused_method, replies[501]);
  EXPECT_EQ(seen.refused_expectation, replies[417]);
  EXPECT_EQ(seen.refused_version, replies[505]);
  EXPECT_EQ(seen.refused_target_length, replies[414]);
  EXPECT_EQ(seen.refused_header_limits, replies[431]);
  EXPECT_EQ(seen.refused_body_length, replies[413]);
  EXPECT_GT(seen.refused(), 5'000u);
  EXPECT_LE(without_answer, seen.read_errors);
  EXPECT_EQ(seen.write_errors, 0u);
  EXPECT_EQ(replies[500], 0u);

  Client client(port());
  EXPECT_EQ(client.ask(kGet).body, "hello");
}

}  // namespace
}  // namespace aloft::http_server
