// SPDX-License-Identifier: Apache-2.0
#include <aloft/testing/exporter_contract.hpp>

namespace aloft {
inline namespace v0 {
namespace testing {
namespace {

constexpr std::uint64_t kManySpans = 1'000;

std::vector<SpanRecord> spans(std::uint64_t count, std::string_view name) {
  std::vector<SpanRecord> made(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    made[i].name = name;
    made[i].id = {i + 1};
    made[i].parent_id = {i == 0 ? std::uint64_t{0} : std::uint64_t{1}};
    made[i].start = WallTime(std::chrono::seconds(1'763'812'345));
    made[i].duration = std::chrono::milliseconds(1);
  }
  return made;
}

}  // namespace

std::vector<std::string> exporter_contract(Exporter& exporter) {
  std::vector<std::string> broken;
  const Resource resource{"contract", "1.0"};
  const auto check = [&](const char* what, const std::vector<TraceRecord>& traces) {
    const Batch batch{resource, traces};
    ExportReport report;
    exporter.export_batch(batch, report);
    if (report.total() != batch.span_count()) {
      broken.push_back(std::string(what) + ": " + std::to_string(report.total()) + " of " +
                       std::to_string(batch.span_count()) + " spans accounted for");
    }
  };
  const TraceId id{0x677602a5'00000001, 2};
  const std::vector<SpanRecord> one = spans(1, "one");
  const std::vector<SpanRecord> many = spans(kManySpans, "many");
  std::vector<SpanRecord> odd = spans(2, "odd");
  const AnnotationRecord annotations[] = {{"quote", "\"\\\n\x01 gr\xC3\xBCn \xFF"}, {"no", false}};
  const ExceptionRecord exceptions[] = {{"type", "", {}, false}, {"", "cause", {}, true}};
  odd[1].annotations = annotations;
  odd[1].exceptions = exceptions;
  odd[1].fault = true;

  check("an empty batch", {});
  check("one span", {{id, true, one}});
  check("the same span again", {{id, true, one}});
  check("several traces", {{id, true, one}, {{3, 4}, true, odd}, {{5, 6}, true, one}});
  check("spans without their root", {{id, false, odd}});
  check("a thousand spans", {{id, true, many}});
  return broken;
}

}  // namespace testing
}  // namespace v0
}  // namespace aloft
