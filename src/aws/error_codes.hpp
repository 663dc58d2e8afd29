// SPDX-License-Identifier: Apache-2.0
// The error codes of AWS services: what each means for who sends, and which may be named aloud.
#pragma once

#include <aloft/telemetry/delivery/wire.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// What is known of a code. Codes are bytes from outside: only those of the table are ever quoted.
struct ErrorCodeRow {
  std::string_view code;
  delivery::Failure failure;
  bool renew = false;  ///< new credentials may help
};

/// Nothing for a code that is not in the table.
const ErrorCodeRow* find_error_code(std::string_view code) noexcept;

/// The code of a header or a body: without namespace ("com.amazonaws.xray#") and url (":http…").
std::string_view bare_code(std::string_view code) noexcept;

/// "AccessDenied (status 403)", or "status 403" for a code that is not in the table.
std::string named_code(std::string_view code, int status);

/// By the code when it is known, else by the status.
delivery::Failure failure_of(std::string_view code, int status) noexcept;

}  // namespace aws
}  // namespace v0
}  // namespace aloft
