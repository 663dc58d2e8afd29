// SPDX-License-Identifier: Apache-2.0
#include "aws/ini.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

IniFile parsed(std::string_view text) {
  Result<IniFile> file = parse_ini(text);
  EXPECT_TRUE(file) << file.error().to_string();
  return file ? std::move(*file) : IniFile();
}

TEST(Ini, ReadsSectionsSettingsAndComments) {
  const IniFile file = parsed(
      "# a comment\n; another\n\n[default]\nregion = eu-central-1\n"
      "OUTPUT=json\r\n\n[profile \t payments]  ; trailing\nregion=us-east-1;not a comment\n"
      "empty =\n");

  const IniSection* const usual = file.find("default");
  const IniSection* const named = file.find("profile payments");
  ASSERT_TRUE(usual != nullptr && named != nullptr);
  EXPECT_EQ(usual->get("region"), "eu-central-1");
  EXPECT_EQ(usual->get("output"), "json");
  EXPECT_EQ(named->get("region"), "us-east-1;not a comment");
  EXPECT_EQ(named->get("empty"), std::nullopt);
  EXPECT_EQ(file.find("payments"), nullptr);
}

TEST(Ini, ReadsSettingsOfSettingsAndContinuedValues) {
  const IniFile file = parsed(
      "[services local]\nxray =\n  endpoint_url = http://127.0.0.1:2000\n  other = 1\n"
      "dynamodb =\n\tendpoint_url = http://127.0.0.1:8000\n"
      "[default]\nlong = one\n  two\n");

  const IniSection* const services = file.find("services local");
  ASSERT_NE(services, nullptr);
  const IniSetting* const xray = services->find("xray");
  ASSERT_NE(xray, nullptr);
  ASSERT_EQ(xray->nested.size(), 2u);
  EXPECT_EQ(xray->nested[0].key, "endpoint_url");
  EXPECT_EQ(xray->nested[0].value, "http://127.0.0.1:2000");
  EXPECT_EQ(file.find("default")->get("long"), "one\ntwo");
}

// Each as botocore 1.29.27 reads it; repeated sections and settings alone are refused there.
TEST(Ini, ReadsWhatBotocoreReads) {
  const IniFile file = parsed(
      "[default]\n  region : x\n    deeper\n  # comment\n  output = a:b # kept ; too\n"
      "  s3 =\n    max = 1\n\n[profile 'foo bar']\na : b=c\n"
      "  [profile \"one\"]\n  a = 1\n[foo's]\na = 2\n[profile foo's]\na = 3\n");

  const IniSection* const usual = file.find("default");
  ASSERT_NE(usual, nullptr);
  EXPECT_EQ(usual->get("region"), "x\ndeeper");
  EXPECT_EQ(usual->get("output"), "a:b # kept ; too");
  ASSERT_EQ(usual->find("s3")->nested.size(), 1u);
  EXPECT_EQ(usual->find("s3")->nested[0].value, "1");
  ASSERT_NE(file.find("profile foo bar"), nullptr);
  // Deeper than the setting above: part of its value.
  EXPECT_EQ(file.find("profile foo bar")->get("a"), "b=c\n[profile \"one\"]\na = 1");
  EXPECT_EQ(file.find("foo's")->get("a"), "2");
  EXPECT_EQ(file.find("profile foo's")->get("a"), "3");
  const IniFile indented = parsed("  [profile \"one\"]\n  a = 1\nb = 2\n");
  ASSERT_NE(indented.find("profile one"), nullptr);
  EXPECT_EQ(indented.find("profile one")->get("b"), "2");
}

TEST(Ini, JoinsRepeatedSectionsAndTakesTheLastOfRepeatedSettings) {
  const IniFile file = parsed("[a]\nx = 1\ny = 1\n[b]\n[a]\nx = 2\nz = a=b\n");

  EXPECT_EQ(file.size(), 2u);
  EXPECT_EQ(file.find("a")->get("x"), "2");
  EXPECT_EQ(file.find("a")->get("y"), "1");
  EXPECT_EQ(file.find("a")->get("z"), "a=b");
}

TEST(Ini, NamesTheLineThatIsWrongAndDoesNotQuoteIt) {
  struct Case {
    const char* text;
    const char* line;
  };
  for (const Case& bad :
       {Case{"secret", "line 1 "}, Case{"[a]\nsecret\n", "line 2 "}, Case{"[secret\n", "line 1 "},
        Case{"[]\n", "line 1 "}, Case{"[ ]\n", "line 1 "}, Case{"[a] secret\n", "line 1 "},
        Case{"[a]\n=secret\n", "line 2 "}, Case{"[a]\n  secret\n", "line 2 "},
        Case{"a = secret\n", "line 1 "}, Case{"[a]\nb =\n  secret\n", "line 3 "}}) {
    const Result<IniFile> file = parse_ini(bad.text);

    ASSERT_FALSE(file) << bad.text;
    EXPECT_EQ(file.error().code, ErrorCode::invalid_argument) << bad.text;
    EXPECT_THAT(file.error().message, HasSubstr(bad.line));
    EXPECT_THAT(file.error().to_string(), Not(HasSubstr("secret"))) << bad.text;
  }
}

TEST(Ini, HasLimits) {
  std::string sections;
  for (std::size_t i = 0; i <= kMaxIniSections; ++i) sections += "[" + std::to_string(i) + "]\n";
  std::string settings = "[a]\n";
  for (std::size_t i = 0; i <= kMaxIniSettings; ++i) settings += std::to_string(i) + "=1\n";

  for (const std::string& text : {sections, settings, std::string(kMaxIniBytes + 1, '\n')}) {
    const Result<IniFile> file = parse_ini(text);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::resource_exhausted);
  }
}

}  // namespace
}  // namespace aloft::aws
