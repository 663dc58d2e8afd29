// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/pretty_lines.hpp>

#include "telemetry/export/line_output.hpp"

#include <unistd.h>
#include <algorithm>
#include <cerrno>

namespace aloft {
inline namespace v0 {
namespace {

using Colour = PrettyLineWriter::Colour;

Colour colour_of(const PrettyLinesOptions& options, const Environment& environment) noexcept {
  if (options.colour != LineColour::automatic) {
    return options.colour == LineColour::yes ? Colour::yes : Colour::no;
  }
  // Set and not empty, whatever it says. Source: no-color.org, read 2026-11.
  if (environment.get("NO_COLOR")) return Colour::no;
  const int before = errno;  // isatty leaves one where there is no terminal
  const bool is_terminal = isatty(options.descriptor) == 1;
  errno = before;
  return is_terminal ? Colour::yes : Colour::no;
}

class PrettyLinesExporter final : public LogExporter {
 public:
  PrettyLinesExporter(const PrettyLinesOptions& options, Colour colour)
      : writer_(options.line_limit_bytes, colour),
        output_(options.descriptor, options.line_limit_bytes) {}

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    output_.put(batch, report, [&](json::Buffer& out, const LogRecord& line) {
      return writer_.append(out, line);
    });
  }

 private:
  PrettyLineWriter writer_;
  detail::LineOutput output_;
};

}  // namespace

std::unique_ptr<LogExporter> pretty_lines(PrettyLinesOptions options,
                                          const Environment& environment) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  options.line_limit_bytes = std::clamp(options.line_limit_bytes, kMinLogLineBytes, kMost);
  return std::make_unique<PrettyLinesExporter>(options, colour_of(options, environment));
}

}  // namespace v0
}  // namespace aloft
