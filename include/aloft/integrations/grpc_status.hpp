// SPDX-License-Identifier: Apache-2.0
// How the status of a gRPC call is recorded; for grpc_client.hpp and grpc_server.hpp.
//
// gRPC runs over HTTP, whose status of a call that failed is 200 all the same. X-Ray knows errors,
// throttles and faults by an HTTP status, so a span gets the one that stands for the code, and the
// code itself as the annotation `grpc_status`. The message of a status is not recorded: it is the
// peer's text, and may quote what it was sent.
//
// Thread-safety: pure functions.
#pragma once

#include <aloft/core/error.hpp>
#include <aloft/telemetry/span.hpp>

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace integrations {

struct GrpcCode {
  grpc::StatusCode code;
  std::string_view name;
  int http_status;
  ErrorCode error;
};

/// Source: google/rpc/code.proto, "HTTP Mapping" of each code, read 2026-11.
inline constexpr GrpcCode kGrpcCodes[] = {
    {grpc::StatusCode::OK, "OK", 200, ErrorCode::internal},
    {grpc::StatusCode::CANCELLED, "CANCELLED", 499, ErrorCode::cancelled},
    {grpc::StatusCode::UNKNOWN, "UNKNOWN", 500, ErrorCode::internal},
    {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT", 400, ErrorCode::invalid_argument},
    {grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", 504, ErrorCode::deadline_exceeded},
    {grpc::StatusCode::NOT_FOUND, "NOT_FOUND", 404, ErrorCode::not_found},
    {grpc::StatusCode::ALREADY_EXISTS, "ALREADY_EXISTS", 409, ErrorCode::already_exists},
    {grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED", 403, ErrorCode::permission_denied},
    {grpc::StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED", 401, ErrorCode::permission_denied},
    {grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED", 429,
     ErrorCode::resource_exhausted},
    {grpc::StatusCode::FAILED_PRECONDITION, "FAILED_PRECONDITION", 400,
     ErrorCode::invalid_argument},
    {grpc::StatusCode::ABORTED, "ABORTED", 409, ErrorCode::unavailable},
    {grpc::StatusCode::OUT_OF_RANGE, "OUT_OF_RANGE", 400, ErrorCode::invalid_argument},
    {grpc::StatusCode::UNIMPLEMENTED, "UNIMPLEMENTED", 501, ErrorCode::unsupported},
    {grpc::StatusCode::INTERNAL, "INTERNAL", 500, ErrorCode::internal},
    {grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE", 503, ErrorCode::unavailable},
    {grpc::StatusCode::DATA_LOSS, "DATA_LOSS", 500, ErrorCode::data_loss},
};

/// The row of a code; that of UNKNOWN for one that gRPC does not define.
inline constexpr GrpcCode grpc_code(grpc::StatusCode code) noexcept {
  for (const GrpcCode& row : kGrpcCodes) {
    if (row.code == code) return row;
  }
  return kGrpcCodes[2];
}

/// What grpc_client.hpp and grpc_server.hpp record at the end.
inline void record_grpc_status(Span& span, grpc::StatusCode code) noexcept {
  if (!span.recording()) return;
  const GrpcCode found = grpc_code(code);
  span.set_http_response(found.http_status);
  if (found.code == grpc::StatusCode::OK) return;
  span.annotate("grpc_status", found.name);
  if (found.http_status >= 500) span.set_error(to_string(found.error), found.name);
}

/// "grpc://fraud/acme.fraud.Scores/Score"; gRPC's method begins with a slash.
inline std::string grpc_url(std::string_view service_name, std::string_view method) {
  std::string url("grpc://");
  url += service_name.empty() ? "grpc" : service_name;
  url += method;
  return url;
}

}  // namespace integrations
}  // namespace v0
}  // namespace aloft
