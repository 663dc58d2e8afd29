// SPDX-License-Identifier: Apache-2.0
// Any text in a message, a key and a value: what is written is text without anything that a
// terminal obeys, within its limit, and no line of it but the first looks like one of ours.
#include <aloft/core/text.hpp>
#include <aloft/telemetry/format/pretty_line.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_well_formed(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = aloft::text::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 16'384) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 2), size - 2);
  const std::string_view message = input.substr(0, input.size() * data[0] / 256);
  const std::string_view value = input.substr(message.size());
  const aloft::LogFieldRecord fields[] = {{"v", aloft::Value(value)}, {value.substr(0, 9), 1}};
  aloft::json::Buffer out(65'536);
  out.append("before");

  const aloft::LogRecord line{.logger = value.substr(0, data[1] % 16),
                              .message = message,
                              .tenant_id = message.substr(0, 9),
                              .fields = fields};
  check(aloft::PrettyLineWriter(4'096).append(out, line));

  const std::string_view text = out.view().substr(6);
  check(text.size() <= 4'096 && text.ends_with('\n') && is_well_formed(text));
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    check(c == '\n' ? text.substr(i).starts_with("\n    | ") : c >= 0x20 && c != 0x7F);
    check(!(c == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0));  // C1
  }
  return 0;
}
