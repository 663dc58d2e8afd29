// SPDX-License-Identifier: Apache-2.0
// The variables of the OpenTelemetry specification, "OpenTelemetry Protocol Exporter".
#include <aloft/http_client/otlp_wire.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace aloft::http_client {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

OtlpOptions read(Variables variables) {
  auto options = OtlpOptions::from_environment(Environment::of(std::move(variables)));
  EXPECT_TRUE(options) << options.error().to_string();
  return options ? *options : OtlpOptions{};
}

Error refused(Variables variables) {
  auto options = OtlpOptions::from_environment(Environment::of(std::move(variables)));
  EXPECT_FALSE(options);
  return options ? Error{} : options.error();
}

TEST(OtlpEnvironment, HasTheDefaultsOfTheSpecification) {
  const OtlpOptions options = read({});

  EXPECT_EQ(options.url, "http://localhost:4318/v1/traces");
  EXPECT_EQ(options.timeout, std::chrono::seconds(10));
  EXPECT_TRUE(options.headers.empty());
  EXPECT_TRUE(options.ca_file.empty());
  EXPECT_TRUE(options.gzip);
}

TEST(OtlpEnvironment, AddsThePathToTheEndpointOfAllSignals) {
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c:4318"}}).url,
            "https://c:4318/v1/traces");
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/otlp/"}}).url,
            "https://c/otlp/v1/traces");
}

TEST(OtlpEnvironment, TakesTheEndpointForTracesAsItIs) {
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://c/my/path"},
                  {"OTEL_EXPORTER_OTLP_ENDPOINT", "https://other"}})
                .url,
            "https://c/my/path");
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://c:1"}}).url, "https://c:1/");
}

TEST(OtlpEnvironment, ReadsHeadersAsBaggage) {
  const OtlpOptions options = read({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1"},
                                    {"OTEL_EXPORTER_OTLP_TRACES_HEADERS",
                                     "api-key=abc%3D%20x , x-empty=,,authorization=Basic%20a=="}});

  EXPECT_EQ(options.headers,
            (Variables{{"api-key", "abc= x"}, {"x-empty", ""}, {"authorization", "Basic a=="}}));
}

TEST(OtlpEnvironment, PrefersWhatIsForTraces) {
  const OtlpOptions options = read({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1"},
                                    {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2500"},
                                    {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                                    {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"},
                                    {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/a.pem"},
                                    {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/b.pem"},
                                    {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                    {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}});

  EXPECT_EQ(options.timeout, std::chrono::milliseconds(2'500));
  EXPECT_FALSE(options.gzip);
  EXPECT_EQ(options.ca_file, "/b.pem");
}

TEST(OtlpEnvironment, NamesAVariableThatIsWrongAndNeverItsValue) {
  EXPECT_EQ(refused({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}).to_string(),
            "invalid_argument: OTEL_EXPORTER_OTLP_PROTOCOL names a protocol that Aloft does not "
            "speak (set it to http/protobuf; a Collector takes that on port 4318)");
  EXPECT_EQ(refused({{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"}}).code,
            ErrorCode::invalid_argument);
  for (const char* headers : {"secret", "=secret", "a=%zzsecret", "a b=secret", "a=sec%0Aret"}) {
    const Error error = refused({{"OTEL_EXPORTER_OTLP_HEADERS", headers}});
    EXPECT_EQ(error.message, "OTEL_EXPORTER_OTLP_HEADERS is no list of headers") << headers;
  }
  for (const char* time : {"0", "-1", "10s", "3600001", "1e3"}) {
    EXPECT_EQ(refused({{"OTEL_EXPORTER_OTLP_TIMEOUT", time}}).code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(refused({{"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}}).code,
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aloft::http_client
