// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/router.hpp>

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace aloft::http {
namespace {

Handler says(std::string text) {
  return [text = std::move(text)](Context& context, const Request&) {
    return Response::text(200, text + std::string(context.param("id")));
  };
}

Request request(Method method, std::string target) {
  Request made;
  made.method = method;
  made.target = std::move(target);
  return made;
}

Response ask(const Router& router, Method method, std::string target) {
  Context context;
  return router.handle(context, request(method, std::move(target)));
}

TEST(Router, RunsTheHandlerOfAPath) {
  Router router;
  router.get("/v1/charges", says("list"))
      .post("/v1/charges", says("create"))
      .get("/", says("root"));
  ASSERT_TRUE(router.check());

  EXPECT_EQ(ask(router, Method::get, "/v1/charges").body, "list");
  EXPECT_EQ(ask(router, Method::post, "/v1/charges?x=1").body, "create");
  EXPECT_EQ(ask(router, Method::get, "/").body, "root");
}

TEST(Router, GivesTheHandlerDecodedParameters) {
  Router router;
  router.get("/v1/charges/{id}", says("charge "));

  EXPECT_EQ(ask(router, Method::get, "/v1/charges/ch_1").body, "charge ch_1");
  EXPECT_EQ(ask(router, Method::get, "/v1/charges/a%2Fb%20c").body, "charge a/b c");
}

TEST(Router, TellsTheContextItsTemplate) {
  Router router;
  router.get("/v1/charges/{id}", says(""));
  Context context;

  router.handle(context, request(Method::get, "/v1/charges/4111"));

  EXPECT_EQ(context.route(), "/v1/charges/{id}");
}

TEST(Router, PrefersALiteralToAParameter) {
  Router router;
  router.get("/v1/{id}", says("parameter ")).get("/v1/me", says("literal"));

  EXPECT_EQ(ask(router, Method::get, "/v1/me").body, "literal");
  EXPECT_EQ(ask(router, Method::get, "/v1/%6De").body, "literal");
  EXPECT_EQ(ask(router, Method::get, "/v1/you").body, "parameter you");
}

TEST(Router, GoesBackToTheParameterWhenTheLiteralLeadsNowhere) {
  Router router;
  router.get("/a/{id}/c", says("parameter ")).get("/a/b/d", says("literal"));

  EXPECT_EQ(ask(router, Method::get, "/a/b/c").body, "parameter b");
  EXPECT_EQ(ask(router, Method::get, "/a/b/d").body, "literal");
}

TEST(Router, FindsTheMethodBehindTheParameterWhenTheLiteralHasAnother) {
  Router router;
  router.post("/a/b", says("literal")).get("/a/{id}", says("parameter "));

  EXPECT_EQ(ask(router, Method::get, "/a/b").body, "parameter b");
}

TEST(Router, AnswersNotFoundForAnUnknownPath) {
  Router router;
  router.get("/v1/charges/{id}", says(""));

  EXPECT_EQ(ask(router, Method::get, "/v2").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/v1/charges").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/v1/charges/").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/v1/charges/1/2").status, 404);
  EXPECT_EQ(ask(router, Method::get, "//v1/charges/1").status, 404);
}

TEST(Router, AnswersMethodNotAllowedWithAllow) {
  Router router;
  router.get("/v1/charges", says("")).post("/v1/charges", says(""));

  const Response response = ask(router, Method::delete_, "/v1/charges");

  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
}

TEST(Router, AnswersHeadFromGet) {
  Router router;
  router.get("/a", says("body"));

  EXPECT_EQ(ask(router, Method::head, "/a").body, "body");
}

TEST(Router, AnswersOptionsWithAllow) {
  Router router;
  router.post("/a", says("")).get("/b", says(""));

  const Response one = ask(router, Method::options, "/a");
  const Response all = ask(router, Method::options, "*");

  EXPECT_EQ(one.status, 204);
  EXPECT_EQ(one.headers.get("allow"), "POST, OPTIONS");
  EXPECT_EQ(all.status, 204);
  EXPECT_EQ(all.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(ask(router, Method::options, "/c").status, 404);
}

TEST(Router, AnswersBadRequestForAnAmbiguousPath) {
  Router router;
  router.get("/a/{id}", says(""));

  EXPECT_EQ(ask(router, Method::get, "/a/..").status, 400);
  EXPECT_EQ(ask(router, Method::get, "/a/%2e%2e").status, 400);
  EXPECT_EQ(ask(router, Method::get, "/a/%zz").status, 400);
  EXPECT_EQ(ask(router, Method::get, "").status, 400);
  EXPECT_EQ(ask(router, Method::get, "*").status, 405);
}

TEST(Router, NeverPutsThePathIntoAnAnswer) {
  Router router;
  router.get("/a", says(""));

  EXPECT_EQ(ask(router, Method::get, "/4111111111111111").body.find("4111"), std::string::npos);
  EXPECT_EQ(ask(router, Method::get, "/%zz4111111111111111").body.find("4111"), std::string::npos);
}

TEST(Router, ReportsADuplicateWhateverItsParameterIsCalled) {
  Router router;
  ASSERT_TRUE(router.add(Method::get, "/a/{id}", says("")));

  EXPECT_EQ(router.add(Method::get, "/a/{name}", says("")).error().code, ErrorCode::already_exists);
  EXPECT_TRUE(router.add(Method::post, "/a/{name}", says("")));
}

TEST(Router, KeepsTheFirstErrorForCheck) {
  Router router;
  router.get("/a", says("")).get("/a", says("")).get("bad", says(""));

  EXPECT_EQ(router.check().error().code, ErrorCode::already_exists);
}

TEST(Router, RefusesBadTemplates) {
  Router router;
  for (const char* bad : {"", "a", "/a//b", "/{}", "/{1a}", "/{a b}", "/a{b}", "/{a}/{a}", "/a b",
                          "/%41", "/..", "/a?b", "/{a", "/{a}{b}"}) {
    EXPECT_FALSE(router.add(Method::get, bad, says(""))) << bad;
  }
  EXPECT_FALSE(router.add(Method::get, "/a", Handler()));
  EXPECT_FALSE(router.add(Method::get, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", says("")));
}

TEST(Router, AnswersADeepPathWithoutSearching) {
  Router router;
  router.get("/a", says(""));
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "/a";

  EXPECT_EQ(ask(router, Method::get, deep).status, 404);
}

TEST(Router, KnowsWhichRoutesAreNonBlocking) {
  Router router;
  router.get("/fast", says(""), {.non_blocking = true}).get("/slow", says(""));

  EXPECT_TRUE(router.non_blocking(request(Method::get, "/fast")));
  EXPECT_FALSE(router.non_blocking(request(Method::get, "/slow")));
  EXPECT_FALSE(router.non_blocking(request(Method::get, "/none")));
}

TEST(Router, AnswersAThrowingHandlerWith500) {
  Router router;
  router.get("/a", [](Context&, const Request&) -> Response { throw std::runtime_error("4111"); });

  const Response response = ask(router, Method::get, "/a");

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"title":"Internal Server Error","status":500})");
}

TEST(Router, RunsItsGuardsForRoutingMistakesWithAnEmptyRoute) {
  struct Seen : Guard {
    GuardDecision begin(Context& context, const Request&) override {
      route = std::string(context.route());
      ++begun;
      return GuardDecision::proceed();
    }
    void end(Context&, const Request&, Outcome& outcome) noexcept override {
      status = outcome.status();
    }
    std::string route = "unset";
    int begun = 0;
    int status = 0;
  };
  auto guard = std::make_shared<Seen>();
  Router router;
  router.get("/a", says("")).use(guard);

  ask(router, Method::get, "/b");
  EXPECT_EQ(guard->route, "");
  EXPECT_EQ(guard->status, 404);
  ask(router, Method::post, "/a");
  EXPECT_EQ(guard->status, 405);
  ask(router, Method::get, "/..");
  EXPECT_EQ(guard->status, 400);
  EXPECT_EQ(guard->begun, 3);
}

TEST(Router, HandlesByCallbackLikeOnTheThread) {
  Router router;
  router.get("/a/{id}", says("charge "));
  const Request asked = request(Method::get, "/a/7");
  const Request wrong = request(Method::get, "/b");
  Context first;
  Context second;
  std::string body;
  int status = 0;

  router.handle(first, asked, [&](Response response) { body = response.body; });
  router.handle(second, wrong, [&](Response response) { status = response.status; });

  EXPECT_EQ(body, "charge 7");
  EXPECT_EQ(status, 404);
}

}  // namespace
}  // namespace aloft::http
