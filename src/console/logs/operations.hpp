// SPDX-License-Identifier: Apache-2.0
// The operations of CloudWatch Logs, by name: AWS JSON 1.1, POST / with `X-Amz-Target:
// Logs_20140328.NAME`. Each takes the body of a request that was authorised and answers in the
// shapes of the service.
//
// The table is open: what is not of the store alone (queries) adds itself before the first request.
//
//   OperationTable table;
//   add_store_operations(table, store, clock);
//   table.add("StartQuery", [&queries](const Call& call) { return queries.start(call); });
//
// Source: CloudWatch Logs service model, botocore 1.43 and 1.29, read 2026-11.
// Thread-safety: immutable once requests are answered; what an operation uses is thread-safe.
#pragma once

#include "console/logs/log_store.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/response.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace aloft::console::logs {

/// Of `X-Amz-Target`, before the dot.
inline constexpr std::string_view kTargetPrefix = "Logs_20140328";

struct Call {
  std::string_view body;    ///< JSON, inflated already
  std::string_view region;  ///< as the client signed; for ARNs
};

using Operation = std::function<http::Response(const Call&)>;

class OperationTable {
 public:
  /// The last one of a name counts.
  void add(std::string_view name, Operation operation);
  /// Answers `name`, with an error when it is none of the table: 501 for what AWS has, 400
  /// UnknownOperationException else.
  http::Response answer(std::string_view name, const Call& call) const;

 private:
  std::map<std::string, Operation, std::less<>> operations_;
};

/// Groups, streams, tags, PutLogEvents, GetLogEvents, FilterLogEvents, GetLogRecord.
void add_store_operations(OperationTable& table, LogStore& store, Clock& clock);

/// An error as AWS JSON 1.1 tells it: `{"__type": code, "message": sentence}`.
http::Response error(int status, std::string_view code, std::string_view message);
/// 400 InvalidParameterException.
http::Response invalid(std::string_view message);
/// An error of the store: ResourceNotFoundException, ResourceAlreadyExistsException,
/// LimitExceededException, or 503 ServiceUnavailableException.
http::Response store_trouble(const Error& error);
/// A success: 200, application/x-amz-json-1.1. Empty: no body, as of operations without output.
http::Response success(std::string json);

}  // namespace aloft::console::logs
