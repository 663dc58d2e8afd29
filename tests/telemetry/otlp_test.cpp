// SPDX-License-Identifier: Apache-2.0
// OTLP's bytes: golden/otlp_request.hex was read field by field with the official protocol buffers
// (golden/README.md). That a decoder gives every field back is tests/console/otlp/.
#include "telemetry/format/protobuf.hpp"
#include "telemetry/format/url_parts.hpp"

#include <aloft/telemetry/format/otlp.hpp>

#include <gtest/gtest.h>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace aloft {
namespace {

const TraceId kTrace{0x5759e988bd862e3f, 0xe1be46a994272793};
const WallTime kStart{std::chrono::nanoseconds(1'763'812'345'123'456'789)};

SpanRecord span(std::string_view name, std::uint64_t id, std::uint64_t parent) {
  SpanRecord record;
  record.name = name;
  record.id = {id};
  record.parent_id = {parent};
  record.start = kStart;
  record.duration = std::chrono::milliseconds(12);
  return record;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(bytes[i]));
    out += digits;
    out += i % 32 == 31 ? "\n" : "";
  }
  return out + "\n";
}

std::string golden(const std::string& name) {
  std::ifstream file(ALOFT_TEST_DATA "/golden/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Written {
  std::vector<std::string> parts;
  std::size_t spans = 0;
  std::size_t too_large = 0;
};

Written write(const TraceRecord& trace, std::size_t limit = 1 << 20) {
  OtlpTraceWriter writer(limit);
  writer.begin(trace);
  Written written;
  while (const auto spans = writer.next()) {
    written.parts.emplace_back(spans->bytes);
    written.spans += spans->spans;
  }
  written.too_large = writer.too_large();
  return written;
}

TEST(Otlp, MatchesItsGoldenBytes) {
  const AnnotationRecord annotations[] = {
      {"tenant_id", "acme"}, {"amount", 4'200}, {"rate", 0.25}, {"late", true}};
  const MetadataRecord metadata[] = {
      {"http", "accept", "text/\xFF"}, {"build", "ratio", 2.0}, {"http", "size", -17}};
  const ExceptionRecord exceptions[] = {{"timeout", "no answer", {}, false},
                                        {"refused", "no route", {}, true}};
  SpanRecord root = span("payments", 0x53995c3f42cd8ad8, 0x1111111111111111);
  root.kind = SpanKind::server;
  root.fault = true;
  root.user = "u-17";
  root.annotations = annotations;
  root.metadata = metadata;
  root.exceptions = exceptions;
  root.http = {.method = "POST",
               .url = "https://pay.example:8443/v1/charges",
               .user_agent = "curl/7.88",
               .client_ip = "203.0.113.9",
               .status = 503,
               .content_length = 120};
  SpanRecord put = span("DynamoDB", 2, 0x53995c3f42cd8ad8);
  put.kind = SpanKind::aws;
  put.error = true;
  put.throttle = true;
  put.aws = {.operation = "PutItem",
             .table_name = "charges",
             .region = "eu-central-1",
             .request_id = "R1"};
  const SqlRecord sql{.url = "postgresql://db.internal:5432/ledger",
                      .database_type = "PostgreSQL",
                      .sanitized_query = "SELECT 1"};
  SpanRecord query = span("ledger@db.internal", 3, 2);
  query.kind = SpanKind::remote;
  query.sql = &sql;
  const SpanRecord spans[] = {root, put, query};
  const OtlpEnvelope envelope(
      {"payments", "1.2.3", "AWS::ECS::Container", {{"host.id", "i-1"}}, nullptr});

  const Written written = write({kTrace, true, spans});
  const std::string request = envelope.open(written.parts.at(0).size()) + written.parts.at(0);

  EXPECT_EQ(written.spans, 3u);
  EXPECT_EQ(hex(request), golden("otlp_request.hex"));
}

TEST(Otlp, SplitsATraceAboveTheLimitBetweenItsSpans) {
  const std::string text(400, 'x');
  const AnnotationRecord annotations[] = {{"text", text}};
  std::vector<SpanRecord> spans = {span("root", 1, 0), span("a", 2, 1), span("b", 3, 1)};
  for (SpanRecord& each : spans) each.annotations = annotations;

  const Written written = write({kTrace, true, spans}, 1'200);

  EXPECT_EQ(written.parts.size(), 2u);
  EXPECT_EQ(written.spans, 3u);
  EXPECT_EQ(written.too_large, 0u);
  for (const std::string& part : written.parts) EXPECT_LE(part.size(), 1'200u);
}

TEST(Otlp, LosesMetadataBeforeASpanAndCountsWhatDoesNotFit) {
  const std::string text(2'000, 'x');
  const MetadataRecord metadata[] = {{"default", "text", text}};
  const AnnotationRecord annotations[] = {{"text", text}};
  std::vector<SpanRecord> spans = {span("root", 1, 0), span("a", 2, 1), span("b", 3, 1)};
  spans[0].metadata = metadata;
  spans[1].annotations = annotations;

  const Written written = write({kTrace, true, spans}, 1'000);

  EXPECT_EQ(written.spans, 2u);
  EXPECT_EQ(written.too_large, 1u);
}

TEST(Otlp, HasASpanOfAtMostWhatAwsTakes) {
  const std::string text(kMaxOtlpSpanBytes, 'x');
  const AnnotationRecord annotations[] = {{"text", text}};
  SpanRecord spans[] = {span("root", 1, 0)};
  spans[0].annotations = annotations;

  EXPECT_EQ(write({kTrace, true, spans}, 1 << 20).too_large, 1u);
}

TEST(Otlp, TellsRuntimeAndCompilerOfTheResource) {
  const RuntimeInfo runtime = {"C++", "20", "GCC", "12.2.0"};
  Resource resource{"s", ""};
  resource.runtime = &runtime;

  const std::string envelope = OtlpEnvelope(resource).open(0);

  for (const std::string part : {"process.runtime.name\x12\x05\x0a\x03"
                                 "C++",
                                 "process.runtime.version\x12\x04\x0a\x02"
                                 "20",
                                 "aloft.compiler.name\x12\x05\x0a\x03GCC",
                                 "aloft.compiler.version\x12\x08\x0a\x06"
                                 "12.2.0"}) {
    EXPECT_NE(envelope.find(part), std::string::npos) << part;
  }
}

TEST(Otlp, OfNoSpansIsNothing) { EXPECT_TRUE(write({kTrace, true, {}}).parts.empty()); }

TEST(Otlp, TellsTheLengthsOfAnEnvelopeUpFront) {
  const OtlpEnvelope envelope({"s", ""});

  for (const std::size_t payload : {std::size_t{0}, std::size_t{127}, std::size_t{128},
                                    std::size_t{16'384}, std::size_t{5'000'000}}) {
    EXPECT_LE(envelope.open(payload).size(), envelope.overhead_bytes());
  }
  EXPECT_EQ(envelope.open(0).substr(0, 1), "\x0a");
}

TEST(Otlp, OfAnyDecodingIsUtf8) {
  json::Buffer buffer(1'000);
  protobuf::Writer proto(buffer);

  proto.text(1, "a\xC3\xA9\xFF\xC3");

  EXPECT_EQ(buffer.view(),
            "\x0a\x09"
            "a\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(ProtobufWriter, PutsLengthsOfAnySizeInFront) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{127}, std::size_t{128},
                                 std::size_t{16'383}, std::size_t{16'384}}) {
    json::Buffer buffer(100'000);
    protobuf::Writer proto(buffer);
    const auto mark = proto.begin(2);
    buffer.append(std::string(size, 'x'));
    proto.end(mark);

    EXPECT_EQ(buffer.size(), 1 + protobuf::varint_bytes(size) + size);
    EXPECT_EQ(buffer.view().back(), size == 0 ? '\0' : 'x');
    EXPECT_EQ(static_cast<unsigned char>(buffer.view()[1]), size < 128 ? size : size % 128 + 128);
  }
}

TEST(ProtobufWriter, WritesAnAttributeWithTheLengthsOfWhatItBecomes) {
  json::Buffer buffer(1'000);
  protobuf::Writer proto(buffer);

  proto.attribute(9, "k\xFF", "v");

  EXPECT_EQ(buffer.view(),
            "\x4a\x0b"
            "\x0a\x04k\xEF\xBF\xBD"
            "\x12\x03"
            "\x0a\x01v");
}

TEST(ProtobufWriter, WritesAnAttributeOfTexts) {
  const std::vector<std::string> texts = {"one", "\xFF", std::string(200, 'x')};
  json::Buffer buffer(1'000);
  protobuf::Writer proto(buffer);

  proto.attribute(9, "k", texts.size(), [&](std::size_t i) { return std::string_view(texts[i]); });

  EXPECT_EQ(buffer.view(),
            "\x4a\xe5\x01"
            "\x0a\x01k"
            "\x12\xdf\x01"
            "\x2a\xdc\x01"
            "\x0a\x05\x0a\x03one"
            "\x0a\x05\x0a\x03\xEF\xBF\xBD"
            "\x0a\xcb\x01\x0a\xc8\x01" +
                texts[2]);
}

TEST(ProtobufWriter, WritesNothingMoreOnceItIsFull) {
  for (std::size_t limit = 0; limit < 35; ++limit) {
    json::Buffer buffer(limit);
    protobuf::Writer proto(buffer);
    const auto mark = proto.begin(2);
    proto.attribute(9, "key", "some text that is long");
    proto.end(mark);

    EXPECT_TRUE(buffer.overflowed()) << limit;
    EXPECT_LE(buffer.size(), limit);
  }
}

TEST(UrlParts, AreExactWhenTheyMakeTheUrlAgain) {
  EXPECT_TRUE(detail::split_url("https://a.b:8443/v1/x").exact);
  EXPECT_EQ(detail::split_url("https://a.b:8443/v1/x").port, 8443);
  EXPECT_EQ(detail::split_url("https://a.b").path, "");
  EXPECT_EQ(detail::split_url("http://[::1]:80/x").host, "::1");
  for (const char* url : {"", "/v1/x", "://a/x", "http:///x", "http://[::1]:80/x", "http://a:/x",
                          "http://a:080/x", "http://a:99999/x", "http://a:b/x", "http://[::1/x"}) {
    EXPECT_FALSE(detail::split_url(url).exact) << url;
  }
}

}  // namespace
}  // namespace aloft
