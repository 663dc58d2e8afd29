// SPDX-License-Identifier: Apache-2.0
// What seldom happens to values and samplers, and is no accident then.
#include "telemetry/bench_of_one.hpp"
#include "telemetry/json_metadata.hpp"

#include <aloft/telemetry/sampler.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace aloft {
namespace {

TEST(Span, KeepsABooleanUnderAKeyThatIsASecret) {
  Bench bench;
  bench.tracer.start("root").annotate("password", true);
  bench.flush();

  const testing::SpanCopy root = bench.memory.span("root");
  ASSERT_EQ(root.annotations.size(), 1u);
  EXPECT_EQ(root.annotations[0].second, testing::OwnedValue(true));
  EXPECT_EQ(bench.telemetry.counters().redacted, 0u);
}

TEST(Span, HidesANumberOfAnySizeUnderAKeyThatIsASecret) {
  Bench bench;
  {
    Span root = bench.tracer.start("root");
    root.annotate("password", 1e300);
    root.annotate("card_number", 1e300);  // which has not as many digits
  }
  bench.flush();

  const testing::SpanCopy root = bench.memory.span("root");
  EXPECT_EQ(root.annotation("password"), "[redacted:credential]");
  ASSERT_EQ(root.annotations.size(), 2u);
  EXPECT_EQ(root.annotations[1].second, testing::OwnedValue(1e300));
}

TEST(SpanLinks, LoseAnAttributeThatCannotBeKeptAndCountIt) {
  Bench bench;
  const std::string too_long(kMaxAnnotationKeyBytes + 1, 'k');
  {
    Span root = bench.tracer.start("root");
    root.link({{0, 7}, {1}, Sampled::yes},
              {{"ratio", std::numeric_limits<double>::infinity()}, {too_long, 1}, {"kept", 2}});
  }
  bench.flush();

  const testing::SpanCopy root = bench.memory.span("root");
  EXPECT_EQ(root.links.size(), 1u);
  EXPECT_EQ(root.link_attributes.size(), 1u);
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 2u);
  EXPECT_EQ(bench.telemetry.counters().links_dropped, 0u);
}

TEST(JsonMetadata, UnderAKeyThatCannotBeKeptIsCounted) {
  Bench bench;
  const std::string too_long(kMaxAnnotationKeyBytes + 1, 'k');
  bench.tracer.start("root").add_metadata("app", too_long, JsonText{"[1]"});
  bench.flush();

  EXPECT_TRUE(bench.memory.span("root").metadata.empty());
  EXPECT_EQ(bench.telemetry.counters().annotations_dropped, 1u);
}

/// Says the opposite, and of which key.
class Opposite final : public detail::JsonCleaner {
 public:
  Value clean_value(std::string_view key, const Value& value) override {
    keys += key;
    return value.kind() == Value::Kind::boolean ? Value(!value.boolean()) : value;
  }
  std::string_view clean_key(std::string_view key) override { return key; }

  std::string keys;
};

TEST(RewriteJson, AsksTheCleanerOfBooleansToo) {
  json::Buffer buffer(1'024);
  json::Writer writer(buffer);
  Opposite opposite;

  EXPECT_TRUE(
      detail::rewrite_json("a", R"([true,{"b":false,"password":[true]}])", opposite, writer));

  EXPECT_EQ(buffer.view(), R"([false,{"b":true,"password":[false]}])");
  EXPECT_EQ(opposite.keys, "abpassword");
}

/// Wants to hear of every trace, and has no ear.
class Watching final : public Sampler {
 public:
  bool sample(const SamplingRequest& request) const noexcept override {
    request.by->watch(1);
    return false;
  }
};

TEST(Sampler, ThatWatchesTracesNeedNotListen) {
  Bench bench({.sampler = std::make_shared<Watching>(), .tail = {.kept_per_second = 1}});
  bench.tracer.start("root").set_error("timeout", "m");

  EXPECT_TRUE(bench.flush().complete);

  EXPECT_TRUE(bench.memory.span("root").fault);
  EXPECT_EQ(bench.telemetry.counters().tail_kept, 1u);
}

}  // namespace
}  // namespace aloft
