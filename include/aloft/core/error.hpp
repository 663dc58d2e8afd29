// SPDX-License-Identifier: Apache-2.0
// Errors are values: what was wrong, where, and what to do about it.
//
// `ErrorCode` says what the caller can do, not who failed. `Error::message` names what was wrong;
// `Error::remedy` says what to change. Neither ever quotes untrusted input: a message may
// name a field, an offset or a limit, but not the bytes that were refused.
//
//   return fail(ErrorCode::invalid_argument, "service_name is empty", "give the service a name");
//
// Thread-safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace aloft {
inline namespace v0 {

/// What went wrong, by what the caller can do about it.
enum class ErrorCode {
  invalid_argument,    ///< the input or an option is wrong: change it
  not_found,           ///< there is no such thing
  already_exists,      ///< there is one already
  permission_denied,   ///< the caller may not do this
  resource_exhausted,  ///< a limit was reached: wait, or raise the limit
  unavailable,         ///< the other side could not be reached: try again later
  deadline_exceeded,   ///< the deadline passed before the answer came
  cancelled,           ///< the owner is shutting down
  data_loss,           ///< stored bytes are damaged
  unsupported,         ///< this build or this system cannot do it
  internal,            ///< a mistake of ours: report it
};

/// The name of `code` as it appears in logs and counters, e.g. "invalid_argument".
std::string_view to_string(ErrorCode code) noexcept;

/// A reason and a remedy.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< what was wrong, and where
  std::string remedy;   ///< what to do; empty when there is nothing to do

  /// "invalid_argument: service_name is empty (set TelemetryOptions::service_name)".
  std::string to_string() const;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace v0
}  // namespace aloft
