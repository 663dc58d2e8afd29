// SPDX-License-Identifier: Apache-2.0
// The variables of the OpenTelemetry specification. What is wrong names the variable, never its
// value: headers hold keys.
#include <aloft/http_client/otlp_wire.hpp>

#include "http/percent.hpp"

#include <aloft/core/text.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace http_client {
namespace {

constexpr std::string_view kPath = "v1/traces";

struct Found {
  std::string_view name;
  std::string_view value;
};

/// The variable for traces, else the one for all signals.
std::optional<Found> find(const Environment& environment, std::string_view for_traces,
                          std::string_view for_all) {
  for (const std::string_view name : {for_traces, for_all}) {
    if (const auto value = environment.get(name)) return Found{name, *value};
  }
  return std::nullopt;
}

Unexpected wrong(std::string_view name, std::string_view what, std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, std::string(name) + " " + std::string(what),
              std::string(remedy));
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  http::detail::PercentReader reader(text::trim(text));
  while (!reader.done()) out += reader.next();
  if (!reader.ok()) return std::nullopt;
  return out;
}

/// "api-key=abc,tenant=a%20b", as W3C baggage without its properties.
Result<void> set_headers(const Found& found, OtlpOptions& options) {
  options.headers.clear();
  std::string_view rest = found.value;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view pair = text::trim(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto name = decode(pair.substr(0, equals));
    const auto value =
        equals == std::string_view::npos ? std::nullopt : decode(pair.substr(equals + 1));
    if (!name || !value || !http::is_valid_header_name(*name) ||
        !http::is_valid_header_value(*value)) {
      return wrong(found.name, "is no list of headers", "give NAME=VALUE,NAME=VALUE, URL-encoded");
    }
    options.headers.emplace_back(*name, *value);
  }
  return {};
}

void set_endpoint(const Environment& environment, OtlpOptions& options) {
  if (const auto traces = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
    options.url = *traces;  // as it is, but for a path that must not be empty
    const std::size_t authority = options.url.find("://");
    if (authority != std::string::npos &&
        options.url.find('/', authority + 3) == std::string::npos) {
      options.url += '/';
    }
  } else if (const auto base = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")) {
    options.url = *base;
    if (options.url.back() != '/') options.url += '/';
    options.url += kPath;
  }
}

}  // namespace

Result<OtlpOptions> OtlpOptions::from_environment(const Environment& environment) {
  return from_environment(environment, OtlpOptions{});
}

Result<OtlpOptions> OtlpOptions::from_environment(const Environment& environment,
                                                  OtlpOptions base) {
  if (const auto protocol =
          find(environment, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
      protocol && protocol->value != "http/protobuf") {
    return wrong(protocol->name, "names a protocol that Aloft does not speak",
                 "set it to http/protobuf; a Collector takes that on port 4318");
  }
  set_endpoint(environment, base);
  if (const auto headers =
          find(environment, "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")) {
    if (auto set = set_headers(*headers, base); !set) return unexpected(set.error());
  }
  if (const auto timeout =
          find(environment, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")) {
    const auto milliseconds = text::parse_decimal(timeout->value);
    if (!milliseconds || *milliseconds == 0 || *milliseconds > 3'600'000) {
      return wrong(timeout->name, "is no time", "give milliseconds, 1 to 3600000");
    }
    base.timeout = std::chrono::milliseconds(*milliseconds);
  }
  if (const auto compression = find(environment, "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
                                    "OTEL_EXPORTER_OTLP_COMPRESSION")) {
    if (compression->value != "gzip" && compression->value != "none") {
      return wrong(compression->name, "is no compression of OTLP", "set it to gzip or none");
    }
    base.gzip = compression->value == "gzip";
  }
  if (const auto file = find(environment, "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
                             "OTEL_EXPORTER_OTLP_CERTIFICATE")) {
    base.ca_file = file->value;
  }
  return base;
}

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
