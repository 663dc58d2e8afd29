// SPDX-License-Identifier: Apache-2.0
// Whose fault an error is, in X-Ray's three words: its map and its alarms ask for nothing else.
//
//   span.set_error(error);                                          // by its code
//   span.set_error("Declined", "no cover", ErrorClass::error);      // the caller's
//   span.set_error(exception, ErrorClass::throttle);
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/error.hpp>

#include <cstdint>

namespace aloft {
inline namespace v0 {

enum class ErrorClass : std::uint8_t {
  error,     ///< the caller's: as a status of 4xx
  throttle,  ///< refused by a limit, which is the caller's as well: as 429
  fault,     ///< ours, or of what we depend on: as 5xx
};

/// What a caller can change is the caller's; a limit throttles; everything else is a fault.
constexpr ErrorClass error_class(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::permission_denied:
      return ErrorClass::error;
    case ErrorCode::resource_exhausted:
      return ErrorClass::throttle;
    case ErrorCode::unavailable:
    case ErrorCode::deadline_exceeded:
    case ErrorCode::cancelled:
    case ErrorCode::data_loss:
    case ErrorCode::unsupported:
    case ErrorCode::internal:
      break;
  }
  return ErrorClass::fault;
}

}  // namespace v0
}  // namespace aloft
