// SPDX-License-Identifier: Apache-2.0
// Says how the library would sample, for a peer to compare: reads one JSON object a line, answers 1
// or 0 a line. `samples wildcard` takes {"pattern", "text"}. `samples decide` takes a manifest in
// its first line, then {"second", "host", "method", "path"}; rates of 0 and 1 need no draw.
#include <aloft/aws/sampling_manifest.hpp>
#include <aloft/http/json_reader.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace aloft;

/// Of a field that was not sent, nothing is known.
std::string_view text_of(const http::JsonDocument& json, std::string_view pointer) {
  return json.text(pointer).value_or("");
}

class Decider {
 public:
  bool decide(const http::JsonDocument& json) {
    const std::chrono::seconds second(json.integer("/second").value_or(0));
    if (second > now_) clock_.advance(second - std::exchange(now_, second));
    static constexpr TraceContext kNoParent{};
    return sampler_->sample({.name = "peer",
                             .parent = kNoParent,
                             .tenant = {},
                             .request = {.host = text_of(json, "/host"),
                                         .http_method = text_of(json, "/method"),
                                         .url_path = text_of(json, "/path")}});
  }
  bool use(std::string_view manifest) {
    auto rules = aws::read_sampling_manifest(manifest);
    if (!rules) {
      std::cerr << rules.error().to_string() << '\n';
      return false;
    }
    sampler_ = *RuleSampler::create(*std::move(rules), clock_);
    return true;
  }

 private:
  testing::ManualClock clock_;
  std::chrono::seconds now_{0};
  std::shared_ptr<RuleSampler> sampler_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool decides = argc == 2 && std::string_view(argv[1]) == "decide";
  Decider decider;
  std::string line;
  if (decides && (!std::getline(std::cin, line) || !decider.use(line))) return 2;
  while (std::getline(std::cin, line)) {
    const auto json = http::JsonDocument::parse(line);
    if (!json) return 2;
    const bool yes = decides
                         ? decider.decide(*json)
                         : matches_wildcard(text_of(*json, "/pattern"), text_of(*json, "/text"));
    std::cout << (yes ? "1\n" : "0\n");
  }
  return 0;
}
