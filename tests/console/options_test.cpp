// SPDX-License-Identifier: Apache-2.0
#include "console/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aloft::console {
namespace {

Result<Command> parse(const std::vector<std::string_view>& arguments) {
  return parse_command(arguments);
}

AppOptions options(const std::vector<std::string_view>& arguments) {
  auto command = parse(arguments);
  EXPECT_TRUE(command) << command.error().to_string();
  return command ? std::get<AppOptions>(*command) : AppOptions{};
}

std::string refusal(const std::vector<std::string_view>& arguments) {
  const auto command = parse(arguments);
  return command ? "accepted" : command.error().message + "; " + command.error().remedy;
}

TEST(Options, HaveTheDocumentedDefaults) {
  const AppOptions defaults = options({});

  EXPECT_EQ(defaults.http.text(), "127.0.0.1:8000");
  EXPECT_EQ(defaults.xray.text(), "127.0.0.1:2000");
  EXPECT_EQ(defaults.db, "");
  EXPECT_EQ(defaults.max_bytes, 268'435'456U);
  EXPECT_EQ(defaults.logs_max_bytes, 268'435'456U);
  EXPECT_EQ(defaults.logs_retention_days, std::nullopt);
  EXPECT_TRUE(defaults.allowed_hosts.empty());
  EXPECT_EQ(defaults.token, "");
  EXPECT_EQ(defaults.sampling_rules, "");
}

TEST(Options, AreReadInBothSpellings) {
  const AppOptions given =
      options({"--http", "0.0.0.0:0", "--xray=[::1]:2001", "--db", "a.db", "--max-bytes=2G",
               "--allow-host", "Dev.Example", "--allow-host=b", "--token=0123456789abcdef",
               "--sampling-rules", "rules.json", "--logs-max-bytes=3M", "--logs-retention", "7"});

  EXPECT_EQ(given.http.text(), "0.0.0.0:0");
  EXPECT_EQ(given.xray.text(), "[::1]:2001");
  EXPECT_EQ(given.db, "a.db");
  EXPECT_EQ(given.max_bytes, std::uint64_t{2} << 30U);
  EXPECT_EQ(given.logs_max_bytes, std::uint64_t{3} << 20U);
  EXPECT_EQ(given.logs_retention_days, 7);
  EXPECT_EQ(given.allowed_hosts, (std::vector<std::string>{"dev.example", "b"}));
  EXPECT_EQ(given.token, "0123456789abcdef");
  EXPECT_EQ(given.sampling_rules, "rules.json");
}

TEST(Options, KnowHelpAndVersion) {
  EXPECT_TRUE(std::holds_alternative<ShowHelp>(*parse({"--http", "127.0.0.1:1", "--help"})));
  EXPECT_TRUE(std::holds_alternative<ShowVersion>(*parse({"--version"})));
  EXPECT_NE(help_text().find("--max-bytes"), std::string_view::npos);
}

TEST(Options, NameWhatIsWrongAndTheRemedyWithoutRepeatingIt) {
  EXPECT_EQ(refusal({"--nope"}),
            "argument 1 is no option of aloft-console; aloft-console --help lists them");
  EXPECT_EQ(refusal({"--memory", "file"}),
            "argument 2 is no option of aloft-console; aloft-console --help lists them");
  EXPECT_EQ(refusal({"--http"}), "--http needs a value; aloft-console --help shows them");
  EXPECT_EQ(refusal({"--http", "8000"}),
            "--http has no port; give ADDRESS:PORT, e.g. 127.0.0.1:8000 or [::1]:8000");
  EXPECT_EQ(refusal({"--xray", "127.0.0.1:65536"}),
            "--xray has no port from 0 to 65535; give ADDRESS:PORT, e.g. 127.0.0.1:8000 or "
            "[::1]:8000");
  EXPECT_EQ(refusal({"--xray", "example.com:1"}),
            "--xray has no literal IP address; give ADDRESS:PORT, e.g. 127.0.0.1:8000 or "
            "[::1]:8000");
  EXPECT_EQ(refusal({"--logs-retention", "0"}),
            "--logs-retention is not 1 to 3653; give a number of days");
  EXPECT_EQ(refusal({"--max-bytes", "12X"}),
            "--max-bytes is not a size; give bytes, or a number with K, M or G");
  EXPECT_EQ(refusal({"--allow-host", "http://x"}),
            "--allow-host is not a host name; give a name without scheme and port");
  EXPECT_EQ(refusal({"--token", "short"}),
            "--token is too short, too long or has other characters; use 16 to 128 of A-Z a-z "
            "0-9 . _ ~ -");
  EXPECT_EQ(refusal({"--db", ""}), "--db is empty; name a file");
  EXPECT_EQ(refusal({"--sampling-rules="}), "--sampling-rules is empty; name a file of JSON");
  EXPECT_EQ(refusal({"--memory", "--db", "a"}),
            "--memory and --db exclude each other; give one of them");
}

TEST(Options, ReadSizes) {
  EXPECT_EQ(options({"--max-bytes", "1048576"}).max_bytes, 1'048'576U);
  EXPECT_EQ(options({"--max-bytes", "64m"}).max_bytes, 67'108'864U);
  EXPECT_EQ(refusal({"--max-bytes", "99999999999G"}),
            "--max-bytes is not a size; give bytes, or a number with K, M or G");
  EXPECT_EQ(refusal({"--max-bytes", "M"}),
            "--max-bytes is not a size; give bytes, or a number with K, M or G");
}

TEST(Endpoint, KnowsLoopbackAndWildcard) {
  EXPECT_TRUE(Endpoint::parse("127.8.9.1:1")->is_loopback());
  EXPECT_TRUE(Endpoint::parse("[::1]:1")->is_loopback());
  EXPECT_TRUE(Endpoint::parse("localhost:1")->is_loopback());
  EXPECT_FALSE(Endpoint::parse("10.0.0.1:1")->is_loopback());
  EXPECT_TRUE(Endpoint::parse("[::]:1")->is_wildcard());
  EXPECT_FALSE(Endpoint::parse("10.0.0.1:1")->is_wildcard());
}

TEST(Endpoint, RefusesAmbiguousAddresses) {
  for (const char* text : {"", ":", ":80", "::1:80", "[127.0.0.1]:80", "127.1:80", "[]:80",
                           "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:+1", "0x7f.1:80"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

}  // namespace
}  // namespace aloft::console
