// SPDX-License-Identifier: Apache-2.0
#include "console/page.hpp"

#include "console/store/codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace aloft::console {
namespace {

const std::string kScript(4000, 'x');
constexpr std::string_view kIndex = "<!doctype html>";

std::array<EmbeddedFile, 2> files() {
  return {{{"/app.js", kScript.data(), kScript.data() + kScript.size()},
           {"/index.html", kIndex.data(), kIndex.data() + kIndex.size()}}};
}

http::Response ask(const Page& page, std::string target, std::string_view field = {},
                   std::string_view value = {}, http::Method method = http::Method::get) {
  auto request = http::Request::create(method, std::move(target));
  EXPECT_TRUE(request);
  if (!field.empty()) {
    EXPECT_TRUE(request->headers.try_add(field, value));
  }
  return page.answer(*request);
}

TEST(Page, AnswersItsFilesWithTheirTypes) {
  const auto embedded = files();
  const Page page(embedded);

  const http::Response script = ask(page, "/app.js");

  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.body, kScript);
  EXPECT_EQ(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.headers.get("cache-control"), "no-cache");
  EXPECT_EQ(script.headers.get("vary"), "accept-encoding");
  EXPECT_FALSE(script.headers.has("content-encoding"));
}

TEST(Page, AnswersThePageForEveryOtherPath) {
  const auto embedded = files();
  const Page page(embedded);

  for (const char* path : {"/", "/index.html", "/anything/else", "/app.js/x"}) {
    const http::Response index = ask(page, path);
    EXPECT_EQ(index.body, kIndex) << path;
    EXPECT_EQ(index.headers.get("content-type"), "text/html; charset=utf-8") << path;
  }
}

TEST(Page, CompressesForWhoUnderstandsIt) {
  const auto embedded = files();
  const Page page(embedded);

  for (const char* accepted : {"gzip", "br, GZIP;q=0.5", "deflate , gzip"}) {
    const http::Response script = ask(page, "/app.js", "accept-encoding", accepted);
    EXPECT_EQ(script.headers.get("content-encoding"), "gzip") << accepted;
    EXPECT_EQ(script.body, gzip(kScript)) << accepted;
  }
  for (const char* accepted : {"br", "gzip;q=0", "xgzip", ""}) {
    const http::Response script = ask(page, "/app.js", "accept-encoding", accepted);
    EXPECT_FALSE(script.headers.has("content-encoding")) << accepted;
  }
}

TEST(Page, AnswersNotModifiedForAKnownTag) {
  const auto embedded = files();
  const Page page(embedded);
  const std::string tag(*ask(page, "/app.js").headers.get("etag"));

  EXPECT_EQ(tag.size(), 18U);
  EXPECT_NE(tag, *ask(page, "/").headers.get("etag"));
  EXPECT_EQ(ask(page, "/app.js", "if-none-match", tag).status, 304);
  EXPECT_EQ(ask(page, "/app.js", "if-none-match", "\"x\", W/" + tag).status, 304);
  EXPECT_EQ(ask(page, "/app.js", "if-none-match", tag).body, "");
  EXPECT_EQ(ask(page, "/app.js", "if-none-match", "\"0000000000000000\"").status, 200);
}

TEST(Page, CanOnlyBeRead) {
  const auto embedded = files();
  const Page page(embedded);

  EXPECT_EQ(ask(page, "/", {}, {}, http::Method::head).status, 200);
  const http::Response refused = ask(page, "/", {}, {}, http::Method::post);
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.get("allow"), "GET, HEAD");
}

TEST(Page, TheBuiltOneLiesInTheProgram) {
  const Page page(embedded_files());

  const http::Response index = ask(page, "/");

  EXPECT_EQ(index.status, 200);
  EXPECT_NE(index.body.find("<!doctype html>"), std::string::npos);
}

}  // namespace
}  // namespace aloft::console
