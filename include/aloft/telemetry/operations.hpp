// SPDX-License-Identifier: Apache-2.0
// Spans for the operations every service does: a DynamoDB call, a query, an HTTP call, a step of
// its own.
//
//   Span put = dynamodb_operation(request, {.operation = "PutItem", .table_name = "charges"});
//
//   Span query = sql_query(request, {.url = "postgresql://db.internal/ledger",
//                                    .database_type = "PostgreSQL",
//                                    .sanitized_query = "SELECT total FROM entry WHERE id = ?"});
//
//   Span call = http_call(request, {.method = "GET", .url = "https://fraud.internal/v1/scores"});
//   call.set_http_response(response.status);          // at the end; or call.set_error(error)
//
//   Result<Charge> charge = traced(request, "authorise", [&](Span& span) { return ask(span); });
//
// Thread-safety: as `Span`.
#pragma once

#include <aloft/core/result.hpp>
#include <aloft/telemetry/span.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace aloft {
inline namespace v0 {

/// A child named `DynamoDB`, kind aws, with the operation, table and region X-Ray shows.
inline Span dynamodb_operation(Span& parent, const AwsCallInfo& call) noexcept {
  Span span = parent.child("DynamoDB", SpanKind::aws);
  span.set_aws_call(call);
  return span;
}

/// A child with the block that X-Ray shows of a database call, kind remote, named as X-Ray names
/// them: `ledger@db.internal`, `ledger.db` of a file, else by the type of the database.
Span sql_query(Span& parent, const SqlCallInfo& call) noexcept;

/// A child named by the host of `request.url`, kind remote: a node of its own on the service map.
/// Only scheme, host and route template of the url are kept.
Span http_call(Span& parent, const HttpRequestInfo& request) noexcept;

namespace detail {
template <typename T>
inline constexpr bool is_result = false;
template <typename T>
inline constexpr bool is_result<Result<T>> = true;

/// Runs `work(span)`. An error `Result` and an exception are recorded on the span; the exception
/// goes on its way.
template <typename Work>
std::invoke_result_t<Work, Span&> record_outcome(Span& span, Work&& work) {
#if defined(__cpp_exceptions) && defined(__cpp_rtti)
  try {
#endif
    if constexpr (is_result<std::invoke_result_t<Work, Span&>>) {
      auto result = std::forward<Work>(work)(span);
      if (!result) span.set_error(result.error());
      return result;
    } else {
      return std::forward<Work>(work)(span);
    }
#if defined(__cpp_exceptions) && defined(__cpp_rtti)
  } catch (...) {
    span.set_error(std::current_exception());
    throw;
  }
#endif
}
}  // namespace detail

/// Runs `work(span)` inside a child. An error `Result` and an exception are recorded on it; the
/// exception goes on its way.
template <typename Work>
requires std::is_invocable_v<Work, Span&> std::invoke_result_t<Work, Span&> traced(
    Span& parent, std::string_view name, Work&& work) {
  Span span = parent.child(name);
  return detail::record_outcome(span, std::forward<Work>(work));
}

}  // namespace v0
}  // namespace aloft
