// SPDX-License-Identifier: Apache-2.0
// What things are called in OTLP: one list for who writes (format/otlp.hpp), who reads (the
// console) and who queries.
//
// Names without a prefix of ours are OpenTelemetry's semantic conventions. The HTTP, URL, server,
// client, user agent, exception, error and database names are stable (1.23 for HTTP, 1.33 for
// databases); `rpc.*`, `aws.*`, `enduser.id`, `cloud.region` and `http.response.body.size` are in
// development there, and AWS's own SDKs and the X-Ray exporter of the Collector use them.
// Source: OpenTelemetry semantic conventions, attribute registry; the Collector's awsxray exporter
// for `aws.xray.*`; both read 2026-11.
//
// Thread-safety: constants.
#pragma once

#include <string_view>

namespace aloft {
inline namespace v0 {
namespace otlp {

// Who speaks: of the resource.
inline constexpr std::string_view kServiceName = "service.name";
inline constexpr std::string_view kServiceVersion = "service.version";
inline constexpr std::string_view kRuntimeName = "process.runtime.name";
inline constexpr std::string_view kRuntimeVersion = "process.runtime.version";
inline constexpr std::string_view kCompilerName = "aloft.compiler.name";
inline constexpr std::string_view kCompilerVersion = "aloft.compiler.version";
inline constexpr std::string_view kSdkName = "telemetry.sdk.name";
inline constexpr std::string_view kSdkLanguage = "telemetry.sdk.language";
inline constexpr std::string_view kSdkVersion = "telemetry.sdk.version";
/// The value of `telemetry.sdk.name`, and the name of the scope.
inline constexpr std::string_view kAloft = "aloft";
/// X-Ray's origin of a segment, which `cloud.platform` does not always tell.
inline constexpr std::string_view kOrigin = "aloft.xray.origin";

// An HTTP request.
inline constexpr std::string_view kHttpMethod = "http.request.method";
inline constexpr std::string_view kHttpStatus = "http.response.status_code";
inline constexpr std::string_view kHttpResponseBytes = "http.response.body.size";
inline constexpr std::string_view kHttpRoute = "http.route";
inline constexpr std::string_view kUrlFull = "url.full";
inline constexpr std::string_view kUrlScheme = "url.scheme";
inline constexpr std::string_view kServerAddress = "server.address";
inline constexpr std::string_view kServerPort = "server.port";
inline constexpr std::string_view kUserAgent = "user_agent.original";
inline constexpr std::string_view kClientAddress = "client.address";
/// True: the address stood in X-Forwarded-For; true: who is called is traced, too. The names of the
/// Collector's awsxray exporter and receiver, as all that begins with `aws.xray.`.
inline constexpr std::string_view kForwardedFor = "aws.xray.x_forwarded_for";
inline constexpr std::string_view kTraced = "aws.xray.traced";

// A call of an AWS service.
inline constexpr std::string_view kRpcSystem = "rpc.system";
inline constexpr std::string_view kRpcService = "rpc.service";
inline constexpr std::string_view kRpcMethod = "rpc.method";
inline constexpr std::string_view kAwsApi = "aws-api";  ///< the value of `rpc.system`
inline constexpr std::string_view kAwsRequestId = "aws.request_id";
inline constexpr std::string_view kAwsTableNames = "aws.dynamodb.table_names";  ///< an array
inline constexpr std::string_view kAwsQueueUrl = "aws.sqs.queue.url";
inline constexpr std::string_view kAwsAccount = "aws.account_id";
inline constexpr std::string_view kAwsRetries = "aws.xray.retries";
inline constexpr std::string_view kCloudRegion = "cloud.region";

// A database query. What has no name there, or would not come back as it was, has one of ours:
// `aloft.sql.` and the member of X-Ray's `sql` block.
inline constexpr std::string_view kDbSystem = "db.system.name";
inline constexpr std::string_view kDbNamespace = "db.namespace";
inline constexpr std::string_view kDbQuery = "db.query.text";
inline constexpr std::string_view kSqlPrefix = "aloft.sql.";

// What went wrong. OTLP has one word, *error*, where X-Ray has three: they are told beside it.
inline constexpr std::string_view kErrorType = "error.type";
inline constexpr std::string_view kError = "aloft.error";        ///< true: the caller's fault
inline constexpr std::string_view kThrottle = "aloft.throttle";  ///< true: refused by a limit
inline constexpr std::string_view kFault = "aloft.fault";        ///< true: our fault
inline constexpr std::string_view kExceptionEvent = "exception";
inline constexpr std::string_view kExceptionType = "exception.type";
inline constexpr std::string_view kExceptionMessage = "exception.message";
inline constexpr std::string_view kExceptionStack = "exception.stacktrace";
/// True: what caused the exception in the event before.
inline constexpr std::string_view kExceptionIsCause = "aloft.exception.is_cause";

/// How many calls above the stack were left out.
inline constexpr std::string_view kExceptionTruncated = "aws.xray.exception.truncated";

// Annotations are attributes under their own keys, and this array of keys says which are to be
// indexed. Metadata of a name space is one attribute, whose text is a JSON object.
inline constexpr std::string_view kAnnotationKeys = "aws.xray.annotations";
inline constexpr std::string_view kMetadataPrefix = "aws.xray.metadata.";
inline constexpr std::string_view kEndUser = "enduser.id";
/// Ours: no convention names X-Ray's rule that sampled a local root.
inline constexpr std::string_view kSamplingRule = "aloft.xray.sampling_rule_name";
/// True: recorded when the span above it had been handed over; X-Ray's documents keep such a span
/// apart, also when both arrive together.
inline constexpr std::string_view kDetached = "aloft.detached";

}  // namespace otlp
}  // namespace v0
}  // namespace aloft
