// SPDX-License-Identifier: Apache-2.0
#include "http_client/request_check.hpp"

#include "http_client/fixture.hpp"
#include "http_client/route.hpp"

namespace aloft::http_client {
namespace {

using namespace std::string_view_literals;

TEST(SplitUrl, SplitsOriginAndTarget) {
  const Result<UrlParts> parts = split_url("http://ledger:8081/v1/a?b=c");

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->origin, "http://ledger:8081");
  EXPECT_EQ(parts->target, "/v1/a?b=c");
}

TEST(SplitUrl, TakesWhatNamesAServer) {
  for (const std::string_view url :
       {"http://a"sv, "HTTPS://A.example/"sv, "http://127.0.0.1:1/"sv, "http://[::1]/"sv,
        "http://[fe80::1]:65535/a"sv, "http://my_host-1.local/%7Ea/{b}?c=d/../e"sv}) {
    EXPECT_TRUE(split_url(url)) << url;
  }
}

TEST(SplitUrl, RefusesWhatMeansSomethingElse) {
  for (const std::string_view url : {""sv,
                                     "a"sv,
                                     "//a/"sv,
                                     "ftp://a/"sv,
                                     "file:///etc/passwd"sv,
                                     "http:/a"sv,
                                     "http://"sv,
                                     "http:///a"sv,
                                     "http://?a"sv,
                                     "http://user@a/"sv,
                                     "http://user:pass@a/"sv,
                                     "http://a:/"sv,
                                     "http://a:0/"sv,
                                     "http://a:65536/"sv,
                                     "http://a:-1/"sv,
                                     "http://a:1:2/"sv,
                                     "http://[::1/"sv,
                                     "http://::1/"sv,
                                     "http://[]/"sv,
                                     "http://[::1]a/"sv,
                                     "http://a b/"sv,
                                     "http://a\\b/"sv,
                                     "http://a%2fb/"sv,
                                     "http://\xc3\xa4/"sv,
                                     "http://a#b"sv,
                                     "http://a/#b"sv,
                                     "http://a?b"sv,
                                     "http://a/../b"sv,
                                     "http://a/%2e%2e/b"sv,
                                     "http://a/%zz"sv,
                                     "http://a/b c"sv,
                                     "http://a/?b c"sv,
                                     "http://a/\r\nx: y"sv,
                                     "http://a/?\r\nx: y"sv,
                                     "http://a\r\n/"sv,
                                     "http://a/\0b"sv,
                                     "http://a\0/"sv,
                                     "http://a/?\0"sv,
                                     "http://a/\xc3\xa4"sv,
                                     "http://a/\x7f"sv,
                                     " http://a/"sv}) {
    const Result<UrlParts> parts = split_url(url);
    ASSERT_FALSE(parts) << url;
    EXPECT_EQ(parts.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(split_url("http://" + std::string(256, 'a')));
  EXPECT_FALSE(split_url("http://a/" + std::string(kMaxUrlBytes, 'a')));
}

TEST(HostKey, IsOneForEverySpellingOfAHost) {
  EXPECT_EQ(host_key("HTTP://Ledger"), "http://ledger:80");
  EXPECT_EQ(host_key("http://ledger:80"), "http://ledger:80");
  EXPECT_EQ(host_key("https://ledger"), "https://ledger:443");
  EXPECT_EQ(host_key("http://[::1]"), "http://[::1]:80");
  EXPECT_EQ(host_key("http://[::1]:8080"), "http://[::1]:8080");
}

TEST(CheckRequest, RefusesFieldsOfTheConnection) {
  for (const std::string_view name :
       {"Host", "content-length", "Transfer-Encoding", "connection", "Expect", "upgrade", "TE",
        "trailer", "keep-alive", "proxy-authorization", "Proxy-Connection", "HTTP2-Settings"}) {
    ClientRequest request{.url = "http://a/"};
    ASSERT_TRUE(request.headers.add(name, "1"));
    EXPECT_FALSE(check_request(request)) << name;
  }
}

TEST(CheckRequest, RefusesABodyWhereThereIsNone) {
  EXPECT_FALSE(check_request({.method = http::Method::get, .url = "http://a/", .body = "x"}));
  EXPECT_FALSE(check_request({.method = http::Method::head, .url = "http://a/", .body = "x"}));
  EXPECT_TRUE(check_request({.method = http::Method::delete_, .url = "http://a/", .body = "x"}));
}

TEST(CheckRequest, LetsNoLineBreakIntoAField) {
  ClientRequest request{.url = "http://a/"};

  EXPECT_FALSE(request.headers.add("x-a", "1\r\nx-b: 2"));
  EXPECT_FALSE(request.headers.add("x-a\r\nx-b", "1"));
  EXPECT_FALSE(request.headers.add("x-a:", "1"));
  EXPECT_FALSE(request.headers.add("x-a", "1\n"));
  EXPECT_TRUE(request.headers.empty());
}

TEST(CheckRequest, RefusesBeforeAnyByteGoesOut) {
  const RawServer server([](RawConnection& connection) { connection.receive_all(); });
  Result<Client> client = Client::create();
  ClientRequest smuggled{.method = http::Method::post, .url = server.url(), .body = "x"};
  ASSERT_TRUE(smuggled.headers.add("transfer-encoding", "chunked"));

  for (const ClientRequest& request :
       {smuggled, ClientRequest{.url = server.url("/ HTTP/1.1\r\nx: y")},
        ClientRequest{.url = server.url("/a b")},
        ClientRequest{.method = http::Method::get, .url = server.url(), .body = "x"}}) {
    EXPECT_EQ(client->send(request, patience()).error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(client->stats().refused_invalid, 4u);
  EXPECT_EQ(client->stats().connections, 0u);
  EXPECT_EQ(server.connections(), 0);
}

TEST(ExpandRoute, EncodesValuesIntoOneSegmentEach) {
  EXPECT_EQ(*expand_route("/v1/{a}/x/{b}", {{"a", "1/2?#%"}, {"b", "\xc3\xa4 ~"}}),
            "/v1/1%2F2%3F%23%25/x/%C3%A4%20~");
  EXPECT_EQ(*expand_route("/v1/plain", {}), "/v1/plain");
}

TEST(ExpandRoute, RefusesWhatItCannotFill) {
  EXPECT_FALSE(expand_route("/{a}", {}));
  EXPECT_FALSE(expand_route("/{a", {{"a", "1"}}));
  EXPECT_FALSE(expand_route("/a}", {{"a", "1"}}));
  EXPECT_FALSE(expand_route("/{{a}}", {{"a", "1"}}));
  EXPECT_FALSE(expand_route("/{a}", {{"a", ""}}));
  EXPECT_FALSE(expand_route("/{a}", {{"a", "."}}));
  EXPECT_FALSE(expand_route("/{a}", {{"a", ".."}}));
}

TEST(AppendQuery, EncodesNamesAndValues) {
  std::string target = "/a";

  append_query(target, {{"q", "a&b=c"}, {"r s", ""}});

  EXPECT_EQ(target, "/a?q=a%26b%3Dc&r%20s=");
}

}  // namespace
}  // namespace aloft::http_client
