// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/log_bench.hpp"
#include "telemetry/logs/pipe.hpp"

#include <aloft/telemetry/export/log_lines.hpp>

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

LogOptions lines_into(const Pipe& pipe) {
  return {.exporter = log_lines({.descriptor = pipe.writer()})};
}

TEST(LogLines, WritesALineOfJsonForEachLine) {
  const Pipe pipe;
  LogBench bench(lines_into(pipe));

  bench.log.info("one");
  bench.log.info("two", {"n", 2});
  static_cast<void>(bench.bench.flush());

  const std::string text = pipe.read_all();
  EXPECT_EQ(lines_in(text), 2u);
  EXPECT_NE(text.find(R"("message":"two","service":"payments","fields":{"n":2}})"
                      "\n"),
            std::string::npos);
  EXPECT_EQ(bench.telemetry.log_accounting().sent, 2u);
}

TEST(LogLines, DropsWholeLinesWhenTheReaderStallsAndGoesOnBehindATornOne) {
  const Pipe pipe;
  LogBench bench(lines_into(pipe));
  const std::string filler(10'000, 'x');

  for (int i = 0; i < 20; ++i) bench.log.info("line", {"filler", filler});
  static_cast<void>(bench.bench.flush());
  const std::string before = pipe.read_all();
  bench.log.info("after");
  static_cast<void>(bench.bench.flush());
  const std::string after = pipe.read_all();

  const Accounting books = bench.telemetry.log_accounting();
  EXPECT_EQ(lines_in(before), books.sent - 1);
  EXPECT_GT(books.dropped[Reason::send_failed], 0u);
  EXPECT_EQ(books.balance(), 0);
  EXPECT_EQ(books.accepted, 21u);
  const std::string last = after.substr(after.rfind('{', after.size() - 2));
  EXPECT_EQ(last.substr(0, 14), R"({"timestamp":")");
  EXPECT_EQ(after[after.size() - last.size() - 1], '\n') << "a torn line is ended first";
}

TEST(LogLines, DropsWhatNobodyReads) {
  Pipe pipe;
  LogBench bench(lines_into(pipe));
  pipe.close_reader();

  bench.log.info("line");
  static_cast<void>(bench.bench.flush());

  EXPECT_EQ(bench.telemetry.log_accounting().dropped[Reason::send_failed], 1u);
}

}  // namespace
}  // namespace aloft
