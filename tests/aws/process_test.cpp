// SPDX-License-Identifier: Apache-2.0
#include "aws/process.hpp"

#include "aws/fixture.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <atomic>
#include <string>
#include <thread>

namespace aloft::aws {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> words_of(std::string_view command) {
  const Result<std::vector<std::string>> words = split_command(command);
  return words ? *words : std::vector<std::string>{"refused"};
}

std::vector<std::string> shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

Result<Secret> run(const std::vector<std::string>& words, Deadline deadline = patience()) {
  const std::atomic<bool> never{false};
  return run_process(words, 1024, deadline, Clock::system(), never);
}

TEST(SplitCommand, IsThatOfAShellWithoutItsVariables) {
  EXPECT_THAT(words_of("/opt/bin/tool --user u"), ElementsAre("/opt/bin/tool", "--user", "u"));
  EXPECT_THAT(words_of(" tool\t'a b' \"c d\"e "), ElementsAre("tool", "a b", "c de"));
  EXPECT_THAT(words_of(R"(tool a\ b "q\"\\" '\')"), ElementsAre("tool", "a b", "q\"\\", "\\"));
  EXPECT_THAT(words_of(R"(tool "\n" '' $HOME *)"), ElementsAre("tool", "\\n", "", "$HOME", "*"));
  EXPECT_THAT(words_of("tool;ls|cat"), ElementsAre("tool;ls|cat"));
}

TEST(SplitCommand, RefusesWhatIsNoCommandWithoutQuotingIt) {
  for (const char* bad : {"", "  ", "'hush", "\"hush", "hush\\", "''", "\"\" hush"}) {
    const Result<std::vector<std::string>> words = split_command(bad);
    ASSERT_FALSE(words) << bad;
    EXPECT_THAT(words.error().to_string(), Not(HasSubstr("hush")));
  }
  std::string many;
  for (std::size_t i = 0; i <= kMaxCommandWords; ++i) many += "a ";
  EXPECT_FALSE(split_command(many));
}

TEST(RunProcess, GivesTheOutputAndThrowsErrorsAway) {
  const Result<Secret> output = run(shell("echo out; echo noise >&2"));

  ASSERT_TRUE(output) << output.error().to_string();
  EXPECT_EQ(output->reveal(), "out\n");
}

TEST(RunProcess, TellsTheCodeOfAFailureAndNothingOfItsOutput) {
  const Result<Secret> output = run(shell("echo hush; echo hush >&2; exit 3"));

  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::unavailable);
  EXPECT_THAT(output.error().to_string(), HasSubstr("code 3"));
  EXPECT_THAT(output.error().to_string(), Not(HasSubstr("hush")));
}

TEST(RunProcess, SaysWhenThereIsNoSuchProgram) {
  const Result<Secret> output = run({"/nonexistent/program"});

  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::not_found);
}

TEST(RunProcess, KillsTheProgramAndItsChildrenAtTheDeadline) {
  // Both hold the pipe open: only the death of both ends the read below.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string script = "sleep 600 & exec sleep 600";

  const Result<Secret> output = run(shell(script), Deadline::after(Clock::system(), 50ms));

  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::deadline_exceeded);
}

TEST(RunProcess, KillsAProgramThatClosesItsOutputAndStays) {
  const Result<Secret> output =
      run(shell("exec >&-; exec sleep 600"), Deadline::after(Clock::system(), 50ms));

  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::deadline_exceeded);
}

TEST(RunProcess, StopsReadingAtTheLimit) {
  const Result<Secret> output = run(shell("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaa; done"));

  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::resource_exhausted);
}

TEST(RunProcess, LeavesNothingOfOursOpenInTheProgram) {
  const int ours = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as hosts do
  ASSERT_GE(ours, 0);

  // The descriptor of the folder that `ls` reads is the one after its three.
  const Result<Secret> output = run({"/bin/ls", "/proc/self/fd"});

  ::close(ours);
  ASSERT_TRUE(output) << output.error().to_string();
  EXPECT_EQ(output->reveal(), "0\n1\n2\n3\n");
}

TEST(RunProcess, LeavesNoDescriptorOpenHere) {
  const auto next = [] {
    const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(number);
    return number;
  };
  const int before = next();

  for (int i = 0; i < 5; ++i) static_cast<void>(run(shell("echo x")));
  static_cast<void>(run({"/nonexistent"}));

  EXPECT_EQ(next(), before);
}

TEST(RunProcess, IsKilledWhenNobodyWaitsAnyMore) {
  std::atomic<bool> cancelled{false};
  std::thread other([&] { cancelled = true; });
  const auto got = run_process({"sleep", "60"}, 1024, patience(), Clock::system(), cancelled);
  other.join();

  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::cancelled);
}

TEST(RunProcess, WritesToAPipeThatBlocks) {
  // O_NONBLOCK belongs to the open file, and an end that has it shows in the child.
  const auto got = run({"/bin/sh", "-c", "grep ^flags: /proc/self/fdinfo/1"});

  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(std::stoul(std::string(got->reveal().substr(6)), nullptr, 8) & O_NONBLOCK, 0u);
}

}  // namespace
}  // namespace aloft::aws
