// SPDX-License-Identifier: Apache-2.0
#include "telemetry/logs/log_bench.hpp"

#include <aloft/telemetry/format/log_line.hpp>

#include <gtest/gtest.h>

#include <string>

namespace aloft {
namespace {

using Shape = LogFieldRecord::Shape;

std::string line_of(const LogRecord& record, std::size_t limit = kDefaultLogLineBytes,
                    const std::string& service = {}) {
  json::Buffer out(1 << 20);
  LogLineWriter writer(limit);
  EXPECT_TRUE(writer.append(out, Resource{.service_name = service}, record));
  return std::string(out.view());
}

/// 2025-11-22T11:52:25.123456Z
constexpr WallTime kThen{std::chrono::nanoseconds(1'763'812'345'123'456'789)};

TEST(LogLine, SaysEverythingThatIsKnownInOneLine) {
  const LogFieldRecord fields[] = {{"charge_id", "ch_1"}, {"card", false, Shape::object_begin},
                                   {"brand", "visa"},     {{}, false, Shape::object_end},
                                   {"took", 0.5},         {"amount", 4200},
                                   {"again", true}};
  const LogRecord record{.time = kThen,
                         .sequence = 7,
                         .level = LogLevel::warn,
                         .logger = "issuer",
                         .message = "issuer slow",
                         .request_id = "r-1",
                         .tenant_id = "acme",
                         .user_id = "u-7",
                         .trace_id = {0x692199c93f0c1d5aULL, 0x7be1f2a4c6d80b97ULL},
                         .span_id = {0x0f3c1d5a7be1f2a4ULL},
                         .file = "issuer.cpp",
                         .line = 42,
                         .fields = fields};

  EXPECT_EQ(line_of(record, kDefaultLogLineBytes, "payments"),
            R"({"timestamp":"2025-11-22T11:52:25.123456Z","level":"WARN","message":"issuer slow",)"
            R"("service":"payments","logger":"issuer","request_id":"r-1","tenant_id":"acme",)"
            R"("user_id":"u-7","trace_id":"1-692199c9-3f0c1d5a7be1f2a4c6d80b97",)"
            R"("span_id":"0f3c1d5a7be1f2a4","fields":{"charge_id":"ch_1","card":{"brand":"visa"},)"
            R"("took":0.5,"amount":4200,"again":true},"location":"issuer.cpp:42"})"
            "\n");
}

TEST(LogLine, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(line_of({.time = kThen, .message = "ready", .fields = {}}),
            R"({"timestamp":"2025-11-22T11:52:25.123456Z","level":"INFO","message":"ready"})"
            "\n");
}

TEST(LogLine, WritesTheTimesOfOneBatchEachWithItsOwnSecond) {
  json::Buffer out(4'096);
  LogLineWriter writer;
  const Resource resource;
  for (const int second : {0, 0, 59, 86'400}) {
    writer.append(out, resource,
                  {.time = WallTime(std::chrono::seconds(second)), .message = "x", .fields = {}});
  }

  const std::string text(out.view());
  EXPECT_NE(text.find("1970-01-01T00:00:00.000000Z"), std::string::npos);
  EXPECT_NE(text.find("1970-01-01T00:00:59.000000Z"), std::string::npos);
  EXPECT_NE(text.find("1970-01-02T00:00:00.000000Z"), std::string::npos);
}

TEST(LogLine, EscapesSoThatALineStaysALine) {
  const LogFieldRecord fields[] = {{"note", "a\nb\"c\\d\x01\xff"}};

  EXPECT_EQ(line_of({.time = kThen, .message = "two\nlines", .fields = fields}),
            R"({"timestamp":"2025-11-22T11:52:25.123456Z","level":"INFO","message":"two\nlines",)"
            R"("fields":{"note":"a\nb\"c\\d\u0001)"
            "\xEF\xBF\xBD"
            R"("}})"
            "\n");
}

TEST(LogLine, LeavesOutFieldsFromTheEndUntilItFits) {
  const std::string text(5'000, 'x');
  const LogFieldRecord fields[] = {{"a", 1},
                                   {"b", false, Shape::object_begin},
                                   {"inner", text},
                                   {{}, false, Shape::object_end},
                                   {"c", 2}};

  const std::string line = line_of({.time = kThen, .message = "m", .fields = fields}, 4'096);

  EXPECT_LE(line.size(), 4'096u);
  EXPECT_NE(line.find(R"("fields":{"a":1},"truncated":true})"), std::string::npos) << line;
}

TEST(LogLine, IsNeverLongerThanItsLimit) {
  for (const std::size_t limit : {4'096u, 6'000u, 16'384u}) {
    for (const std::size_t size : {0u, 500u, 1'000u, 3'000u, 20'000u}) {
      for (const char filler : {'x', '\x01', '"'}) {
        const std::string text(size, filler);
        const LogFieldRecord fields[] = {{"text", text}, {"more", text}};
        const std::string id(128, 'i');
        const std::string line = line_of({.time = kThen,
                                          .logger = id,
                                          .message = text,
                                          .request_id = id,
                                          .tenant_id = id,
                                          .user_id = id,
                                          .file = text,
                                          .line = 4'000'000'000,
                                          .fields = fields},
                                         limit, std::string(200, 's'));
        EXPECT_LE(line.size(), limit) << size << filler;
        EXPECT_EQ(line.substr(line.size() - 2), "}\n");
      }
    }
  }
}

}  // namespace
}  // namespace aloft
