// SPDX-License-Identifier: Apache-2.0
#include <aloft/http/middleware/recover.hpp>
#include <aloft/http/middleware/request_id.hpp>

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/router.hpp>
#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace aloft::http {
namespace {

class Middleware : public ::testing::Test {
 protected:
  Response ask(Request request) {
    Context context{platform_};
    Response response = router_.handle(context, request);
    identity_ = context.identity;
    return response;
  }
  static Request with_request_id(std::string_view id) {
    Request request;
    request.headers.try_add("X-Request-Id", id);
    return request;
  }

  testing::ManualClock clock_;
  testing::SequenceRandom random_;
  testing::MemoryDiagnostics diagnostics_;
  Platform platform_{clock_, random_, diagnostics_};
  Router router_;
  Identity identity_;
};

TEST_F(Middleware, RecoverAnswers500ThatSaysNothingOfTheException) {
  auto guard = recover(platform_);
  router_.use(guard).get("/", [](Context&, const Request&) -> Response {
    throw std::runtime_error("card 4111111111111111");
  });

  const Response response = ask({});

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"title":"Internal Server Error","status":500})");
  EXPECT_EQ(guard->caught(), 1u);
  ASSERT_EQ(diagnostics_.reports().size(), 1u);
  EXPECT_EQ(diagnostics_.reports()[0].subject, "http_recover");
  EXPECT_EQ(diagnostics_.reports()[0].message.find("4111"), std::string::npos);
}

TEST_F(Middleware, RecoverCatchesWhatIsNoStdException) {
  auto guard = recover(platform_);
  router_.use(guard).get("/", [](Context&, const Request&) -> Response { throw 7; });

  EXPECT_EQ(ask({}).status, 500);
  EXPECT_EQ(guard->caught(), 1u);
}

TEST_F(Middleware, RecoverLeavesGoodAnswersAlone) {
  auto guard = recover(platform_);
  router_.use(guard).get("/", [](Context&, const Request&) { return Response::text(200, "ok"); });

  EXPECT_EQ(ask({}).body, "ok");
  EXPECT_EQ(guard->caught(), 0u);
}

TEST_F(Middleware, RequestIdIsMadeHereByDefault) {
  router_.use(request_id());

  const Response response = ask(with_request_id("from-the-caller"));

  EXPECT_EQ(response.headers.get("x-request-id"), "00000000000000010000000000000002");
  EXPECT_EQ(identity_.request.view(), "00000000000000010000000000000002");
  EXPECT_EQ(identity_.request_source, Provenance::generated);
}

TEST_F(Middleware, RequestIdTakesOverAValidOneWhenTrusted) {
  router_.use(request_id({.policy = RequestIdPolicy::trust}));

  const Response response = ask(with_request_id("req_7"));

  EXPECT_EQ(response.headers.get("x-request-id"), "req_7");
  EXPECT_EQ(identity_.request_source, Provenance::trusted_header);
}

TEST_F(Middleware, RequestIdNeverEchoesAnInvalidOne) {
  router_.use(request_id({.policy = RequestIdPolicy::trust}));
  Request twice = with_request_id("a");
  twice.headers.try_add("x-request-id", "b");

  EXPECT_EQ(ask(with_request_id("<script>")).headers.get("x-request-id"),
            "00000000000000010000000000000002");
  EXPECT_EQ(ask(with_request_id(std::string(129, 'a'))).headers.get("x-request-id"),
            "00000000000000030000000000000004");
  EXPECT_EQ(ask(std::move(twice)).headers.get("x-request-id"), "00000000000000050000000000000006");
  EXPECT_EQ(identity_.request_source, Provenance::generated);
}

TEST_F(Middleware, RequestIdIsOnAnErrorToo) {
  router_.use(request_id());
  Request missing;
  missing.target = "/nothing";

  const Response response = ask(std::move(missing));

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("x-request-id"), "00000000000000010000000000000002");
}

}  // namespace
}  // namespace aloft::http
