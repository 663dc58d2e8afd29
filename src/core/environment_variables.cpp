// SPDX-License-Identifier: Apache-2.0
// The only file that reads the process's environment. Every variable stands in this table and in
// docs/configuration.md; tests/project checks that the two agree.
#include <aloft/core/environment.hpp>

#include <aloft/core/text.hpp>

#include <cstdlib>

namespace aloft {
inline namespace v0 {
namespace {

constexpr std::string_view kVariables[] = {
    "ALOFT_CONSOLE_URL",                       // where a program's answers link to traces
    "ALOFT_ENABLED",                           // the kill switch
    "ALOFT_ENVIRONMENT",                       // deployment environment, e.g. prod
    "ALOFT_IN_PROGRESS_AFTER",                 // seconds until an open root is told of
    "ALOFT_KEEP_ON_DISK",                      // a folder for records that are not delivered
    "ALOFT_LOGS_EXPORTER",                     // where log lines go
    "ALOFT_LOG_CLASS",                         // the class of a log group that is made
    "ALOFT_LOG_FILE",                          // the file that lines go to
    "ALOFT_LOG_GROUP",                         // the log group that lines go to
    "ALOFT_LOG_KMS_KEY",                       // the key of a log group that is made
    "ALOFT_LOG_LEVEL",                         // levels of log lines
    "ALOFT_LOG_RETENTION_DAYS",                // how long a log group that is made keeps lines
    "ALOFT_LOG_STREAM",                        // the log stream that lines go to
    "ALOFT_SAMPLING",                          // how new traces are sampled
    "ALOFT_SAMPLING_RULES",                    // a file of sampling rules
    "ALOFT_SERVICE_NAME",                      // overrides the name in code
    "ALOFT_SERVICE_VERSION",                   // overrides the version in code
    "ALOFT_TRACES_EXPORTER",                   // which wire spans take
    "ALOFT_TRACE_HEADERS",                     // trace headers that are read and written
    "ALOFT_TRACE_HEADERS_WRITTEN",             // those that are written, when it is others
    "ALOFT_XRAY_OFFLOAD",                      // many documents to a system call
    "AWS_ACCESS_KEY_ID",                       // credentials: the key's id
    "AWS_CA_BUNDLE",                           // authorities to trust
    "AWS_CONFIG_FILE",                         // where the profiles are
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",       // credentials of a container
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",  // the same, in a file
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",      // credentials of a container
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",  // credentials of an ECS task
    "AWS_DEFAULT_REGION",                      // the region, when AWS_REGION is unset
    "AWS_EC2_METADATA_DISABLED",               // no IMDS
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",       // where IMDS is
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",  // IPv4 or IPv6
    "AWS_ENDPOINT_URL",                        // endpoint of every service
    "AWS_ENDPOINT_URL_CLOUDWATCH",             // endpoint of one service
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",        // endpoint of one service
    "AWS_ENDPOINT_URL_DYNAMODB",               // endpoint of one service
    "AWS_ENDPOINT_URL_SSO",                    // endpoint of one service
    "AWS_ENDPOINT_URL_STS",                    // endpoint of one service
    "AWS_ENDPOINT_URL_XRAY",                   // endpoint of one service
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",     // as if no endpoint were set
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",         // detectors: Lambda
    "AWS_LAMBDA_FUNCTION_NAME",                // detectors: Lambda
    "AWS_LAMBDA_FUNCTION_VERSION",             // detectors: Lambda
    "AWS_LAMBDA_LOG_GROUP_NAME",               // detectors: Lambda
    "AWS_LAMBDA_LOG_STREAM_NAME",              // detectors: Lambda
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",       // IMDS: tries
    "AWS_METADATA_SERVICE_TIMEOUT",            // IMDS: seconds a try
    "AWS_PROFILE",                             // which profile
    "AWS_REGION",                              // the region
    "AWS_ROLE_ARN",                            // credentials by web identity
    "AWS_ROLE_SESSION_NAME",                   // how that session is called
    "AWS_SECRET_ACCESS_KEY",                   // credentials: the secret
    "AWS_SESSION_TOKEN",                       // credentials: the session's token
    "AWS_SHARED_CREDENTIALS_FILE",             // where the keys are
    "AWS_USE_DUALSTACK_ENDPOINT",              // IPv6 too
    "AWS_USE_FIPS_ENDPOINT",                   // FIPS 140
    "AWS_WEB_IDENTITY_TOKEN_FILE",             // credentials by web identity
    "AWS_XRAY_DAEMON_ADDRESS",                 // where segments go
    "AWS_XRAY_SDK_ENABLED",                    // the X-Ray SDKs' kill switch
    "AWS_XRAY_TRACING_NAME",                   // the X-Ray SDKs' service name
    "ECS_CONTAINER_METADATA_URI",              // detectors: ECS
    "ECS_CONTAINER_METADATA_URI_V4",           // detectors: ECS
    "HOME",                                    // where AWS's shared files are
    "KUBERNETES_SERVICE_HOST",                 // detectors: EKS
    "KUBERNETES_SERVICE_PORT",                 // detectors: EKS
    "NO_COLOR",                                // no colours on a terminal
    "OTEL_EXPORTER_OTLP_CERTIFICATE",          // a PEM file with the authorities to trust
    "OTEL_EXPORTER_OTLP_COMPRESSION",          // gzip or none
    "OTEL_EXPORTER_OTLP_ENDPOINT",             // where OTLP goes
    "OTEL_EXPORTER_OTLP_HEADERS",              // sent with each request
    "OTEL_EXPORTER_OTLP_PROTOCOL",             // http/protobuf
    "OTEL_EXPORTER_OTLP_TIMEOUT",              // of one request, in ms
    "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",   // a PEM file with authorities, for traces
    "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",   // gzip or none, for traces
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",      // where OTLP goes, for traces
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",       // sent with each request, for traces
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",      // http/protobuf, for traces
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",       // of one request, in ms, for traces
    "OTEL_PROPAGATORS",                        // trace headers that are read and written
};

}  // namespace

Environment Environment::from_process() {
  Environment environment;
  for (const std::string_view name : kVariables) {
    // The table's literals end in NUL.
    if (const char* value = std::getenv(name.data())) {
      environment.variables_.emplace_back(name, value);
    }
  }
  return environment;
}

Environment Environment::of(std::vector<std::pair<std::string, std::string>> variables) {
  Environment environment;
  environment.variables_ = std::move(variables);
  return environment;
}

std::optional<std::string_view> Environment::get(std::string_view name) const noexcept {
  for (const auto& [key, value] : variables_) {
    if (key == name && !value.empty()) return value;
  }
  return std::nullopt;
}

bool Environment::flag(std::string_view name, bool otherwise) const noexcept {
  const std::optional<std::string_view> value = get(name);
  if (!value) return otherwise;
  for (const std::string_view yes : {"1", "true", "yes", "on"}) {
    if (text::equals_ignoring_case(*value, yes)) return true;
  }
  for (const std::string_view no : {"0", "false", "no", "off"}) {
    if (text::equals_ignoring_case(*value, no)) return false;
  }
  return otherwise;
}

}  // namespace v0
}  // namespace aloft
