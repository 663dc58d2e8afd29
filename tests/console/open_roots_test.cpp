// SPDX-License-Identifier: Apache-2.0
// A root that our own telemetry tells of while it is open, and the whole one that replaces it.
#include "app_fixture.hpp"

#include <aloft/telemetry/export/xray_daemon_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace aloft::console {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

class OpenRootsTest : public fixture::AppTest {};

TEST_F(OpenRootsTest, AreShownAsInProgressUntilTheWholeComes) {
  start();
  testing::ManualClock clock;
  const Platform platform{clock, Random::system(), Diagnostics::standard_error()};
  auto telemetry = Telemetry::create(
      {.service_name = "nightly",
       .exporter = *xray_daemon_exporter(
           {.address = "127.0.0.1:" + std::to_string(app_->xray_port())}, platform),
       .pipeline = {.in_progress_after = seconds(30), .threading = Threading::manual}},
      platform);
  ASSERT_TRUE(telemetry);
  Span root = telemetry->tracer().start("nightly");
  root.annotate("rows", 7);
  clock.advance(seconds(30));
  telemetry->flush(seconds(1));
  status_after(1);
  const std::string open = get("/api/traces").body;

  clock.advance(seconds(60));
  root.end();
  telemetry->flush(seconds(1));
  status_after(2);
  const std::string ended = get("/api/traces").body;

  EXPECT_THAT(open, HasSubstr(R"("in_progress":true)"));
  EXPECT_THAT(open, HasSubstr(R"("name":"nightly")"));
  EXPECT_THAT(ended, HasSubstr(R"("in_progress":false)"));
  EXPECT_THAT(ended, HasSubstr(R"("duration":90)"));
  EXPECT_THAT(ended, HasSubstr(R"("spans":1)"));
  EXPECT_THAT(ended, Not(HasSubstr(R"("in_progress":true)")));
  EXPECT_EQ(telemetry->counters().in_progress, 1u);
  EXPECT_EQ(telemetry->accounting().sent, 1u);
}

}  // namespace
}  // namespace aloft::console
