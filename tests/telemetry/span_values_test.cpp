// SPDX-License-Identifier: Apache-2.0
// Keys that the compiler checks, and values that are made only where they are recorded.
#include <aloft/telemetry/annotation_key.hpp>

#include "telemetry/bench_of_one.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace aloft {
namespace {

using namespace aloft::literals;

template <std::size_t N>
struct Literal {
  char text[N];
  constexpr Literal(const char (&literal)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
};
/// Whether a key of these letters would compile.
template <Literal kText>
concept Compiles = requires {
  typename std::bool_constant<(AnnotationKey(kText.text, sizeof kText.text - 1), true)>;
};

TEST(AnnotationKey, OfLettersDigitsAndUnderscoresCompiles) {
  static_assert(Compiles<"tenant_id">);
  static_assert(Compiles<"_9aZ">);
  static_assert("charge_id"_key.view() == "charge_id");
}

TEST(AnnotationKey, OfAnythingElseDoesNotCompile) {
  static_assert(!Compiles<"http.method">);
  static_assert(!Compiles<"a b">);
  static_assert(!Compiles<"\xC3\xA9">);
  static_assert(!Compiles<"">);
  EXPECT_FALSE(is_annotation_key(std::string(501, 'a')));
  EXPECT_TRUE(is_annotation_key(std::string(500, 'a')));
}

TEST(AnnotationKey, AnnotatesLikeAnyOther) {
  static constexpr AnnotationKey kAmount = "amount";
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.annotate("tenant"_key, "acme");
    span.annotate(kAmount, 4'200);
    span.annotate("rate"_key, 0.25);
    span.annotate("retried"_key, true);
  }
  bench.flush();

  const testing::SpanCopy span = bench.memory.span("root");
  EXPECT_EQ(span.annotation("tenant"), "acme");
  EXPECT_EQ(span.annotation("amount"), "4200");
  EXPECT_EQ(span.annotation("rate"), "0.250000");
  EXPECT_EQ(span.annotation("retried"), "true");
  EXPECT_EQ(bench.telemetry.counters().keys_mapped, 0u);
}

TEST(LazyMetadata, IsMadeWhereItIsRecorded) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.add_metadata("cart", "size", [] { return 17; });
    span.add_metadata("text", [] { return std::string("made for this"); });
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadatum("cart/size"), "17");
  EXPECT_EQ(bench.memory.span("root").metadatum("default/text"), "made for this");
}

TEST(LazyMetadata, IsNotMadeWhereNothingIsRecorded) {
  Bench bench({.sampling_rate = 0});
  Span dropped = bench.tracer.start("root");
  Span nothing;
  int made = 0;

  for (Span* span : {&dropped, &nothing}) {
    span->add_metadata("cart", "size", [&] { return ++made; });
    span->add_metadata("size", [&] { return ++made; });
  }

  EXPECT_EQ(made, 0);
}

#if defined(__cpp_exceptions)
TEST(LazyMetadata, ThatThrowsIsDroppedAndCounted) {
  Bench bench;
  {
    Span span = bench.tracer.start("root");
    span.add_metadata("cart", "size", []() -> int { throw std::runtime_error("no"); });
    span.add_metadata("cart", "other", 1);
  }
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadata.size(), 1u);
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 1u);
}
#endif

TEST(LazyMetadata, IsRedactedAsAnyOther) {
  Bench bench;
  bench.tracer.start("root").add_metadata("cart", "card",
                                          [] { return std::string("4111111111111111"); });
  bench.flush();

  EXPECT_EQ(bench.memory.span("root").metadatum("cart/card"), "[redacted:pan]");
}

}  // namespace
}  // namespace aloft
