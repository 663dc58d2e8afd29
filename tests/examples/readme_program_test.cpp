// SPDX-License-Identifier: Apache-2.0
#include "examples/support/documents.hpp"
#include "examples/support/process.hpp"
#include "examples/support/udp_receiver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace examples_test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// Lines of the program that are code: not blank, not a comment.
std::size_t count_code_lines(const std::string& path) {
  std::ifstream file(path);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first != std::string::npos && line.compare(first, 2, "//") != 0) ++lines;
  }
  return lines;
}

TEST(ReadmeProgram, SendsOneTraceAndSaysSo) {
  UdpReceiver daemon;
  Process program({ALOFT_HELLO}, {{"AWS_XRAY_DAEMON_ADDRESS", daemon.address()}});

  const Exit exit = program.wait();
  const std::vector<Document> documents = read_documents(daemon.take_all());

  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.err, "");
  ASSERT_THAT(documents, SizeIs(1));
  EXPECT_EQ(exit.out, "sent 2 spans of trace " + documents[0].text("/trace_id") + "\n");
  EXPECT_EQ(documents[0].text("/name"), "greeting");
  EXPECT_THAT(documents[0].child_names(), ElementsAre("translate"));
  EXPECT_EQ(documents[0].text("/subsegments/0/annotations/language"), "cs");
}

TEST(ReadmeProgram, HasAtMostTwelveLinesOfCode) {
  const std::size_t lines = count_code_lines(ALOFT_SOURCE_DIR "/examples/hello/hello.cpp");

  EXPECT_GE(lines, 1u);
  EXPECT_LE(lines, 12u);
}

}  // namespace
}  // namespace examples_test
