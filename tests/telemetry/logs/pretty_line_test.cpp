// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/pretty_line.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace aloft {
namespace {

using Shape = LogFieldRecord::Shape;
using Colour = PrettyLineWriter::Colour;
using namespace std::string_literals;

/// 2025-11-22T11:52:25.123456Z
constexpr WallTime kThen{std::chrono::nanoseconds(1'763'812'345'123'456'789)};

std::string pretty(const LogRecord& record, std::size_t limit = kDefaultLogLineBytes,
                   Colour colour = Colour::no) {
  json::Buffer out(1 << 20);
  EXPECT_TRUE(PrettyLineWriter(limit, colour).append(out, record));
  return std::string(out.view());
}

std::string pretty_message(std::string_view message) {
  const std::string line = pretty({.time = kThen, .message = message, .fields = {}});
  const std::string before = "11:52:25.123Z INFO  ";
  EXPECT_EQ(line.substr(0, before.size()), before);
  return line.substr(before.size(), line.size() - before.size() - 1);
}

std::string pretty_value(const Value& value) {
  const LogFieldRecord fields[] = {{"v", value}};
  const std::string line = pretty({.time = kThen, .message = "m", .fields = fields});
  return line.substr(line.find("v=") + 2, line.size() - line.find("v=") - 3);
}

TEST(PrettyLine, SaysEverythingThatIsKnownForPeople) {
  const LogFieldRecord fields[] = {{"took", 1.5},         {"card", false, Shape::object_begin},
                                   {"brand", "visa"},     {"bin", false, Shape::object_begin},
                                   {"country", "NL"},     {{}, false, Shape::object_end},
                                   {"last_four", "4242"}, {{}, false, Shape::object_end},
                                   {"again", true},       {"amount", -4200}};
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

  EXPECT_EQ(pretty(record),
            "11:52:25.123Z WARN  issuer: issuer slow  took=1.5 card.brand=visa "
            "card.bin.country=NL card.last_four=4242 again=true amount=-4200  "
            "request=r-1 tenant=acme user=u-7 trace=c6d80b97  issuer.cpp:42\n");
}

TEST(PrettyLine, ColoursTheWordOfItsLevelOnly) {
  const auto coloured = [](LogLevel level) {
    return pretty({.time = kThen, .level = level, .message = "m", .fields = {}},
                  kDefaultLogLineBytes, Colour::yes);
  };

  EXPECT_EQ(coloured(LogLevel::debug), "11:52:25.123Z \x1B[36mDEBUG\x1B[0m m\n");
  EXPECT_EQ(coloured(LogLevel::info), "11:52:25.123Z \x1B[32mINFO\x1B[0m  m\n");
  EXPECT_EQ(coloured(LogLevel::warn), "11:52:25.123Z \x1B[33mWARN\x1B[0m  m\n");
  EXPECT_EQ(coloured(LogLevel::error), "11:52:25.123Z \x1B[1;31mERROR\x1B[0m m\n");
}

TEST(PrettyLine, ShowsWhatATerminalWouldObeyAsEscapes) {
  EXPECT_EQ(pretty_message("\x1B]0;owned\x07 \x1B[2J"), R"(\x1b]0;owned\x07 \x1b[2J)");
  EXPECT_EQ(pretty_message("a\rb\tc\x7F"), R"(a\rb\tc\x7f)");
  EXPECT_EQ(pretty_message("a\0b"s), R"(a\x00b)");
  EXPECT_EQ(pretty_message("csi \xC2\x9B"
                           "2J"),
            R"(csi \u{9b}2J)");
  EXPECT_EQ(pretty_message("turned \xE2\x80\xAE txt.exe"), R"(turned \u{202e} txt.exe)");
  EXPECT_EQ(pretty_message("\xE2\x81\xA6\xE2\x80\xA8\xEF\xBB\xBF\xD8\x9C"),
            R"(\u{2066}\u{2028}\u{feff}\u{61c})");
}

TEST(PrettyLine, LeavesOtherTextAsItIs) {
  EXPECT_EQ(pretty_message("gr\xC3\xBC\xC3\x9F \xE6\x97\xA5 \xF0\x9F\x98\x80 a\\b \"c\""),
            "gr\xC3\xBC\xC3\x9F \xE6\x97\xA5 \xF0\x9F\x98\x80 a\\b \"c\"");
}

TEST(PrettyLine, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(pretty_message("\xFF\xC3(\xED\xA0\x80"), R"(\xff\xc3(\xed\xa0\x80)");
}

TEST(PrettyLine, MarksTheFurtherLinesOfATextSoThatNoneLooksLikeALineOfItsOwn) {
  EXPECT_EQ(pretty_message("one\n11:52:25.123Z ERROR forged\r\nthree\n\n"),
            "one\n    | 11:52:25.123Z ERROR forged\n    | three");
  EXPECT_EQ(pretty_value("SELECT 1\nFROM t"), "\"SELECT 1\n    | FROM t\"");
}

TEST(PrettyLine, QuotesValuesThatCouldBeTakenForMore) {
  EXPECT_EQ(pretty_value("plain/value:1"), "plain/value:1");
  EXPECT_EQ(pretty_value(""), R"("")");
  EXPECT_EQ(pretty_value("a b=c"), R"("a b=c")");
  EXPECT_EQ(pretty_value("say \"hi\" \\o/"), R"("say \"hi\" \\o/")");
  EXPECT_EQ(pretty_value("\x1B[0m"), R"("\x1b[0m")");
}

TEST(PrettyLine, CutsALineThatIsTooLongAndSaysSo) {
  const std::string text(10'000, 'x');
  const std::string escapes(10'000, '\x01');
  const LogFieldRecord fields[] = {{"v", Value(text)}};

  const std::string message = pretty({.time = kThen, .message = text, .fields = {}}, 4'096);
  const std::string value = pretty({.time = kThen, .message = "m", .fields = fields}, 4'096);
  const std::string escaped = pretty({.time = kThen, .message = escapes, .fields = {}}, 4'096);

  EXPECT_EQ(message.size(), 4'096u);
  EXPECT_EQ(message.substr(4'090), "x \xE2\x80\xA6\n") << message.substr(4'080);
  EXPECT_EQ(value.size(), 4'096u);
  EXPECT_LE(escaped.size(), 4'096u);
  EXPECT_EQ(escaped.substr(escaped.size() - 9), "\\x01 \xE2\x80\xA6\n");
}

TEST(PrettyLine, AppendsNothingWhereThereIsNoRoom) {
  json::Buffer out(64);
  const std::string text(100, 'x');

  EXPECT_FALSE(PrettyLineWriter().append(out, {.time = kThen, .message = text, .fields = {}}));

  EXPECT_EQ(out.view(), "");
}

TEST(PrettyLine, WritesTheTextAloneForThoseWhoWriteTheRest) {
  const LogFieldRecord fields[] = {{"n", 2}};
  json::Buffer out(1'000);

  EXPECT_TRUE(PrettyLineWriter().append_text(
      out, {.time = kThen, .logger = "issuer", .message = "two", .fields = fields}));

  EXPECT_EQ(out.view(), "two  n=2");
}

TEST(PrettyLine, SurvivesObjectsThatAreDeeperOrEndMoreOftenThanTheyBegin) {
  std::vector<LogFieldRecord> fields(100, {"deep", false, Shape::object_begin});
  fields.push_back({"v", 1});
  fields.insert(fields.end(), 200, {{}, false, Shape::object_end});
  fields.push_back({"w", 2});

  const std::string line = pretty({.time = kThen, .message = "m", .fields = fields});

  EXPECT_NE(line.find("deep.deep."), std::string::npos);
  EXPECT_EQ(line.substr(line.size() - 5), " w=2\n");
}

}  // namespace
}  // namespace aloft
