// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/telemetry.hpp>

#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::array<std::pair<TracesWire, std::string_view>, 6> kNames = {{
    {TracesWire::xray_daemon, "xray-daemon"},
    {TracesWire::xray, "xray"},
    {TracesWire::otlp, "otlp"},
    {TracesWire::xray_otlp, "xray-otlp"},
    {TracesWire::standard_output, "stdout"},
    {TracesWire::none, "none"},
}};

/// Variables that decide alone, in this order.
constexpr std::array<std::pair<std::string_view, TracesWire>, 5> kDeciding = {{
    {"AWS_XRAY_DAEMON_ADDRESS", TracesWire::xray_daemon},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", TracesWire::otlp},
    {"OTEL_EXPORTER_OTLP_ENDPOINT", TracesWire::otlp},
    {"AWS_ENDPOINT_URL_XRAY", TracesWire::xray},
    {"AWS_LAMBDA_FUNCTION_NAME", TracesWire::xray_daemon},
}};

}  // namespace

std::string_view to_string(TracesWire wire) noexcept {
  for (const auto& [known, name] : kNames) {
    if (known == wire) return name;
  }
  return "none";
}

Result<TracesChoice> choose_traces_wire(const Environment& environment,
                                        const std::function<std::string()>& origin) {
  const std::string_view wanted = environment.get("ALOFT_TRACES_EXPORTER").value_or("auto");
  for (const auto& [wire, name] : kNames) {
    if (name == wanted) return TracesChoice{wire, "ALOFT_TRACES_EXPORTER says so"};
  }
  if (wanted != "auto") {
    return fail(ErrorCode::invalid_argument, "ALOFT_TRACES_EXPORTER is a word that is not known",
                "use auto, xray-daemon, xray, otlp, xray-otlp, stdout or none");
  }
  for (const auto& [variable, wire] : kDeciding) {
    if (environment.get(variable)) return TracesChoice{wire, std::string(variable) + " is set"};
  }
  const std::string here = origin();
  if (!here.empty()) return TracesChoice{TracesWire::xray, "this is " + here};
  return TracesChoice{TracesWire::xray_daemon, "no other wire is set up, and this is not AWS"};
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
