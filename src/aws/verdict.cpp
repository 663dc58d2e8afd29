// SPDX-License-Identifier: Apache-2.0
#include "aws/verdict.hpp"

#include "aws/credential_answer.hpp"
#include "aws/error_codes.hpp"

#include <aloft/aws/clock_skew.hpp>
#include <aloft/core/text.hpp>
#include <aloft/http/json_reader.hpp>

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using delivery::Answer;
using delivery::Failure;

/// Ours: an error's body has a few hundred bytes.
constexpr std::size_t kMaxErrorBytes = 64 * 1024;
/// Ours: who asks for more would silence us.
constexpr Nanoseconds kLongestWait = std::chrono::hours(1);

std::string code_of_body(std::string_view body) {
  if (body.empty() || body.size() > kMaxErrorBytes) return {};
  if (body.front() == '<') return xml_text(body, "Code");
  const Result<http::JsonDocument> json =
      http::JsonDocument::parse(body, {.bytes = kMaxErrorBytes, .depth = 32});
  if (!json) return {};
  for (const std::string_view field : {"/__type", "/code", "/Code"}) {
    const Result<std::string_view> code = json->text(field);
    if (code) return std::string(*code);
  }
  return {};
}

Answer answer_of(Failure failure, std::string message) {
  return {.failure = failure, .reason = reason_of(failure), .message = std::move(message)};
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// The client says so in words only; that they are still its words is what a test holds.
bool never_connected(std::string_view message) noexcept {
  for (const std::string_view end :
       {"could not be connected to", "has an unknown host name", "ClientOptions::connect_timeout",
        "could not be trusted, or speaks no TLS", "the deadline had passed before sending",
        "the client was made before a fork"}) {
    if (ends_with(message, end)) return true;
  }
  return false;
}

}  // namespace

std::string error_code(const http_client::ClientResponse& response) {
  if (const auto type = response.headers.get("x-amzn-errortype")) {
    return std::string(bare_code(*type));
  }
  if (const auto query = response.headers.get("x-amzn-query-error")) {
    return std::string(query->substr(0, query->find(';')));
  }
  return std::string(bare_code(code_of_body(response.body)));
}

Nanoseconds retry_after(const http::Headers& headers, WallTime now) {
  constexpr std::uint64_t kMostSeconds = 3600;
  if (const auto text = headers.get("x-amz-retry-after")) {
    const auto milliseconds = text::parse_decimal(*text).value_or(0);
    return std::chrono::milliseconds(std::min(milliseconds, kMostSeconds * 1000));
  }
  const std::string_view text = headers.get("retry-after").value_or("");
  if (const auto seconds = text::parse_decimal(text)) {
    return std::chrono::seconds(std::min(*seconds, kMostSeconds));
  }
  const auto date = parse_http_date(text);
  if (!date || *date <= now) return Nanoseconds::zero();
  return std::min<Nanoseconds>(*date - now, kLongestWait);
}

Answer judge(const http_client::ClientResponse& response, std::string_view code, WallTime now) {
  Answer answer = answer_of(failure_of(code, response.status),
                            "the service answered with " + named_code(code, response.status));
  answer.retry_after = retry_after(response.headers, now);
  // A gateway that gave up waiting does not know what became of the request.
  answer.maybe_received = response.status == 504;
  return answer;
}

Answer judge_no_answer(const Error& error) {
  const bool our_mistake =
      error.code == ErrorCode::invalid_argument || error.code == ErrorCode::unsupported;
  Answer answer = answer_of(our_mistake ? Failure::final : Failure::transient, error.message);
  // In doubt the bytes were written.
  answer.maybe_received = !our_mistake && !never_connected(error.message);
  return answer;
}

Answer judge_no_credentials(const Error& error) {
  const bool later = error.code == ErrorCode::deadline_exceeded ||
                     error.code == ErrorCode::resource_exhausted ||
                     error.code == ErrorCode::cancelled;
  return answer_of(later ? Failure::transient : Failure::unauthorized,
                   "no credentials: " + error.message);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
