// SPDX-License-Identifier: Apache-2.0
#include "console/reject.hpp"

namespace aloft::console {

std::string_view to_string(Reject reason) noexcept {
  switch (reason) {
    case Reject::queue_full:
      return "queue_full";
    case Reject::stopped:
      return "stopped";
    case Reject::too_large:
      return "too_large";
    case Reject::bad_header:
      return "bad_header";
    case Reject::empty_body:
      return "empty_body";
    case Reject::bad_json:
      return "bad_json";
    case Reject::too_deep:
      return "too_deep";
    case Reject::not_an_object:
      return "not_an_object";
    case Reject::too_many_spans:
      return "too_many_spans";
    case Reject::bad_name:
      return "bad_name";
    case Reject::bad_id:
      return "bad_id";
    case Reject::bad_trace_id:
      return "bad_trace_id";
    case Reject::bad_parent_id:
      return "bad_parent_id";
    case Reject::bad_time:
      return "bad_time";
    case Reject::no_end:
      return "no_end";
    case Reject::trace_full:
      return "trace_full";
    case Reject::store_failed:
      return "store_failed";
  }
  return "unknown";
}

}  // namespace aloft::console
