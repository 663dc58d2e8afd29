// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/accounting.hpp>

namespace aloft {
inline namespace v0 {

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::queue_full:
      return "queue_full";
    case Reason::span_limit:
      return "span_limit";
    case Reason::owner_gone:
      return "owner_gone";
    case Reason::forked:
      return "forked";
    case Reason::too_large:
      return "too_large";
    case Reason::refused:
      return "refused";
    case Reason::send_failed:
      return "send_failed";
    case Reason::unresolved:
      return "unresolved";
    case Reason::invalid:
      return "invalid";
    case Reason::over_share:
      return "over_share";
    case Reason::throttled:
      return "throttled";
    case Reason::unavailable:
      return "unavailable";
    case Reason::unauthorized:
      return "unauthorized";
    case Reason::missing:
      return "missing";
    case Reason::expired:
      return "expired";
    case Reason::damaged:
      return "damaged";
    case Reason::not_kept:
      return "not_kept";
  }
  return "invalid";
}

}  // namespace v0
}  // namespace aloft
