// SPDX-License-Identifier: Apache-2.0
// What an answer of a service, or none, means: pure.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/error.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <string>

namespace aloft {
inline namespace v0 {
namespace aws {

/// The error code of an answer, bare, as the three protocols write it: `x-amzn-errortype` or
/// `x-amzn-query-error`, `__type` or `code` in a JSON body, `<Code>` in an XML one. Empty when
/// there is none. Bytes from outside.
std::string error_code(const http_client::ClientResponse& response);

/// `Retry-After` in seconds or as a date, or `x-amz-retry-after` in milliseconds; at most an hour.
Nanoseconds retry_after(const http::Headers& headers, WallTime now);

/// Of an answer that is not 2xx.
delivery::Answer judge(const http_client::ClientResponse& response, std::string_view code,
                       WallTime now);
/// Of a request without answer.
delivery::Answer judge_no_answer(const Error& error);
/// Of a request that was not sent, for want of credentials.
delivery::Answer judge_no_credentials(const Error& error);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
