// SPDX-License-Identifier: Apache-2.0
// Metadata that is JSON already: kept as the value that it is, and never less redacted than text.
#include "telemetry/json_metadata.hpp"

#include <aloft/telemetry/format/otlp.hpp>
#include <aloft/telemetry/format/xray_document.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace aloft {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Lets everything pass.
class Keep final : public detail::JsonCleaner {
 public:
  Value clean_value(std::string_view /*key*/, const Value& value) override { return value; }
  std::string_view clean_key(std::string_view key) override { return key; }
};

/// As it is written again, or "(none)" when it is no JSON.
std::string rewritten(std::string_view text) {
  json::Buffer buffer(64 * 1024);
  json::Writer writer(buffer);
  Keep keep;
  return detail::rewrite_json("key", text, keep, writer) ? std::string(buffer.view()) : "(none)";
}

TEST(RewriteJson, KeepsEveryKindOfValue) {
  EXPECT_EQ(rewritten(R"({"a":[1,-2,0,true,false,null,"t",{}],"b":{"c":[]}})"),
            R"({"a":[1,-2,0,true,false,null,"t",{}],"b":{"c":[]}})");
  EXPECT_EQ(rewritten(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n"), R"({"a":[1,2]})");
  EXPECT_EQ(rewritten("\"text\""), "\"text\"");
  EXPECT_EQ(rewritten("null"), "null");
}

TEST(RewriteJson, WritesNumbersAsTheConsoleDoes) {
  EXPECT_EQ(rewritten("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(rewritten("9223372036854775808"), "9223372036854775808");
  EXPECT_EQ(rewritten("[1.50,1e2,2.0,-0,-0.0,1E-7]"), "[1.5,100,2,0,0,1e-07]");
}

TEST(RewriteJson, DecodesEscapesAndWritesTheirCharacters) {
  EXPECT_EQ(rewritten(R"("\u0041\u00e9\u20ac\ud83d\ude00\/\b\f\n\r\t\"\\")"),
            "\"A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80/\\b\\f\\n\\r\\t\\\"\\\\\"");
}

TEST(RewriteJson, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "[1",
                           "[1,]",
                           "[,1]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\":1",
                           "tru",
                           "nulll",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "-",
                           "1e",
                           "1e+",
                           "0x10",
                           "1 2",
                           "\"open",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"a\nb\"",
                           "NaN",
                           "1e999",
                           "'a'",
                           "[1]]",
                           "{\"a\":1}x",
                           "\"\\"}) {
    EXPECT_EQ(rewritten(text), "(none)") << text;
  }
}

TEST(RewriteJson, RefusesWhatNestsTooDeep) {
  const auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']');
  };

  EXPECT_NE(rewritten(nested(detail::kMaxJsonDepth + 1)), "(none)");
  EXPECT_EQ(rewritten(nested(detail::kMaxJsonDepth + 2)), "(none)");
  EXPECT_EQ(rewritten(std::string(3'000, '[')), "(none)");
}

/// The X-Ray document of one span with this metadata.
std::string document_of(std::string_view json, std::string_view key = "cart") {
  class Document final : public Exporter {
   public:
    explicit Document(std::string& text) : text_(text) {}
    void export_batch(const Batch& batch, ExportReport& report) noexcept override {
      XRayDocumentWriter writer;
      writer.begin(batch.resource, batch.traces[0]);
      text_ = writer.next()->text;
      report.sent(batch.span_count());
    }

   private:
    std::string& text_;
  };
  std::string text;
  TelemetryOptions options;
  options.exporter = std::make_unique<Document>(text);
  Bench bench(std::move(options));
  bench.tracer.start("root").add_metadata("app", key, JsonText{json});
  bench.flush();
  const std::size_t at = text.find(R"("metadata":)");
  return at == std::string::npos ? std::string() : text.substr(at);
}

TEST(JsonMetadata, IsKeptAsTheValueThatItIs) {
  EXPECT_EQ(document_of(R"({"items": [{"sku": "a-1", "count": 2}]})"),
            R"("metadata":{"app":{"cart":{"items":[{"sku":"a-1","count":2}]}}}})");
  EXPECT_EQ(document_of("[1,2]"), R"("metadata":{"app":{"cart":[1,2]}}})");
}

TEST(JsonMetadata, ThatIsNoneStaysText) {
  EXPECT_EQ(document_of(R"({"items":)"), R"("metadata":{"app":{"cart":"{\"items\":"}}})");
  EXPECT_EQ(document_of(""), R"("metadata":{"app":{"cart":""}}})");
}

TEST(JsonMetadata, AboveItsLimitStaysTextThatIsCutAndCounted) {
  const std::string json = "\"" + std::string(4'000, 'x') + "\"";
  Bench bench;
  bench.tracer.start("root").add_metadata("app", "cart", JsonText{json});
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadatum("app/cart").size(), kMaxMetadataValueBytes);
  EXPECT_EQ(bench.telemetry.counters().values_cut, 1u);
}

TEST(JsonMetadata, LosesItsSecretsAndStaysValid) {
  const std::string text =
      document_of(R"({"note":"card 4111 1111 1111 1111","number":4111111111111111,)"
                  R"("login":{"password":"hunter2","list":["a"]},"other":"kept"})");

  EXPECT_THAT(text, HasSubstr(R"("note":"card [redacted:pan]")"));
  EXPECT_THAT(text, HasSubstr(R"("number":"[redacted:pan]")"));
  EXPECT_THAT(text, HasSubstr(R"("password":"[redacted:credential]")"));
  EXPECT_THAT(text, HasSubstr(R"("list":["a"])"));
  EXPECT_THAT(text, HasSubstr(R"("other":"kept")"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(JsonMetadata, HidesNothingBehindAnEscapeOrALevel) {
  const std::string escaped = document_of(R"({"p\u0061ssword":"hunter2"})");
  const std::string digits = document_of(R"({"note":"4111\u00201111\u00201111\u00201111"})");
  const std::string nested = document_of(R"({"password":{"is":["hunter2"]}})");

  EXPECT_THAT(escaped, Not(HasSubstr("hunter2")));
  EXPECT_THAT(digits, HasSubstr("[redacted:pan]"));
  EXPECT_THAT(nested, Not(HasSubstr("hunter2")));
}

TEST(JsonMetadata, UnderAKeyThatIsASecretIsOneThroughout) {
  EXPECT_EQ(document_of(R"({"is":"hunter2"})", "password"),
            R"("metadata":{"app":{"password":{"is":"[redacted:credential]"}}}})");
  EXPECT_THAT(document_of(R"({"is":"hunter2")", "password"), HasSubstr("[redacted:credential]"));
}

TEST(JsonMetadata, TakesTheLastValueOfAKeyWhateverItsForm) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    root.add_metadata("app", "a", JsonText{"{}"});
    root.add_metadata("app", "a", "text");
    root.add_metadata("app", "b", "text");
    root.add_metadata("app", "b", JsonText{R"({"x":1})"});
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadatum("app/a"), "text");
  EXPECT_EQ(bench.memory.span("root").metadatum("app/b"), R"({"x":1})");
}

TEST(JsonMetadata, IsNothingOnASpanThatIsNotRecorded) {
  Bench bench({.sampling_rate = 0});
  Span root = bench.tracer.start("root");

  root.add_metadata("app", "a", JsonText{"{}"});

  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 0u);
}

TEST(JsonMetadata, IsJsonInOtlpToo) {
  SpanRecord record;
  record.name = "root";
  record.id = {1};
  const MetadataRecord metadata[] = {{"app", "cart", R"({"n":[1,"two"]})", true},
                                     {"app", "text", R"({"n":1})", false}};
  record.metadata = metadata;
  const SpanRecord spans[] = {record};
  const TraceRecord trace{{1, 2}, true, spans};
  OtlpTraceWriter writer;
  writer.begin(trace);

  EXPECT_THAT(std::string(writer.next()->bytes),
              HasSubstr(R"({"cart":{"n":[1,"two"]},"text":"{\"n\":1}"})"));
}

}  // namespace
}  // namespace aloft
