// SPDX-License-Identifier: Apache-2.0
// What a span may be told about a call: an HTTP request, an AWS operation, a database query. Plain
// views, copied when they are handed over; an empty one is left out.
//
//   span.set_http_request({.method = "GET", .url = "https://fraud.internal/v1/scores"});
//   span.set_sql_call({.url = "postgresql://db.internal/ledger", .database_type = "PostgreSQL"});
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/value.hpp>

#include <initializer_list>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// The request of an HTTP call or of a server, as far as it may be recorded.
struct HttpRequestInfo {
  std::string_view method{};
  std::string_view url{};  ///< scheme, host, route template; query, fragment and user info are cut
  std::string_view user_agent{};
  std::string_view client_ip{};
  /// `client_ip` stood in `X-Forwarded-For`, which whoever sends the request can write.
  bool x_forwarded_for = false;
  /// Of a call: who is called sends a segment under this span, and X-Ray takes the trace for broken
  /// until it has come. Say it only of services that you trace.
  bool traced = false;
};

/// Source: X-Ray developer guide, segment documents, "AWS resource data", read 2026-11; `retries`
/// is a member of the X-Ray SDKs'.
struct AwsCallInfo {
  std::string_view operation{};  ///< e.g. "PutItem"
  std::string_view table_name{};
  std::string_view queue_url{};   ///< of SQS; what a query holds is cut
  std::string_view region{};      ///< where another one is called
  std::string_view account_id{};  ///< whose resource it is, where it is another account's
  std::string_view request_id{};
  int retries = -1;  ///< attempts after the first; -1 when unknown
};

/// What is said of a link, e.g. {"messaging.message.id", id}.
struct LinkAttribute {
  std::string_view key;
  Value value;
};
using LinkAttributes = std::initializer_list<LinkAttribute>;

/// Text that is a JSON value already, for metadata: kept as that value when it is valid.
struct JsonText {
  std::string_view text;
};

/// Source: X-Ray developer guide, segment documents, "SQL queries", read 2026-11.
struct SqlCallInfo {
  /// "postgresql://db.internal:5432/ledger", "sqlite:ledger.db"; parameters, which begin with `?`,
  /// `#` or `;`, are cut, user and password are taken out, and so is all that may belong to them.
  std::string_view url{};
  std::string_view database_type{};     ///< e.g. "PostgreSQL"
  std::string_view database_version{};  ///< e.g. "15.4"
  std::string_view driver_version{};
  std::string_view user{};         ///< of the database, never of the service
  std::string_view preparation{};  ///< "statement" or "call"
  /// With placeholders where values stood: recognised secrets are taken out of it, other values
  /// are not.
  std::string_view sanitized_query{};
};

}  // namespace v0
}  // namespace aloft
