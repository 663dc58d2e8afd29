// SPDX-License-Identifier: Apache-2.0
// A manifest, an answer with rules and one with targets: whatever comes out of them is bounded, and
// rules that were read decide.
#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/aws/sampling_wire.hpp>
#include <aloft/telemetry/rule_sampler.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace aloft;

void decide_by(std::vector<SamplingRule> rules, const std::vector<SamplingTarget>& targets) {
  if (rules.size() > aws::kMaxSamplingRules + 1) std::abort();
  for (const SamplingRule& rule : rules) {
    if (rule.name.empty() || !(rule.rate >= 0.0 && rule.rate <= 1.0)) std::abort();
  }
  const auto sampler = *RuleSampler::create({});
  sampler->use_central(std::move(rules));
  sampler->apply(targets);
  static constexpr TraceContext kNoParent{};
  SampledBy by;
  by.clear();
  sampler->sample({.name = "payments",
                   .parent = kNoParent,
                   .tenant = {},
                   .request = {.host = "shop", .http_method = "GET", .url_path = "/a?b"},
                   .by = &by});
  sampler->ended({.watched = by.watched(), .sampled = true, .anomaly = true});
  for (const SamplingRule& rule : sampler->rules()) {
    const auto taken = sampler->take(rule.name);
    if (taken && (taken->sampled > taken->requests || taken->borrowed > taken->sampled ||
                  taken->anomalies > taken->traces || (taken->traces != 0 && !rule.boost_limit))) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const std::string_view behind = line < size ? input.substr(line + 1) : std::string_view();
  if (auto manifest = aws::read_sampling_manifest(input)) decide_by(*std::move(manifest), {});
  auto page = aws::read_sampling_rules(input.substr(0, line));
  const auto grants = aws::read_sampling_targets(behind);
  if (grants && grants->targets.size() > aws::kMaxStatisticsPerCall) std::abort();
  if (page)
    decide_by(std::move(page->rules), grants ? grants->targets : decltype(grants->targets)());
  return 0;
}
