// SPDX-License-Identifier: Apache-2.0
// What OpenTelemetry's propagators and the unit tests of its SDKs hold to be right of both trace
// headers, as tables. Where we differ on purpose the row says why.
//
// Source: the unit tests of the X-Ray propagators in opentelemetry-java-contrib (bfef2a5), -go-
// (0e3482c, b91281a), -js- (0a22bb7) and -python-contrib (0047a96), and of the W3C propagators in
// opentelemetry-go (026db14, 736a14f), -java (10fb7ba), -js (3d2d6bd) and -python (017be2c), read
// 2026-11: their inputs and outcomes, none of their code. What they test of null arguments and of
// their own carriers has no like here.
#include <aloft/telemetry/incoming_trace.hpp>
#include <aloft/telemetry/trace_context.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace aloft {
namespace {

const std::string kRoot = "1-8a3c60f7-d188f8fa79d48a391a778fa6";
const std::string kParent = "53995c3f42cd8ad8";
const std::string kBoth = "Root=" + kRoot + ";Parent=" + kParent;

/// What ours finds in a header; `differs` says why we do not find what they find.
struct XRayRow {
  const char* whose;
  std::string header;
  std::string root;
  std::string parent;
  Sampled sampled;
  std::string pairs = "";
  const char* differs = "";
};

constexpr Sampled kNone = Sampled::undecided;
constexpr const char* kObeyed =
    "they find nothing; nor do we find a trace, but its decision is obeyed";
constexpr const char* kBadParent =
    "they refuse the whole header; a bad or missing parent costs the parent only";
constexpr const char* kBadDecision =
    "they refuse the whole header; a decision that says nothing is none, and the trace goes on";
constexpr const char* kShortTime =
    "they fill a short time up with zeros; nobody else could follow the header as it was";
constexpr const char* kDropped = "they drop what they do not know; it goes on as it came";
constexpr const char* kLineage =
    "they drop a Lineage whose numbers they do not like; it is not ours to judge";

std::vector<XRayRow> readable_rows() {
  const std::string long_key(252, 'a');
  return {
      {"Go, Java, JS, Python", kBoth + ";Sampled=1", kRoot, kParent, Sampled::yes},
      {"Go, Java, JS, Python", kBoth + ";Sampled=0", kRoot, kParent, Sampled::no},
      {"Java, JS", "Parent=" + kParent + ";Sampled=1;Root=" + kRoot, kRoot, kParent, Sampled::yes},
      {"Python", "Sampled=0;Parent=" + kParent + ";Root=" + kRoot, kRoot, kParent, Sampled::no},
      {"Python", "  Root  =  " + kRoot + "  ;  Parent  =  " + kParent + "  ;  Sampled  =  0   ",
       kRoot, kParent, Sampled::no},
      {"Java", kBoth + ";Sampled=1;Foo=Bar", kRoot, kParent, Sampled::yes, "Foo=Bar"},
      {"JS, Python", kBoth + ";Sampled=0;Foo=Bar", kRoot, kParent, Sampled::no, "Foo=Bar",
       kDropped},
      {"Java", kBoth + ";Sampled=1;" + long_key + "=a;b=b", kRoot, kParent, Sampled::yes,
       long_key + "=a"},
      {"Java", kBoth + ";Sampled=1;Lineage=32767:e65a2c4d:255", kRoot, kParent, Sampled::yes,
       "Lineage=32767:e65a2c4d:255"},
      {"Java", kBoth + ";Sampled=1;Lineage=1:badc0de:13", kRoot, kParent, Sampled::yes,
       "Lineage=1:badc0de:13", kLineage},
      {"Java", kBoth + ";Sampled=1;Lineage=-213:e65a2c4d:255", kRoot, kParent, Sampled::yes,
       "Lineage=-213:e65a2c4d:255", kLineage},
      {"Java", "Root=1-00000000-d188f8fa79d48a391a778fa6;Parent=" + kParent + ";Sampled=1;Foo=Bar",
       "1-00000000-d188f8fa79d48a391a778fa6", kParent, Sampled::yes, "Foo=Bar"},
      {"Java, JS, Python", "Root=" + kRoot + ";Parent=abcdefghijklmnop;Sampled=0", kRoot, "",
       Sampled::no, "", kBadParent},
      {"Java, JS", "Root=" + kRoot + ";Parent=" + kParent + "00;Sampled=0", kRoot, "", Sampled::no,
       "", kBadParent},
      {"Go", "Root=" + kRoot + ";Parent=0000000000000000;Sampled=1", kRoot, "", Sampled::yes, "",
       kBadParent},
      {"Java", "Root=1-622422bf-59625fe25708d4660735d8ef", "1-622422bf-59625fe25708d4660735d8ef",
       "", kNone, "", kBadParent},
      {"Java, JS", kBoth + ";Sampled=", kRoot, kParent, kNone, "", kBadDecision},
      {"Java, JS", kBoth + ";Sampled=10220", kRoot, kParent, kNone, "", kBadDecision},
      {"Python", kBoth + ";Sampled=011", kRoot, kParent, kNone, "", kBadDecision},
      {"Java, JS, Python", kBoth + ";Sampled=a", kRoot, kParent, kNone, "", kBadDecision},
      // Two headers run into one: a comma is missing in their list.
      {"Python",
       "Root=" + kRoot + ";Parent=" + kParent + "00;Sampled=0" + kBoth + ";Sampled=", kRoot,
       kParent, kNone, "", "they refuse the whole header; the first good value of a key is it"},
  };
}

constexpr const char* kUndecided =
    "they take it for not sampled; nothing was decided, so that is decided here";

std::vector<XRayRow> newer_go_rows() {
  const std::string root = "1-abcdef12-1234567890abcdef12345678";
  const std::string parent = "1234567890abcdef";
  const std::string both = "Root=" + root + ";Parent=" + parent;
  const auto row = [&](const std::string& header, Sampled sampled, const char* differs = "") {
    return XRayRow{"Go", header, root, parent, sampled, "", differs};
  };
  const auto begun = [&](const std::string& header) {
    return XRayRow{"Go", header, "", "", Sampled::yes, "", kObeyed};
  };
  return {
      row(both + ";Sampled=1", Sampled::yes),
      row(both + ";Sampled=0", Sampled::no),
      row(both + ";Sampled=1;", Sampled::yes),
      row(both + ";Sampled=?", Sampled::requested, kUndecided),
      row(both, kNone, kUndecided),
      row(both + ";Sampled=other", kNone, kUndecided),
      {"Go", "Root=" + root + ";Parent=bad-spanid;Sampled=1", root, "", Sampled::yes, "",
       kBadParent},
      {"Go", "Root=" + root + ";BrokenKeyValue;Sampled=1", root, "", Sampled::yes, "", kBadParent},
      begun("Root=1-abc-123;Parent=" + parent + ";Sampled=1"),
      begun("Root=1abcdef121234567890abcdef12345678;Parent=" + parent + ";Sampled=1"),
      begun("Root=2-abcdef12-1234567890abcdef12345678;Parent=" + parent + ";Sampled=1"),
      begun("Sampled=1"),
      begun("Parent=" + parent + ";Sampled=1"),
  };
}

std::vector<XRayRow> unreadable_rows() {
  const std::string rest = ";Parent=" + kParent + ";Sampled=";
  const auto row = [&](const char* whose, const std::string& root, const char* differs = kObeyed) {
    return XRayRow{whose, "Root=" + root + rest + "0", "", "", Sampled::no, "", differs};
  };
  std::vector<XRayRow> rows = {
      {"Java, JS, Python", "", "", "", kNone},
      row("Java", "abcdefghijklmnopabcdefghijklmnop"),
      row("JS", "1-abcdefgh-ijklmnopabcdefghijklmnop"),
      row("Python", "1-12345678-abcdefghijklmnopqrstuvwx"),
      row("Java, JS, Python", kRoot + "00"),
      row("Java", "1-8a3c60f711-d188f8fa79d48a391a778fa6"),
      row("Java", "1--d188f8fa79d48a391a778fa6"),
      row("Java", "1-d188f8fa79d48a391a778fa6"),
      row("Go", "1-82138-1203123"),
      row("Go", "5b00000000b000000000000000000000000"),
      row("Java", "1-0-d188f8fa79d48a391a778fa6", kShortTime),
      row("Java", "1-1a-d188f8fa79d48a391a778fa6", kShortTime),
      {"JS", "Root=1*8a3c60f7+d188f8fa79d48a391a778fa6" + rest + "1;Foo=Bar", "", "", Sampled::yes,
       "", kObeyed},
      {"JS", "Root=2-8a3c60f7-d188f8fa79d48a391a778fa6" + rest + "1", "", "", Sampled::yes, "",
       kObeyed},
  };
  for (const char* lineage :
       {"1::", "1", "", ":", "::", "1:badc0de:13", ":fbadc0de:13", "1:fbadc0de:", "1::1",
        "65535:fbadc0de:255", "-213:e65a2c4d:255", "213:e65a2c4d:-22"}) {
    rows.push_back({"Java",
                    "Root=2-1a2a3a4a-d188f8fa79d48a391a778fa6" + rest + "1;Lineage=" + lineage, "",
                    "", Sampled::yes, "", kObeyed});
  }
  return rows;
}

void expect_found(const XRayRow& row) {
  SCOPED_TRACE(std::string(row.whose) + ": " + row.header + " " + row.differs);
  IncomingTrace incoming;
  incoming.take("X-AMZN-TRACE-ID", row.header);  // JS: in any case
  incoming.finish();

  const TraceContext& found = incoming.parent();
  EXPECT_EQ(found.trace_id.valid() ? found.trace_id.xray_text().view() : "", row.root);
  EXPECT_EQ(found.span_id.valid() ? found.span_id.text().view() : "", row.parent);
  EXPECT_EQ(found.sampled, row.sampled);
  EXPECT_EQ(incoming.extras().pairs(), row.pairs);
}

TEST(OtelVectors, XRayHeadersAreReadAsThePropagatorsReadThem) {
  for (const XRayRow& row : readable_rows()) expect_found(row);
  for (const XRayRow& row : newer_go_rows()) expect_found(row);
}

TEST(OtelVectors, XRayHeadersThatNoPropagatorReadsBeginATrace) {
  for (const XRayRow& row : unreadable_rows()) expect_found(row);
}

struct WrittenRow {
  const char* whose;
  TraceContext context;
  std::string xray;
  std::string w3c;
};

/// Of all four languages, both formats.
TEST(OtelVectors, HeadersAreWrittenAsThePropagatorsWriteThem) {
  constexpr TraceId kTrace{0x8a3c60f7d188f8fa, 0x79d48a391a778fa6};
  constexpr SpanId kSpan{0x53995c3f42cd8ad8};
  const std::string w3c = "00-8a3c60f7d188f8fa79d48a391a778fa6-" + kParent;
  const WrittenRow rows[] = {
      {"sampled", {kTrace, kSpan, Sampled::yes}, kBoth + ";Sampled=1", w3c + "-01"},
      {"not sampled", {kTrace, kSpan, Sampled::no}, kBoth + ";Sampled=0", w3c + "-00"},
      {"invalid", {{}, {}, Sampled::yes}, "", ""},
      {"none", {}, "", ""},
      {"Go: the least",
       {{0, 1}, {1}, Sampled::no},
       "Root=1-00000000-000000000000000000000001;Parent=0000000000000001;Sampled=0",
       "00-00000000000000000000000000000001-0000000000000001-00"},
      {"Go: the most",
       {{~std::uint64_t{0}, ~std::uint64_t{0}}, {~std::uint64_t{0}}, Sampled::yes},
       "Root=1-ffffffff-ffffffffffffffffffffffff;Parent=ffffffffffffffff;Sampled=1",
       "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01"},
  };
  for (const WrittenRow& row : rows) {
    EXPECT_EQ(write_xray_header(row.context).view(), row.xray) << row.whose;
    EXPECT_EQ(write_traceparent(row.context).view(), row.w3c) << row.whose;
  }
}

/// `sampled` is what ours finds; undecided where it finds no trace.
struct TraceparentRow {
  const char* whose;
  const char* header;
  Sampled sampled;
  const char* differs = "";
};

constexpr const char* kTrailingDash =
    "they take it; version 00 of the standard ends with the flags";
constexpr const char* kOtherFlags =
    "they refuse it; the standard leaves the other bits of the flags to others";

constexpr TraceparentRow kGoTraceparents[] = {
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", Sampled::no},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Sampled::yes},
    {"Go", "02-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Sampled::yes},
    {"Go", "02-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09", Sampled::yes},
    {"Go", "02-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-08", Sampled::no},
    {"Go", "02-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-XYZxsf09", Sampled::yes},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", kNone, kTrailingDash},
    {"Go", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-", Sampled::yes},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02", Sampled::no},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03", Sampled::yes},
    {"Go", "02-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", Sampled::no},
    {"Go", "02-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-XYZxsf09", Sampled::no},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-", kNone, kTrailingDash},
    {"Go", "03-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-", Sampled::no},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra", kNone},
    {"Go", "0000-00000000000000000000000000000000-0000000000000000-01", kNone},
    {"Go", "00-ab00000000000000000000000000000000-cd00000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-cd0000000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-cd00000000000000-0100", kNone},
    {"Go", "qw-00000000000000000000000000000000-0000000000000000-01", kNone},
    {"Go", "00-qw000000000000000000000000000000-cd00000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-qw00000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-cd00000000000000-qw", kNone},
    {"Go", "A0-00000000000000000000000000000000-0000000000000000-01", kNone},
    {"Go", "00-AB000000000000000000000000000000-cd00000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-CD00000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-cd00000000000000-A1", kNone},
    {"Go", "00-00000000000000000000000000000000-0000000000000000-01", kNone},
    {"Go", "00-ab000000000000000000000000000000-cd00000000000000-09", Sampled::yes, kOtherFlags},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", kNone},
    {"Go", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-", kNone},
};

constexpr TraceparentRow kOtherTraceparents[] = {
    {"Java", "00-ff000000000000000000000000000041-ff00000000000041-01", Sampled::yes},
    {"Java", "00-ff000000000000000000000000000041-ff00000000000041-00", Sampled::no},
    {"Java", "00-ff000000000000000000000000000041-ff00000000000041-03", Sampled::yes},
    {"Java", "01-ff000000000000000000000000000041-ff00000000000041-00-02", Sampled::no},
    {"Java", "01-ff000000000000000000000000000041-ff00000000000041-00-01", Sampled::no},
    {"Java", "", kNone},
    {"Java", "01+ff000000000000000000000000000041-ff00000000000041-00-02", kNone},
    {"Java", "01-ff000000000000000000000000000041+ff00000000000041-00-02", kNone},
    {"Java", "01-ff000000000000000000000000000041-ff00000000000041+00-02", kNone},
    {"Java", "01-ff000000000000000000000000000041-ff00000000000041-00+02", kNone},
    {"Java", "00-abcdefghijklmnopabcdefghijklmnop-ff00000000000041-01", kNone},
    {"Java", "00-ff00000000000000000000000000004100-ff00000000000041-01", kNone},
    {"Java", "00-ff000000000000000000000000000041-abcdefghijklmnop-01", kNone},
    {"Java", "00-ff000000000000000000000000000041-ff0000000000004100-01", kNone},
    {"Java", "00-ff000000000000000000000000000041-ff00000000000041-gh", kNone},
    {"Java", "00-ff000000000000000000000000000041-ff00000000000041-0100", kNone},
    {"Java", "ff-ff000000000000000000000000000041-ff00000000000041-01", kNone},
    {"Java", "00-ff000000000000000000000000000041-ff00000000000041-00-01", kNone},
    {"JS", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Sampled::yes},
    {"JS", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Sampled::yes},
    {"JS", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like",
     Sampled::yes},
    {"JS", "invalid!", kNone},
    {"JS", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra", kNone},
    {"JS", "00-ffffffffffffffffffffffffffffffff", kNone},
    {"JS", "0x-ffffffffffffffffffffffffffffffff-ffffffffffffffff-00", kNone},
    {"JS", "0-ffffffffffffffffffffffffffffffff-ffffffffffffffff-00", kNone},
    {"JS", "000-ffffffffffffffffffffffffffffffff-ffffffffffffffff-00", kNone},
    {"JS", "00--ffffffffffffffff-01", kNone},
    {"JS", "00-fffffffffffffffffffffffffffffffx-ffffffffffffffff-01", kNone},
    {"JS, Python", "00-00000000000000000000000000000000-ffffffffffffffff-01", kNone},
    {"JS", "00-ffffffff-ffffffffffffffff-01", kNone},
    {"JS", "00-ffffffffffffffffffffffffffffffff00-ffffffffffffffff-01", kNone},
    {"JS", "00-ffffffffffffffffffffffffffffffff--01", kNone},
    {"JS", "00-ffffffffffffffffffffffffffffffff-fffffffffffffffx-01", kNone},
    {"JS, Python", "00-ffffffffffffffffffffffffffffffff-0000000000000000-01", kNone},
    {"JS", "00-ffffffffffffffffffffffffffffffff-ffffffff-01", kNone},
    {"JS", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff0000-01", kNone},
    {"JS", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", kNone},
    {"JS",
     "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what-the-future-will-not-be-like",
     kNone},
    {"Python", "00-12345678901234567890123456789012-1234567890123456-00", Sampled::no},
    {"Python", "00-12345678901234567890123456789012-1234567890123456-00-residue", kNone},
};

void expect_read(const TraceparentRow& row) {
  const std::string header = row.header;
  SCOPED_TRACE(std::string(row.whose) + ": " + header + " " + row.differs);
  TraceContext found;

  const ParseStatus status = read_traceparent(header, found);

  EXPECT_EQ(status == ParseStatus::ok, row.sampled != kNone);
  EXPECT_EQ(found.sampled, row.sampled);
  if (row.sampled == kNone) return;
  EXPECT_EQ(found.trace_id.w3c_text().view(), header.substr(3, 32));
  EXPECT_EQ(found.span_id.text().view(), header.substr(36, 16));
}

TEST(OtelVectors, TraceparentIsReadAsTheSdksReadIt) {
  for (const TraceparentRow& row : kGoTraceparents) expect_read(row);
  for (const TraceparentRow& row : kOtherTraceparents) expect_read(row);
}

struct TracestateRow {
  const char* whose;
  std::vector<std::string> lines;
  std::string kept;
};

TEST(OtelVectors, TracestateIsKeptAsTheSdksKeepIt) {
  const std::string keys = "1a-2f@foo=bar1,1a-_*/2b@foo=bar2,foo=bar3,foo-_*/bar=bar4";
  const TracestateRow rows[] = {
      {"Go", {"key1=value1,key2=value2"}, "key1=value1,key2=value2"},
      {"Go", {"key1=value1,invalid$@#=invalid"}, ""},
      {"Go", {"key1=value1,invalid"}, ""},
      {"Java", {"bar=baz,foo=bar"}, "bar=baz,foo=bar"},
      {"Java", {"bar=baz   ,    foo=bar"}, "bar=baz,foo=bar"},
      {"Java", {""}, ""},
      {"Java", {"foo=bar;test=test"}, ""},
      {"Java", {"foo=bar,test-test"}, ""},
      {"Java", {"test-test"}, ""},
      {"JS", {"foo=bar,baz=qux", "quux=quuz"}, "foo=bar,baz=qux,quux=quuz"},
      {"JS", {"foo=1 \t , \t bar=2, \t baz=3 "}, "foo=1,bar=2,baz=3"},
      {"Python", {"foo=1,bar=2,baz=3"}, "foo=1,bar=2,baz=3"},
      {"Python", {"foo=1", ""}, "foo=1"},
      {"Python", {"foo=1,"}, "foo=1"},
      {"Python", {keys}, keys},
  };
  for (const TracestateRow& row : rows) {
    SCOPED_TRACE(std::string(row.whose) + ": " + row.lines.front());
    IncomingTrace incoming;
    incoming.take("traceparent", "00-12345678901234567890123456789012-1234567890123456-00");
    for (const std::string& line : row.lines) incoming.take("tracestate", line);
    incoming.finish();

    EXPECT_EQ(incoming.parent().sampled, Sampled::no);  // whatever the state is
    EXPECT_EQ(incoming.extras().tracestate(), row.kept);
  }
}

/// Python: who cannot read `traceparent` does not look at `tracestate`.
TEST(OtelVectors, ATracestateWithoutItsTraceparentIsNothing) {
  for (const char* parent : {"00-00000000000000000000000000000000-1234567890123456-00",
                             "00-00000000000000000000000000000000-0000000000000000-00",
                             "00-12345678901234567890123456789012-1234567890123456-00-residue"}) {
    IncomingTrace incoming;
    incoming.take("traceparent", parent);
    incoming.take("tracestate", "foo=1,bar=2");
    incoming.finish();

    EXPECT_FALSE(incoming.parent().trace_id.valid()) << parent;
    EXPECT_EQ(incoming.extras().tracestate(), "") << parent;
  }
}

}  // namespace
}  // namespace aloft
