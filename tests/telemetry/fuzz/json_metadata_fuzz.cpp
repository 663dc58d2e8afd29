// SPDX-License-Identifier: Apache-2.0
// Any text: what is taken as JSON is written as JSON, within a bound, and the same when it is
// written again.
#include "telemetry/json_metadata.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using aloft::Value;

class Keep final : public aloft::detail::JsonCleaner {
 public:
  Value clean_value(std::string_view /*key*/, const Value& value) override { return value; }
  std::string_view clean_key(std::string_view key) override { return key; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (size > 4'096) return 0;
  Keep keep;
  aloft::json::Buffer first(64 * 1024);
  aloft::json::Writer once(first);
  if (!aloft::detail::rewrite_json("key", input, keep, once)) return 0;
  aloft::json::Buffer second(64 * 1024);
  aloft::json::Writer again(second);
  if (!aloft::detail::rewrite_json("key", first.view(), keep, again)) std::abort();
  if (first.view() != second.view()) std::abort();
  return 0;
}
