// SPDX-License-Identifier: Apache-2.0
#include "aws/verdict.hpp"

#include "aws/error_codes.hpp"
#include "aws/fixture.hpp"

namespace aloft::aws {
namespace {

using delivery::Failure;
using http_client::ClientResponse;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr WallTime kNoon{std::chrono::seconds(784'123'200)};  // 1994-11-06T12:00:00Z

ClientResponse response(int status, std::string body, http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

http::Headers field(std::string_view name, std::string_view value) {
  http::Headers headers;
  EXPECT_TRUE(headers.add(name, value));
  return headers;
}

TEST(ErrorCodeOf, IsReadFromEachProtocol) {
  EXPECT_EQ(
      error_code(response(
          400, "", field("x-amzn-ErrorType", "ThrottledException:http://internal.amazon.com/"))),
      "ThrottledException");
  EXPECT_EQ(error_code(response(
                400, R"({"__type":"com.amazonaws.logs#ResourceNotFoundException","message":"m"})")),
            "ResourceNotFoundException");
  EXPECT_EQ(error_code(response(400, R"({"code":"InvalidRequestException"})")),
            "InvalidRequestException");
  EXPECT_EQ(error_code(response(403,
                                "<ErrorResponse><Error><Type>Sender</Type><Code>"
                                "SignatureDoesNotMatch</Code></Error></ErrorResponse>")),
            "SignatureDoesNotMatch");
  EXPECT_EQ(
      error_code(response(400, "{}", field("x-amzn-query-error", "InvalidParameterValue;Sender"))),
      "InvalidParameterValue");
}

TEST(ErrorCodeOf, IsNothingWhereThereIsNone) {
  for (const char* body : {"", "oops", "[]", "{}", R"({"__type":3})", "<a>", "<Code><b/></Code>"}) {
    EXPECT_EQ(error_code(response(500, body)), "") << body;
  }
  EXPECT_EQ(error_code(response(500, "{" + std::string(70'000, ' ') + "}")), "");
}

TEST(Verdict, FollowsTheCodeThenTheStatus) {
  struct Case {
    int status;
    const char* code;
    Failure failure;
    Reason reason;
  };
  for (const Case& one : {
           Case{400, "ThrottlingException", Failure::throttled, Reason::throttled},
           Case{429, "", Failure::throttled, Reason::throttled},
           Case{500, "", Failure::transient, Reason::unavailable},
           Case{503, "hush", Failure::transient, Reason::unavailable},
           Case{400, "ExpiredTokenException", Failure::unauthorized, Reason::unauthorized},
           Case{403, "", Failure::unauthorized, Reason::unauthorized},
           Case{400, "ResourceNotFoundException", Failure::missing, Reason::missing},
           Case{400, "InvalidRequestException", Failure::poison, Reason::invalid},
           Case{413, "", Failure::poison, Reason::invalid},
           Case{400, "hush", Failure::poison, Reason::invalid},
           Case{404, "UnknownOperationException", Failure::final, Reason::invalid},
           Case{501, "", Failure::final, Reason::invalid},
           Case{302, "", Failure::final, Reason::invalid},
       }) {
    const delivery::Answer answer = judge(response(one.status, ""), one.code, kNoon);

    EXPECT_EQ(answer.failure, one.failure) << one.status << one.code;
    EXPECT_EQ(answer.reason, one.reason) << one.status << one.code;
    EXPECT_FALSE(answer.maybe_received);
    EXPECT_THAT(answer.message, HasSubstr("status " + std::to_string(one.status)));
    EXPECT_THAT(answer.message, Not(HasSubstr("hush")));
  }
  EXPECT_TRUE(judge(response(504, ""), "", kNoon).maybe_received);
}

TEST(Verdict, WaitsAsLongAsTheServiceAsksButNotForEver) {
  EXPECT_EQ(retry_after(field("Retry-After", "3"), kNoon), 3s);
  EXPECT_EQ(retry_after(field("Retry-After", "Sun, 06 Nov 1994 12:00:05 GMT"), kNoon), 5s);
  EXPECT_EQ(retry_after(field("x-amz-retry-after", "1500"), kNoon), 1500ms);
  EXPECT_EQ(retry_after(field("Retry-After", "999999999"), kNoon), 1h);
  EXPECT_EQ(retry_after(field("Retry-After", "Sun, 06 Nov 2094 12:00:05 GMT"), kNoon), 1h);
  EXPECT_EQ(retry_after(field("Retry-After", "Sun, 06 Nov 1994 11:00:05 GMT"), kNoon), 0s);
  EXPECT_EQ(retry_after(field("Retry-After", "-1"), kNoon), 0s);
  EXPECT_EQ(retry_after(field("Retry-After", "soon"), kNoon), 0s);
  EXPECT_EQ(retry_after({}, kNoon), 0s);
}

Error error_of(const std::string& url, Deadline deadline = patience()) {
  Result<http_client::Client> client = http_client::Client::create();
  EXPECT_TRUE(client);
  Result<ClientResponse> answer = client->send({.url = url}, deadline);
  EXPECT_FALSE(answer);
  return answer ? Error{} : answer.error();
}

TEST(Verdict, KnowsWhetherTheBytesMayHaveArrived) {
  const http_client::ClosedPort closed;
  const FakeService hangs_up([](const SeenRequest&) { return std::string(); });

  const delivery::Answer nobody = judge_no_answer(error_of(closed.url()));
  const delivery::Answer unknown = judge_no_answer(error_of("http://nobody.invalid/"));
  const delivery::Answer broken = judge_no_answer(error_of(hangs_up.url("/")));
  const delivery::Answer passed =
      judge_no_answer(error_of(hangs_up.url("/"), Deadline{SteadyTime()}));
  const delivery::Answer mistake = judge_no_answer(error_of("ftp://x/"));

  EXPECT_EQ(nobody.failure, Failure::transient);
  EXPECT_FALSE(nobody.maybe_received);
  EXPECT_FALSE(unknown.maybe_received);
  EXPECT_EQ(broken.failure, Failure::transient);
  EXPECT_TRUE(broken.maybe_received);
  EXPECT_FALSE(passed.maybe_received);
  EXPECT_EQ(mistake.failure, Failure::final);
  EXPECT_FALSE(mistake.maybe_received);
}

TEST(Verdict, TellsMissingCredentialsFromLateOnes) {
  EXPECT_EQ(judge_no_credentials({ErrorCode::not_found, "none", ""}).failure,
            Failure::unauthorized);
  EXPECT_EQ(judge_no_credentials({ErrorCode::deadline_exceeded, "late", ""}).failure,
            Failure::transient);
}

}  // namespace
}  // namespace aloft::aws
