// SPDX-License-Identifier: Apache-2.0
// How the library speaks about itself when there is no caller left to return an error to.
//
// Rare and useful: the default writes one JSON line to stderr, at most one a second for a code,
// with the count of what was held back since. Messages never quote payloads.
//
// Thread-safety: implementations are thread-safe and may be called from any thread of the library,
// never from a request path.
#pragma once

#include <aloft/core/error.hpp>

#include <string_view>

namespace aloft {
inline namespace v0 {

class Diagnostics {
 public:
  virtual ~Diagnostics() = default;
  /// @param code     what the operator can do.
  /// @param subject  a stable word for the place, e.g. "xray_udp_exporter"; groups the rate limit.
  /// @param message  a sentence with the remedy.
  virtual void report(ErrorCode code, std::string_view subject,
                      std::string_view message) noexcept = 0;
  /// What was chosen where nobody chose: once at a start, never in a loop. Not an error.
  virtual void announce(std::string_view subject, std::string_view message) noexcept {
    static_cast<void>(subject);
    static_cast<void>(message);
  }

  /// One JSON line on stderr. Lives as long as the process.
  static Diagnostics& standard_error() noexcept;
};

}  // namespace v0
}  // namespace aloft
