// SPDX-License-Identifier: Apache-2.0
// What an SDK posts to /SamplingTargets, and an address of the command line.
#include "console/options.hpp"
#include "console/sampling.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft::console;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Sampling sampling(SamplingRules(), {});
  (void)sampling.rules_json(text);
  (void)sampling.targets_json(text, {});
  (void)SamplingRules::parse(text);
  if (const auto endpoint = Endpoint::parse(text)) {
    const auto again = Endpoint::parse(endpoint->text());
    if (!again || !(*again == *endpoint)) std::abort();
  }
  const std::array<std::string_view, 2> arguments = {text.substr(0, size / 2),
                                                     text.substr(size / 2)};
  (void)parse_command(arguments);
  return 0;
}
