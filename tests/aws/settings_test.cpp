// SPDX-License-Identifier: Apache-2.0
#include "aws/fixture.hpp"

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;

TEST(Settings, TakeTheProfileOfTheHomeFolder) {
  const HomeFolder home;
  home.write(".aws/config", "[default]\nregion = eu-west-1\n[profile pay]\nregion = us-east-2\n");

  const Settings usual = settings_of({{"HOME", home.path()}});
  const Settings named = settings_of({{"HOME", home.path()}, {"AWS_PROFILE", "pay"}});
  const Settings told =
      settings_of({{"HOME", home.path()}, {"AWS_PROFILE", "pay"}}, {.profile = "default"});

  EXPECT_EQ(usual.region(), "eu-west-1");
  EXPECT_EQ(named.region(), "us-east-2");
  EXPECT_EQ(told.region(), "eu-west-1");
}

TEST(Settings, PreferTheOptionThenTheVariablesThenTheProfile) {
  const HomeFolder home;
  home.write(".aws/config", "[default]\nregion = three\n");
  const Variables all = {
      {"HOME", home.path()}, {"AWS_REGION", "one"}, {"AWS_DEFAULT_REGION", "two"}};

  EXPECT_EQ(settings_of(all, {.region = "zero"}).region(), "zero");
  EXPECT_EQ(settings_of(all).region(), "one");
  EXPECT_EQ(settings_of({all[0], all[2]}).region(), "two");
  EXPECT_EQ(settings_of({all[0]}).region(), "three");
  EXPECT_EQ(settings_of({}).region(), "");
}

TEST(Settings, ReadTheFilesThatVariablesName) {
  const HomeFolder home;
  const std::string config = home.write("elsewhere", "[profile default]\nregion = eu-west-3\n");
  home.write("keys", "[other]\naws_access_key_id = A\n");

  const Settings settings = settings_of({{"HOME", home.path()},
                                         {"AWS_CONFIG_FILE", config},
                                         {"AWS_SHARED_CREDENTIALS_FILE", "~/keys"}});

  EXPECT_EQ(settings.region(), "eu-west-3");
  EXPECT_TRUE(settings.has_profile("other"));
  EXPECT_EQ(settings.credentials_path(), home.path() + "/keys");
}

TEST(Settings, RefuseAProfileThatDoesNotExistWithoutQuotingIt) {
  const HomeFolder home;

  const Result<Settings> loaded =
      Settings::load(Environment::of({{"HOME", home.path()}, {"AWS_PROFILE", "nobody"}}));

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::not_found);
  EXPECT_THAT(loaded.error().to_string(), ::testing::Not(HasSubstr("nobody")));
}

TEST(Settings, NameTheFileThatIsMalformedOrNoFile) {
  const HomeFolder home;
  home.write(".aws/config", "oops\n");
  const Result<Settings> malformed = Settings::load(Environment::of({{"HOME", home.path()}}));
  const Result<Settings> folder =
      Settings::load(Environment::of({{"AWS_CONFIG_FILE", home.path()}, {"HOME", "/nonexistent"}}));

  ASSERT_FALSE(malformed);
  EXPECT_THAT(malformed.error().message, HasSubstr("the AWS config file: line 1"));
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::invalid_argument);
}

TEST(Settings, TakeNullDevicesAndMissingFilesForEmptyOnes) {
  const Settings settings = settings_of(
      {{"AWS_CONFIG_FILE", "/dev/null"}, {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/x"}});

  EXPECT_FALSE(settings.has_profile("default"));
  EXPECT_EQ(settings.profile(), "default");
}

TEST(Settings, ReadFlagsOfVariablesAndProfiles) {
  const HomeFolder home;
  home.write(".aws/config", "[default]\nuse_fips_endpoint = True\n");

  const Settings profile = settings_of({{"HOME", home.path()}});
  const Settings variable =
      settings_of({{"HOME", home.path()}, {"AWS_USE_FIPS_ENDPOINT", "false"}});

  EXPECT_TRUE(profile.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
  EXPECT_FALSE(variable.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
  EXPECT_FALSE(profile.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
}

TEST(Settings, TakeAFileThatCannotBeReadForNoneUnlessItIsNamed) {
  const HomeFolder home;
  home.write(".aws/credentials", "[default]\n");
  const std::string loop = home.path() + "/.aws/config";  // unreadable for root as well
  std::filesystem::create_symlink(loop, loop);

  EXPECT_TRUE(Settings::load(Environment::of({{"HOME", home.path()}})));
  const auto named =
      Settings::load(Environment::of({{"HOME", home.path()}, {"AWS_CONFIG_FILE", loop}}));
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code, ErrorCode::permission_denied);
}

}  // namespace
}  // namespace aloft::aws
