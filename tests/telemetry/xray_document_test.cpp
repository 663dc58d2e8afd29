// SPDX-License-Identifier: Apache-2.0
// Golden documents in golden/: written by hand from the developer guide's field list, then compared
// byte for byte.
#include <aloft/telemetry/format/xray_document.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace aloft {
namespace {

const TraceId kTrace{0x5759e988bd862e3f, 0xe1be46a994272793};
const WallTime kStart{std::chrono::nanoseconds(1'763'812'345'123'456'789)};

std::string golden(const std::string& name) {
  std::ifstream file(ALOFT_TEST_DATA "/golden/" + name + ".json", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> documents(const Resource& resource, const TraceRecord& trace,
                                   std::size_t limit = kMaxDatagramBytes) {
  XRayDocumentWriter writer({}, limit);
  writer.begin(resource, trace);
  std::vector<std::string> all;
  while (const auto document = writer.next()) all.emplace_back(document->text);
  return all;
}

SpanRecord span(std::string_view name, std::uint64_t id, std::uint64_t parent) {
  SpanRecord record;
  record.name = name;
  record.id = {id};
  record.parent_id = {parent};
  record.start = kStart;
  record.duration = std::chrono::milliseconds(12);
  return record;
}

TEST(XrayDocument, MatchesItsGoldenFiles) {
  const AnnotationRecord annotations[] = {
      {"tenant_id", "acme"}, {"amount", 4'200}, {"rate", 0.25}, {"error", true}};
  const MetadataRecord metadata[] = {
      {"http", "accept", "application/json"}, {"build", "commit", "abc"}, {"http", "size", 17}};
  const ExceptionRecord exceptions[] = {{"timeout", "fraud \"timed\" out", {}, false},
                                        {"refused", "no route", {}, true},
                                        {"other", "independent", {}, false}};
  SpanRecord root = span("payments", 0x53995c3f42cd8ad8, 0x1111111111111111);
  root.kind = SpanKind::server;
  root.fault = true;
  root.user = "u-17";
  root.annotations = annotations;
  root.metadata = metadata;
  root.exceptions = exceptions;
  root.http = {.method = "POST",
               .url = "https://pay.example/v1/charges",
               .user_agent = "curl/7.88",
               .client_ip = "203.0.113.9",
               .status = 503,
               .content_length = 120};
  SpanRecord call = span("fraud.internal", 2, 0x53995c3f42cd8ad8);
  call.kind = SpanKind::remote;
  call.error = true;
  call.throttle = true;
  call.http = {.method = "GET", .url = "https://fraud.internal/v1/scores", .status = 429};
  SpanRecord put = span("DynamoDB", 3, 2);
  put.kind = SpanKind::aws;
  put.aws = {.operation = "PutItem",
             .table_name = "charges",
             .region = "eu-central-1",
             .request_id = "R1"};
  const SpanRecord spans[] = {root, call, put};

  const auto sent = documents({"payments", "1.2.3"}, {kTrace, true, spans});

  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0] + "\n", golden("segment_with_everything"));
}

TEST(XrayDocument, OfADatabaseCallHasItsSqlBlock) {
  const SqlRecord sql{.url = "postgresql://db.internal:5432/ledger",
                      .database_type = "PostgreSQL",
                      .database_version = "15.4",
                      .driver_version = "libpq 15.4",
                      .user = "ledger_rw",
                      .preparation = "statement",
                      .sanitized_query = "SELECT \"total\" FROM entry WHERE id = ?"};
  SpanRecord query = span("ledger@db.internal", 4, 1);
  query.kind = SpanKind::remote;
  query.sql = &sql;
  const SpanRecord spans[] = {query};

  const auto sent = documents({"payments", "1.2.3"}, {kTrace, false, spans});

  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0] + "\n", golden("sql_call"));
}

TEST(XrayDocument, OfTheSmallestSpanHasOnlyWhatIsRequired) {
  const SpanRecord spans[] = {span("payments", 1, 0)};

  EXPECT_EQ(documents({"payments", ""}, {kTrace, true, spans}).at(0) + "\n",
            golden("segment_smallest"));
}

TEST(XrayDocument, NamesTheRuleThatSampledItsRootOnce) {
  SpanRecord root = span("payments", 1, 0);
  root.sampling_rule = "checkout";
  const SpanRecord spans[] = {root, span("child", 2, 1)};

  const std::string sent = documents({"payments", ""}, {kTrace, true, spans}).at(0);

  EXPECT_THAT(sent, ::testing::HasSubstr(R"(,"sampling_rule_name":"checkout"}})"));
  EXPECT_EQ(sent.find("checkout"), sent.rfind("checkout"));
}

TEST(XrayDocument, OfASpanWithoutItsRootIsAnIndependentSubsegment) {
  const SpanRecord spans[] = {span("late", 4, 1), span("inner", 5, 4), span("other", 6, 1)};

  const auto sent = documents({"payments", "1.2.3"}, {kTrace, false, spans});

  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0] + "\n", golden("independent_subsegment"));
}

TEST(XrayDocument, LosesItsMetadataBeforeItIsGivenUp) {
  const std::string text(2'000, 'x');
  const MetadataRecord metadata[] = {{"default", "text", text}};
  SpanRecord root = span("root", 1, 0);
  root.metadata = metadata;
  const SpanRecord spans[] = {root};

  EXPECT_EQ(documents({"s", ""}, {kTrace, true, spans}, 1'000).size(), 1u);

  XRayDocumentWriter tiny({}, 50);
  const Resource resource{"s", ""};
  const TraceRecord trace{kTrace, true, spans};
  tiny.begin(resource, trace);
  EXPECT_FALSE(tiny.next().has_value());
  EXPECT_EQ(tiny.too_large(), 1u);
}

TEST(XrayDocument, CountsTheSpansOfEachDocument) {
  const SpanRecord spans[] = {span("a", 1, 0), span("b", 2, 1), span("c", 3, 2)};
  XRayDocumentWriter writer;
  const Resource resource{"s", ""};
  const TraceRecord trace{kTrace, true, spans};

  writer.begin(resource, trace);

  EXPECT_EQ(writer.next()->spans, 3u);
  EXPECT_FALSE(writer.next().has_value());
}

}  // namespace
}  // namespace aloft
