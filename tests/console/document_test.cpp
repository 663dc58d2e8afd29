// SPDX-License-Identifier: Apache-2.0
#include "console/document.hpp"

#include "console/datagram.hpp"

#include "documents.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace aloft::console {
namespace {

using fixture::parsed;
using fixture::refusal;

// The documents folder holds the shapes that the SDKs of other languages write (field names and
// order as their sources have them; ids, names and values are made up).
std::string file(const std::string& name) {
  std::ifstream in(std::string(ALOFT_TEST_DATA) + "/documents/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Document, ReadsASegmentOfTheGoSdk) {
  const std::string json = file("go.json");

  const Document document = parsed(json);

  EXPECT_EQ(document.trace.text(), "1-67891234-aabbccddeeff001122334455");
  EXPECT_EQ(document.id, 0x5f84c7a1e7d1852dU);
  EXPECT_EQ(document.name, "checkout");
  EXPECT_EQ(document.start_us, 1763812345123457);
  EXPECT_EQ(document.end_us, 1763812345323500);
  EXPECT_FALSE(document.in_progress);
  EXPECT_FALSE(document.subsegment);
  EXPECT_FALSE(document.has_parent);
  EXPECT_TRUE(document.fault);
  EXPECT_TRUE(document.error);
  EXPECT_TRUE(document.throttle);
  EXPECT_EQ(document.method, "GET");
  EXPECT_EQ(document.url, "http://shop.example/checkout");
  EXPECT_EQ(document.status, 503);
  EXPECT_EQ(document.user, "u-17");
  EXPECT_EQ(document.error_text, "fraud timed out after 800 ms");
  EXPECT_EQ(document.spans, 3U);
  EXPECT_EQ(document.json, json);
}

TEST(Document, KeepsTheTypesOfAnnotations) {
  const std::string json = file("go.json");

  const Document document = parsed(json);

  ASSERT_EQ(document.annotations.size(), 4U);
  EXPECT_EQ(document.annotations[0].key, "tenant_id");
  EXPECT_EQ(document.annotations[0].value, "acme");
  EXPECT_TRUE(document.annotations[0].is_text);
  EXPECT_EQ(document.annotations[1].value, "4200");
  EXPECT_FALSE(document.annotations[1].is_text);
  EXPECT_EQ(document.annotations[2].value, "0.5");
  EXPECT_EQ(document.annotations[3].value, "true");
  EXPECT_FALSE(document.annotations[3].is_text);
}

TEST(Document, ReadsASegmentOfThePythonSdk) {
  const std::string json = file("python.json");

  const Document document = parsed(json);

  EXPECT_EQ(document.name, "orders");
  EXPECT_FALSE(document.in_progress);
  EXPECT_EQ(document.status, 200);
  EXPECT_EQ(document.spans, 2U);
}

TEST(Document, ReadsASegmentOfTheNodeSdk) {
  const std::string json = file("node.json");

  const Document document = parsed(json);

  EXPECT_EQ(document.status, 429);
  EXPECT_TRUE(document.throttle);
  EXPECT_EQ(document.spans, 2U);
}

TEST(Document, ReadsALoneSubsegmentAndTakesTheTypeOfAnExceptionWithoutMessage) {
  const std::string json = file("java_subsegment.json");

  const Document document = parsed(json);

  EXPECT_TRUE(document.subsegment);
  EXPECT_TRUE(document.has_parent);
  EXPECT_EQ(document.error_text, "java.net.SocketTimeoutException");
}

TEST(Document, TakesTheExceptionOfTheEarliestSpan) {
  const std::string json = fixture::segment(
      1, 2, 100.0,
      R"(,"subsegments":[{"name":"b","start_time":103,)"
      R"("cause":{"exceptions":[{"message":"late"}]}},)"
      R"({"name":"a","start_time":101,"cause":{"exceptions":[{"message":"early"}]}}])");

  EXPECT_EQ(parsed(json).error_text, "early");
}

TEST(Document, SeesTheFaultOfANestedSpan) {
  const std::string json = fixture::segment(
      1, 2, 100.0, R"(,"subsegments":[{"name":"a","subsegments":[{"name":"b","fault":true}]}])");

  EXPECT_TRUE(parsed(json).fault);
  EXPECT_FALSE(parsed(json).error);
}

TEST(Document, IgnoresFieldsOfTheWrongType) {
  const std::string json = fixture::segment(
      1, 2, 100.0,
      R"(,"http":[1],"cause":"0123456789abcdef","annotations":[],"subsegments":{},"fault":"yes",)"
      R"("user":7,"service":null)");

  const Document document = parsed(json);

  EXPECT_EQ(document.spans, 1U);
  EXPECT_FALSE(document.fault);
  EXPECT_EQ(document.user, "");
  EXPECT_EQ(document.error_text, "");
}

TEST(Document, NamesEachReasonOfARefusal) {
  const std::string ids =
      R"("id":"0123456789abcdef","trace_id":"1-67891234-aabbccddeeff001122334455",)";
  const std::string times = R"("start_time":1,"end_time":2)";
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + times + "}"), "accepted");
  EXPECT_EQ(refusal(""), "bad_json");
  EXPECT_EQ(refusal("{"), "bad_json");
  EXPECT_EQ(refusal("{} {}"), "bad_json");
  EXPECT_EQ(refusal("{\"name\":\"\xff\xfe\"}"), "bad_json");
  EXPECT_EQ(refusal("T1SAAAA"), "bad_json");
  EXPECT_EQ(refusal("[1,2]"), "not_an_object");
  EXPECT_EQ(refusal("17"), "not_an_object");
  EXPECT_EQ(refusal("{}"), "bad_name");
  EXPECT_EQ(refusal(R"({"name":"",)" + ids + times + "}"), "bad_name");
  EXPECT_EQ(refusal(R"({"name":7,)" + ids + times + "}"), "bad_name");
  EXPECT_EQ(refusal(R"({"name":"a","id":"123",)" + times + "}"), "bad_id");
  EXPECT_EQ(refusal(R"({"name":"a","id":"0123456789abcdeg",)" + times + "}"), "bad_id");
  EXPECT_EQ(refusal(R"({"name":"a","id":"0123456789abcdef",)" + times + "}"), "bad_trace_id");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("type":"subsegment",)" + times + "}"),
            "bad_parent_id");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("parent_id":"x",)" + times + "}"),
            "bad_parent_id");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("end_time":2})"), "bad_time");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("start_time":-1,"end_time":2})"), "bad_time");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("start_time":1e300,"end_time":2})"), "bad_time");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("start_time":17638123450,"end_time":2})"),
            "bad_time");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("start_time":1,"end_time":"2"})"), "bad_time");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("start_time":1})"), "no_end");
  EXPECT_EQ(refusal(R"({"name":"a",)" + ids + R"("start_time":1,"in_progress":false})"), "no_end");
}

TEST(Document, RefusesHostileNestingWithoutRecursion) {
  EXPECT_EQ(refusal(std::string(30'000, '[') + std::string(30'000, ']')), "too_deep");
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_EQ(refusal(fixture::segment(1, 2, 1.0, ",\"metadata\":{\"x\":" + deep + "}")), "too_deep");
}

TEST(Document, ReadsSpansNestedAsDeepAsSdksDo) {
  std::string open;
  std::string close;
  for (int i = 0; i < 50; ++i) {
    open += R"(,"subsegments":[{"name":"s")";
    close += "}]";
  }

  EXPECT_EQ(parsed(fixture::segment(1, 2, 1.0, open + close)).spans, 51U);
}

TEST(Document, RefusesMoreSpansThanItsLimit) {
  std::string spans = "{}";
  for (int i = 0; i < 10'000; ++i) spans += ",{}";

  EXPECT_EQ(refusal(fixture::segment(1, 2, 1.0, ",\"subsegments\":[" + spans + "]")),
            "too_many_spans");
}

TEST(Document, LimitsTheNameInCharactersNotInBytes) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\xc3\xa4";
  EXPECT_EQ(refusal(fixture::segment(1, 2, 1.0, "", name)), "accepted");
  EXPECT_EQ(refusal(fixture::segment(1, 2, 1.0, "", name + "a")), "bad_name");
}

TEST(Document, RefusesWhatNoDatagramCanHold) {
  const std::string filler = ",\"metadata\":\"" + std::string(kMaxDatagramBytes, 'x') + "\"";
  EXPECT_EQ(refusal(fixture::segment(1, 2, 1.0, filler)), "too_large");
}

TEST(Document, WritesNumbersBeyondIntegersWithAnExponent) {
  const std::string json =
      fixture::segment(1, 2, 1.0, R"(,"annotations":{"a":176381403501763821568.5,"b":2.5e-7})");

  const Document document = parsed(json);

  ASSERT_EQ(document.annotations.size(), 2U);
  EXPECT_EQ(document.annotations[0].value, "1.7638140350176382e+20");
  EXPECT_EQ(document.annotations[1].value, "2.5e-07");
}

TEST(Document, KeepsOnlyFiftyAnnotations) {
  std::string annotations = "\"k0\":0";
  for (int i = 1; i < 80; ++i) {
    annotations += ",\"k" + std::to_string(i) + "\":" + std::to_string(i);
  }
  const std::string json = fixture::segment(1, 2, 1.0, ",\"annotations\":{" + annotations + "}");

  EXPECT_EQ(parsed(json).annotations.size(), 50U);
}

TEST(Document, EndsNotBeforeItStarts) {
  const std::string json =
      R"({"name":"a","id":"0123456789abcdef","trace_id":"1-67891234-aabbccddeeff001122334455",)"
      R"("start_time":10,"end_time":9})";

  EXPECT_EQ(parsed(json).end_us, 10'000'000);
}

}  // namespace
}  // namespace aloft::console
