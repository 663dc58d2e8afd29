// SPDX-License-Identifier: Apache-2.0
// The code of docs/guides/write-logs-to-files-and-consoles.md.
#include <aloft/telemetry/export/log_file.hpp>
#include <aloft/telemetry/export/pretty_lines.hpp>
#include <aloft/telemetry/logging.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace aloft::guides {
namespace {

using namespace std::chrono_literals;

TEST(SinksGuide, WritesForPeople) {
  LogOptions for_people{.exporter = pretty_lines()};

  EXPECT_NE(for_people.exporter, nullptr);
}

Result<LogOptions> options_of_a_file(const std::string& path) {
  auto file = log_file({.path = path, .rotate_every = 24h, .kept_files = 14});
  if (!file) return unexpected(file.error());
  LogOptions in_a_file{.exporter = std::move(*file)};
  return in_a_file;
}

TEST(SinksGuide, WritesToAFile) {
  EXPECT_EQ(options_of_a_file("/nowhere/a.log").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aloft::guides
