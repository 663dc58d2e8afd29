// SPDX-License-Identifier: Apache-2.0
// Traces that no single document holds.
#include <aloft/telemetry/format/xray_document.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const TraceId kTrace{0x5759e988bd862e3f, 0xe1be46a994272793};
const Resource kResource{"s", ""};

class XrayDocumentSplit : public ::testing::Test {
 protected:
  /// A span with a text of that length for metadata.
  SpanRecord& add(std::uint64_t id, std::uint64_t parent, std::size_t bytes = 0) {
    SpanRecord record;
    record.name = "span";
    record.id = {id};
    record.parent_id = {parent};
    record.start = WallTime(std::chrono::nanoseconds(1'763'812'345'123'456'789));
    record.duration = std::chrono::milliseconds(12);
    if (bytes != 0) {
      texts_[id] = std::string(bytes, 'x');
      const auto at = metadata_.insert_or_assign(id, MetadataRecord{"default", "text", texts_[id]});
      record.metadata = {&at.first->second, 1};
    }
    spans_.push_back(record);
    return spans_.back();
  }
  std::vector<std::string> documents(std::size_t limit, std::string_view prefix = "") {
    XRayDocumentWriter writer(prefix, limit);
    const TraceRecord trace{kTrace, true, spans_};
    writer.begin(kResource, trace);
    std::vector<std::string> all;
    sent_ = 0;
    while (const auto document = writer.next()) {
      all.emplace_back(document->text);
      sent_ += document->spans;
    }
    too_large_ = writer.too_large();
    return all;
  }

  std::map<std::uint64_t, std::string> texts_;
  std::map<std::uint64_t, MetadataRecord> metadata_;
  std::vector<SpanRecord> spans_;
  std::size_t sent_ = 0;
  std::size_t too_large_ = 0;
};

TEST_F(XrayDocumentSplit, TheLargestSubtreeLeavesFirstAndComesBeforeItsRoot) {
  add(1, 0);
  add(2, 1, 100);
  add(3, 1, 500);
  add(4, 3);
  add(5, 1, 100);
  const std::size_t whole = documents(kMaxDatagramBytes).at(0).size();

  const auto sent = documents(whole - 1);

  ASSERT_EQ(sent.size(), 2u);
  EXPECT_THAT(sent[0], HasSubstr(R"("id":"0000000000000003","parent_id":"0000000000000001")"));
  EXPECT_THAT(sent[0], HasSubstr(R"("type":"subsegment")"));
  EXPECT_THAT(sent[0], HasSubstr(R"("id":"0000000000000004")"));
  EXPECT_THAT(sent[1], HasSubstr(R"("id":"0000000000000002")"));
  EXPECT_THAT(sent[1], HasSubstr(R"("id":"0000000000000005")"));
  EXPECT_THAT(sent[1], Not(HasSubstr("0000000000000003")));
}

TEST_F(XrayDocumentSplit, AFaultStaysBesideItsRootLongest) {
  add(1, 0);
  add(2, 1, 100);
  add(3, 1, 100);
  add(4, 3, 500).fault = true;
  add(5, 1, 100);

  const auto sent = documents(1'500);

  EXPECT_THAT(sent.back(), HasSubstr(R"("id":"0000000000000001")"));
  EXPECT_THAT(sent.back(), HasSubstr(R"("id":"0000000000000004")"));
  EXPECT_EQ(sent.size(), 2u);
}

TEST_F(XrayDocumentSplit, FitsToTheByte) {
  add(1, 0);
  for (std::uint64_t id = 2; id < 8; ++id) add(id, id == 7 ? 6 : 1, 50 * id);
  const std::size_t whole = documents(kMaxDatagramBytes).at(0).size();

  EXPECT_EQ(documents(whole).size(), 1u);
  EXPECT_EQ(documents(whole - 1).size(), 2u);
  // At the limit that the largest of them needs, nothing changes; a byte below it something does.
  const auto sent = documents(whole - 1);
  const std::size_t largest = std::max(sent[0].size(), sent[1].size());
  EXPECT_EQ(documents(largest), sent);
  EXPECT_NE(documents(largest - 1), sent);
}

TEST_F(XrayDocumentSplit, TheChildrenOfASpanThatIsGivenUpGoAlone) {
  const std::string name(400, 'n');
  add(1, 0);
  add(2, 1).name = name;
  add(3, 2);

  const auto sent = documents(350);

  EXPECT_EQ(too_large_, 1u);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_THAT(sent[0], HasSubstr(R"("id":"0000000000000003","parent_id":"0000000000000002")"));
}

TEST_F(XrayDocumentSplit, AnyTraceAtAnyLimitIsSentOnceAndNeverAboveIt) {
  constexpr std::string_view kId = R"("id":")";  // and sixteen digits
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    std::mt19937_64 random(seed);
    spans_.clear();
    const std::uint64_t count = 1 + random() % 60;
    for (std::uint64_t i = 1; i <= count; ++i) {
      // They end in a text, a time, a number or a truth, which are written in different ways.
      SpanRecord& span =
          add(i, i == 1 ? 0 : 1 + random() % (i - 1), random() % 2 == 0 ? random() % 400 : 0);
      span.fault = random() % 5 == 0;
      if (random() % 3 == 0) span.http = {.method = "GET", .url = "http://a/b", .status = 200};
    }
    const std::size_t limit = seed % 10 == 0 ? random() % 300 : 300 + random() % 3'000;

    const auto sent = documents(limit, "head\n");

    EXPECT_EQ(sent_ + too_large_, count) << seed;
    const bool holds_any_span = limit >= 800;
    EXPECT_TRUE(too_large_ == 0 || !holds_any_span) << seed;
    std::map<std::string, int> seen;
    for (const std::string& document : sent) {
      EXPECT_LE(document.size(), limit) << seed;
      for (std::size_t at = document.find(kId); at != std::string::npos;
           at = document.find(kId, at + 1)) {
        ++seen[document.substr(at + kId.size(), 16)];
      }
    }
    EXPECT_EQ(seen.size(), sent_) << seed;
  }
}

TEST_F(XrayDocumentSplit, NoByteOfTheLimitIsOutOfReach) {
  add(1, 0);
  for (std::uint64_t id = 2; id <= 200; ++id) {
    add(id, 1).http = {.method = "GET", .url = "http://a/b", .status = 200};
  }

  for (std::size_t limit = 10'000; limit < 10'200; ++limit) {
    const auto sent = documents(limit);
    EXPECT_EQ(sent_, 200u) << limit;
    EXPECT_GT(sent.back().size(), limit - 200) << limit;
  }
}

TEST_F(XrayDocumentSplit, AFaultThatCannotStayTakesNobodyWithIt) {
  add(1, 0);
  for (std::uint64_t id = 2; id <= 100; ++id) add(id, 1);
  add(101, 1, 65'190).fault = true;

  const auto sent = documents(kMaxDatagramBytes);

  EXPECT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent_, 101u);
}

}  // namespace
}  // namespace aloft
