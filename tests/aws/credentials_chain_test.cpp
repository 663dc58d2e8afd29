// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/credentials_chain.hpp>

#include "aws/fixture.hpp"
#include "aws/sha1.hpp"

namespace aloft::aws {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kFar = "2200-01-01T00:00:00Z";

std::string endpoint_answer(std::string_view id) {
  return R"({"Code":"Success","AccessKeyId":")" + std::string(id) +
         R"(","SecretAccessKey":"secret","Token":"token","Expiration":")" + std::string(kFar) +
         "\"}";
}

std::string sts_answer(std::string_view id) {
  return "<R><AccessKeyId>" + std::string(id) +
         "</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token"
         "</SessionToken><Expiration>" +
         std::string(kFar) + "</Expiration></R>";
}

/// Nothing of the machine that runs the test is asked.
Variables with(Variables more) {
  more.emplace_back("AWS_REGION", "eu-central-1");
  bool metadata = false;
  for (const auto& [name, value] : more) metadata |= name == "AWS_EC2_METADATA_SERVICE_ENDPOINT";
  if (!metadata) more.emplace_back("AWS_EC2_METADATA_DISABLED", "true");
  return more;
}

Result<Credentials> fetch(Variables variables, CredentialsChainOptions options = {}) {
  const Settings settings = settings_of(with(std::move(variables)));
  Result<std::unique_ptr<CredentialsProvider>> chain =
      credentials_chain(settings, std::move(options));
  EXPECT_TRUE(chain);
  return (*chain)->fetch(patience());
}

void expect_refusal(const Result<Credentials>& got, ErrorCode code, std::string_view said) {
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, code);
  EXPECT_THAT(got.error().message, HasSubstr(std::string(said)));
  EXPECT_THAT(got.error().to_string(), Not(HasSubstr("hush")));
}

TEST(CredentialsChain, TakesTheEnvironmentFirst) {
  const HomeFolder home;
  home.write(".aws/credentials", "[default]\naws_access_key_id=B\naws_secret_access_key=b\n");

  const Result<Credentials> got = fetch({{"HOME", home.path()},
                                         {"AWS_ACCESS_KEY_ID", "A"},
                                         {"AWS_SECRET_ACCESS_KEY", "a"},
                                         {"AWS_SESSION_TOKEN", "t"}});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "A");
  EXPECT_EQ(got->session_token.reveal(), "t");
  EXPECT_EQ(got->source, "environment");
}

TEST(CredentialsChain, StopsAtAHalfSetEnvironment) {
  expect_refusal(fetch({{"AWS_ACCESS_KEY_ID", "hush"}}), ErrorCode::invalid_argument,
                 "environment: ");
  expect_refusal(fetch({{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "hush\n"}}),
                 ErrorCode::invalid_argument, "environment: ");
}

TEST(CredentialsChain, SaysThatNothingIsSetUp) {
  expect_refusal(fetch({}), ErrorCode::not_found, "no source of AWS credentials is set up");
}

TEST(CredentialsChain, AssumesTheRoleOfAPodsToken) {
  const FakeService sts([](const SeenRequest&) { return reply(200, sts_answer("ASIAPOD")); });
  const HomeFolder home;
  const std::string token = home.write("token", "header.payload.sig\n");

  const Result<Credentials> got = fetch({{"AWS_WEB_IDENTITY_TOKEN_FILE", token},
                                         {"AWS_ROLE_ARN", "arn:aws:iam::1:role/a b"},
                                         {"AWS_ROLE_SESSION_NAME", "me"},
                                         {"AWS_ENDPOINT_URL_STS", sts.url()}});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "ASIAPOD");
  EXPECT_EQ(got->source, "web_identity");
  ASSERT_EQ(sts.seen().size(), 1u);
  EXPECT_EQ(sts.seen()[0].line, "POST / HTTP/1.1");
  EXPECT_EQ(sts.seen()[0].body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1"
            "%3Arole%2Fa%20b&RoleSessionName=me&WebIdentityToken=header.payload.sig");
  EXPECT_EQ(sts.seen()[0].field("authorization"), "");
}

TEST(CredentialsChain, NamesTheCodeWithWhichStsRefuses) {
  const FakeService sts([](const SeenRequest&) {
    return reply(403,
                 "<ErrorResponse><Error><Code>AccessDenied</Code><Message>hush</Message>"
                 "</Error></ErrorResponse>");
  });
  const HomeFolder home;

  expect_refusal(fetch({{"AWS_WEB_IDENTITY_TOKEN_FILE", home.write("token", "t")},
                        {"AWS_ROLE_ARN", "arn"},
                        {"AWS_ENDPOINT_URL_STS", sts.url()}}),
                 ErrorCode::permission_denied,
                 "web identity: STS refused the role with AccessDenied (status 403)");
}

TEST(CredentialsChain, StopsWhenThePodsTokenIsMissing) {
  expect_refusal(fetch({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent"}, {"AWS_ROLE_ARN", "a"}}),
                 ErrorCode::invalid_argument, "web identity: ");
  expect_refusal(fetch({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent"}}),
                 ErrorCode::invalid_argument, "AWS_ROLE_ARN");
}

TEST(CredentialsChain, TakesTheKeysOfTheProfileAsTheyAreNow) {
  const HomeFolder home;
  home.write(".aws/config", "[profile pay]\naws_access_key_id=C\naws_secret_access_key=c\n");
  home.write(".aws/credentials", "[pay]\naws_access_key_id=B\naws_secret_access_key=b\n");
  const Settings settings = settings_of(with({{"HOME", home.path()}, {"AWS_PROFILE", "pay"}}));
  const auto chain = credentials_chain(settings);
  ASSERT_TRUE(chain);

  EXPECT_EQ((*chain)->fetch(patience())->access_key_id, "B");
  home.write(".aws/credentials", "[pay]\naws_access_key_id=B2\naws_secret_access_key=b\n");
  EXPECT_EQ((*chain)->fetch(patience())->access_key_id, "B2");
}

TEST(CredentialsChain, AssumesARoleWithTheKeysOfAnotherProfile) {
  const FakeService sts([](const SeenRequest&) { return reply(200, sts_answer("ASIAROLE")); });
  const HomeFolder home;
  home.write(".aws/credentials", "[base]\naws_access_key_id=BASE\naws_secret_access_key=b\n");
  home.write(".aws/config",
             "[profile role]\nrole_arn=arn:r\nsource_profile=base\nexternal_id=ext\n"
             "duration_seconds=900\nrole_session_name=name\n");

  const Result<Credentials> got =
      fetch({{"HOME", home.path()}, {"AWS_PROFILE", "role"}, {"AWS_ENDPOINT_URL_STS", sts.url()}});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "ASIAROLE");
  EXPECT_EQ(got->source, "profile_role");
  EXPECT_EQ(sts.seen()[0].body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Ar&RoleSessionName=name"
            "&ExternalId=ext&DurationSeconds=900");
  EXPECT_THAT(sts.seen()[0].field("authorization"),
              AllOf(StartsWith("AWS4-HMAC-SHA256 Credential=BASE/"),
                    HasSubstr("/eu-central-1/sts/aws4_request")));
}

TEST(CredentialsChain, AssumesARoleWithItsOwnKeysOrThoseOfASource) {
  const FakeService sts([](const SeenRequest&) { return reply(200, sts_answer("ASIAROLE")); });
  const HomeFolder home;
  home.write(".aws/config",
             "[profile self]\nrole_arn=a\nsource_profile=self\naws_access_key_id=SELF\n"
             "aws_secret_access_key=s\n[profile env]\nrole_arn=a\n"
             "credential_source=Environment\n");
  const Variables::value_type url{"AWS_ENDPOINT_URL_STS", sts.url()};

  EXPECT_TRUE(fetch({{"HOME", home.path()}, {"AWS_PROFILE", "self"}, url}));
  // Keys in the environment are themselves the first source; the role needs a chain without them.
  expect_refusal(fetch({{"HOME", home.path()}, {"AWS_PROFILE", "env"}, url}),
                 ErrorCode::invalid_argument, "the source of the role");

  EXPECT_THAT(sts.seen()[0].field("authorization"), HasSubstr("Credential=SELF/"));
}

TEST(CredentialsChain, RefusesRolesThatLeadNowhere) {
  const HomeFolder home;
  home.write(".aws/config",
             "[profile a]\nrole_arn=a\nsource_profile=b\n[profile b]\nrole_arn=b\n"
             "source_profile=a\n[profile both]\nrole_arn=a\nsource_profile=a\n"
             "credential_source=Environment\n[profile none]\nrole_arn=a\n[profile mfa]\n"
             "role_arn=a\nsource_profile=a\nmfa_serial=m\n[profile lost]\nrole_arn=a\n"
             "source_profile=hush\n[profile half]\naws_access_key_id=hush\n"
             "[profile dark]\nrole_arn=a\ncredential_source=hush\n");
  const auto refused = [&](const char* profile, const char* said) {
    expect_refusal(fetch({{"HOME", home.path()}, {"AWS_PROFILE", profile}}),
                   ErrorCode::invalid_argument, said);
  };

  refused("a", "circle");
  refused("both", "source_profile and a credential_source");
  refused("none", "neither source_profile");
  refused("dark", "neither source_profile");
  refused("mfa", "MFA");
  refused("lost", "the source of the role");
  refused("half", "one is missing");
}

TEST(CredentialsChain, RunsTheProgramOfAProfile) {
  const HomeFolder home;
  const std::string program = home.write(
      "my tool",
      "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"'$1'\",\"SecretAccessKey\":\"s\"}'\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  home.write(".aws/config", "[default]\ncredential_process = '" + program + "' PROC\n");

  const Result<Credentials> got = fetch({{"HOME", home.path()}});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "PROC");
  EXPECT_EQ(got->source, "process");
}

TEST(CredentialsChain, StopsWhenTheProgramOfAProfileFails) {
  const HomeFolder home;
  home.write(".aws/config",
             "[profile gone]\ncredential_process=/nonexistent/hush\n"
             "[profile fails]\ncredential_process=/bin/false hush\n"
             "[profile silent]\ncredential_process=/bin/true\n"
             "[profile slow]\ncredential_process=/bin/sleep 600\n");
  const auto refused = [&](const char* profile, ErrorCode code) {
    expect_refusal(
        fetch({{"HOME", home.path()}, {"AWS_PROFILE", profile}}, {.process_timeout = 300ms}), code,
        "process: ");
  };

  refused("gone", ErrorCode::invalid_argument);
  refused("fails", ErrorCode::unavailable);
  refused("silent", ErrorCode::invalid_argument);
  refused("slow", ErrorCode::deadline_exceeded);
}

TEST(CredentialsChain, UsesTheLoginOfSso) {
  const FakeService sso([](const SeenRequest& request) {
    if (request.field("x-amz-sso_bearer_token") != "bearer") return reply(401, "{}");
    return reply(200, R"({"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s",)"
                      R"("sessionToken":"t","expiration":7258118400000}})");
  });
  const HomeFolder home;
  home.write(".aws/config",
             "[default]\nsso_session=corp\nsso_account_id=123\nsso_role_name=dev/x\n"
             "[sso-session corp]\nsso_region=eu-west-1\nsso_start_url=https://corp/start\n"
             "[profile old]\nsso_account_id=123\nsso_role_name=dev\nsso_region=eu-west-1\n"
             "sso_start_url=https://corp/start\n");
  const auto login = [&](std::string_view key, std::string_view content) {
    home.write(".aws/sso/cache/" + sha1_hex(key) + ".json", content);
  };
  login("corp", R"({"accessToken":"bearer","expiresAt":"2200-01-01T00:00:00Z"})");
  login("https://corp/start", R"({"accessToken":"bearer","expiresAt":"2200-01-01T00:00:00UTC"})");
  const Variables variables = {{"HOME", home.path()}, {"AWS_ENDPOINT_URL_SSO", sso.url()}};
  Variables old = variables;
  old.emplace_back("AWS_PROFILE", "old");

  const Result<Credentials> got = fetch(variables);

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "ASIASSO");
  EXPECT_EQ(got->source, "sso");
  EXPECT_EQ(sso.seen()[0].line,
            "GET /federation/credentials?role_name=dev%2Fx&account_id=123 HTTP/1.1");
  EXPECT_TRUE(fetch(old));

  login("corp", R"({"accessToken":"hush","expiresAt":"2200-01-01T00:00:00Z"})");
  expect_refusal(fetch(variables), ErrorCode::permission_denied, "sso: the SSO login is not taken");
  login("corp", R"({"accessToken":"bearer","expiresAt":"2000-01-01T00:00:00Z"})");
  expect_refusal(fetch(variables), ErrorCode::permission_denied, "has expired");
  login("corp", "hush");
  expect_refusal(fetch(variables), ErrorCode::permission_denied, "cannot be read");
  std::filesystem::remove_all(home.path() + "/.aws/sso");
  expect_refusal(fetch(variables), ErrorCode::permission_denied, "is not there");
}

TEST(CredentialsChain, AsksTheEndpointOfAnEcsTask) {
  const FakeService ecs([](const SeenRequest&) { return reply(200, endpoint_answer("ASIAECS")); });

  const Result<Credentials> got =
      fetch({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/uuid"},
             {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/"}},
            {.container_host = ecs.url()});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "ASIAECS");
  EXPECT_EQ(got->source, "container");
  EXPECT_EQ(ecs.seen()[0].line, "GET /v2/credentials/uuid HTTP/1.1");
  EXPECT_EQ(ecs.seen()[0].field("authorization"), "");
}

TEST(CredentialsChain, SendsThePodIdentityTokenOfTheFileAsItIsNow) {
  const FakeService eks([](const SeenRequest&) { return reply(200, endpoint_answer("ASIAEKS")); });
  const HomeFolder home;
  const std::string file = home.write("token", "from-file\n");
  const Settings settings =
      settings_of(with({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", eks.url("/v1/credentials")},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "plain"},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file}}));
  const auto chain = credentials_chain(settings);
  ASSERT_TRUE(chain);

  ASSERT_TRUE((*chain)->fetch(patience()));
  home.write("token", "renewed");
  ASSERT_TRUE((*chain)->fetch(patience()));

  EXPECT_EQ(eks.seen()[0].field("authorization"), "from-file");
  EXPECT_EQ(eks.seen()[1].field("authorization"), "renewed");
}

TEST(CredentialsChain, AsksOnlyThisMachineInTheClear) {
  for (const char* url : {"http://example.com/", "http://169.254.170.3/", "http://10.0.0.1/",
                          "http://127.0.0.1.evil.example/", "http://localhost.evil/", "ftp://x/",
                          "http://169.254.170.2@evil.example/", "hush", "http://[fd00:ec2::24]/"}) {
    expect_refusal(fetch({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}}),
                   ErrorCode::permission_denied, "must not be asked");
  }
}

TEST(CredentialsChain, RefusesAContainersTokenThatWouldBreakTheRequest) {
  expect_refusal(fetch({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\r\nx: y"}}),
                 ErrorCode::invalid_argument, "container: the authorization token");
}

TEST(CredentialsChain, StopsWhenAContainersEndpointFails) {
  const FakeService broken([](const SeenRequest& request) {
    if (request.line.find("/big") != std::string::npos) return reply(200, std::string(70'000, 'x'));
    return reply(500, "hush");
  });
  const auto refused = [&](std::string_view path, ErrorCode code) {
    expect_refusal(fetch({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", broken.url(path)}}), code,
                   "container: ");
  };

  refused("/", ErrorCode::unavailable);
  refused("/big", ErrorCode::resource_exhausted);
}

TEST(CredentialsChain, AsksAnInstanceWithATokenOnly) {
  const FakeService imds([](const SeenRequest& request) {
    if (request.line.find("PUT /latest/api/token ") == 0) return reply(200, "imds-token");
    if (request.field("x-aws-ec2-metadata-token") != "imds-token") return reply(401, "");
    if (request.line.find("/security-credentials/ ") != std::string::npos) {
      return reply(200, "my-role\nother");
    }
    return reply(200, endpoint_answer("ASIAEC2"));
  });

  const Result<Credentials> got = fetch({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url("/")}});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->access_key_id, "ASIAEC2");
  EXPECT_EQ(got->source, "ec2_metadata");
  const std::vector<SeenRequest> seen = imds.seen();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].field("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(seen[2].line, "GET /latest/meta-data/iam/security-credentials/my-role HTTP/1.1");
}

TEST(CredentialsChain, NeverFallsBackToVersionOneOfTheMetadata) {
  const FakeService old([](const SeenRequest& request) {
    return request.line.find("PUT") == 0 ? reply(404, "") : reply(200, endpoint_answer("ASIAV1"));
  });

  const Result<Credentials> got = fetch({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", old.url()}});

  EXPECT_FALSE(got);
  EXPECT_EQ(old.seen().size(), 1u);
}

TEST(CredentialsChain, RefusesARoleThatWouldBeAnotherPathAndAnInstanceWithoutRole) {
  std::string role = "../../user-data";
  const FakeService imds([&](const SeenRequest& request) {
    if (request.line.find("PUT") == 0) return reply(200, "t");
    return role.empty() ? reply(404, "") : reply(200, role);
  });
  const Variables::value_type url{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()};

  expect_refusal(fetch({url}), ErrorCode::unavailable, "named no role");
  role.clear();
  expect_refusal(fetch({url}), ErrorCode::not_found, "no such entry");
}

TEST(CredentialsChain, AsksAnInstanceAsOftenAsItIsToldAndGivesUp) {
  const FakeService imds([](const SeenRequest&) { return reply(503, ""); });

  const Result<Credentials> got = fetch({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()},
                                         {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "3"}});

  expect_refusal(got, ErrorCode::unavailable, "gave no token, status 503");
  EXPECT_EQ(imds.seen().size(), 3u);
}

}  // namespace
}  // namespace aloft::aws
