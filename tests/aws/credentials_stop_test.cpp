// SPDX-License-Identifier: Apache-2.0
// Real sources that say nothing, and what they cost who stops; and which source goes before which.
#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/credentials_chain.hpp>

#include "aws/fixture.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <thread>

namespace aloft::aws {
namespace {

/// What a stop takes while `variables` make a source that says nothing; what it answers is told.
void expect_prompt_end(const Variables& variables, const std::function<bool()>& asked) {
  CredentialsChainOptions slow{.container_timeout = 30s, .metadata_timeout = 30s};
  auto chain = credentials_chain(settings_of(variables), slow);
  ASSERT_TRUE(chain);
  Result<CachedCredentials> made = CachedCredentials::create(*std::move(chain));
  ASSERT_TRUE(made);
  std::optional<CachedCredentials> cached(*std::move(made));
  std::promise<ErrorCode> told;
  cached->get(Deadline::never(), [&](Result<SharedCredentials> who) {
    told.set_value(who ? ErrorCode::internal : who.error().code);
  });
  while (!asked()) std::this_thread::yield();

  const SteadyTime begin = Clock::system().steady_now();
  cached.reset();
  // Far less than what the source may take, which is 30 s.
  EXPECT_LT(Clock::system().steady_now() - begin, 10s);
  EXPECT_EQ(told.get_future().get(), ErrorCode::cancelled);
}

TEST(CredentialsChainEnd, DoesNotHoldAStopUpWhenAnEndpointIsSilent) {
  std::atomic<bool> asked{false};
  std::promise<void> end;
  std::shared_future<void> ended(end.get_future());
  FakeService silent([&](const SeenRequest&) {
    asked = true;
    ended.wait();
    return std::string();
  });

  expect_prompt_end({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", silent.url("/role")}},
                    [&] { return asked.load(); });
  end.set_value();
}

TEST(CredentialsChainEnd, KillsAProgramThatRunsWhenItStops) {
  const HomeFolder home;
  const std::string mark = home.path() + "/started";
  const std::string program = home.write("slow", "touch " + mark + "; sleep 60\n");
  const std::string config =
      home.write("config", "[default]\ncredential_process = /bin/sh " + program + "\n");

  expect_prompt_end({{"AWS_CONFIG_FILE", config}}, [&] { return std::filesystem::exists(mark); });
}

TEST(CredentialsChainOrder, TakesAProcessBeforeKeysOfTheConfigFile) {
  const HomeFolder home;
  const std::string program = home.write(
      "give", "echo '{\"Version\":1,\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"s\"}'");
  const std::string keys = "aws_access_key_id = AKIDKEYS\naws_secret_access_key = s\n";
  const std::string config =
      home.write("config", "[default]\n" + keys + "credential_process = /bin/sh " + program + "\n");
  const std::string none = home.write("none", "");
  const std::string credentials = home.write("credentials", "[default]\n" + keys);
  const auto key_with = [&](const std::string& file) {
    auto chain = credentials_chain(
        settings_of({{"AWS_CONFIG_FILE", config}, {"AWS_SHARED_CREDENTIALS_FILE", file}}));
    const Result<Credentials> got = (*chain)->fetch(patience());
    return got ? got->access_key_id : got.error().to_string();
  };

  EXPECT_EQ(key_with(none), "AKIDPROCESS");
  EXPECT_EQ(key_with(credentials), "AKIDKEYS");
}

}  // namespace
}  // namespace aloft::aws
