// SPDX-License-Identifier: Apache-2.0
// What a trace looks like in the list, folded together from its documents in whatever order they
// arrive: documents are only ever added, and the outcome does not depend on their order (except
// which of more than fifty annotations or services are kept). A document that replaces another
// makes the store fold the trace anew.
//
// Thread-safety: plain value.
#pragma once

#include "console/document.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace aloft::console {

/// Of what one summary can come to: its parts are bounded before they are escaped.
inline constexpr std::size_t kMaxSummaryBytes = std::size_t{128} << 10U;

class TraceState {
 public:
  explicit TraceState(const TraceId& id) noexcept : id_(id) {}

  void add(const Document& document);

  const TraceId& id() const noexcept { return id_; }
  std::int64_t start_us() const noexcept { return start_us_; }
  /// From the first start to the last end, whatever the clocks of the senders; 0 before any end.
  std::int64_t duration_us() const noexcept;
  std::string_view tenant() const noexcept { return annotation("tenant_id"); }
  /// The TraceSummary of the API document; at most `kMaxSummaryBytes`.
  std::string summary_json(std::uint64_t revision) const;
  /// What the search looks at: `append_searchable` of each field.
  std::string searchable() const;

 private:
  struct Service {
    std::string name;
    std::int64_t start_us = 0;
  };
  // The order among documents: segments before lone subsegments, roots before those with a parent
  // (whose clock may be behind), then by time.
  using Rank = std::tuple<bool, bool, std::int64_t, std::uint64_t>;

  void add_annotations(const std::vector<Annotation>& annotations);
  void add_service(const Document& document);
  std::string_view annotation(std::string_view key) const noexcept;
  std::string_view user() const noexcept;

  TraceId id_;
  Rank first_rank_;  // of the document that names the trace
  std::string name_;
  std::string service_;
  std::string method_;
  std::string url_;
  int status_ = 0;
  std::string user_;
  std::int64_t user_start_us_ = 0;
  std::int64_t start_us_ = 0;
  std::int64_t end_us_ = 0;
  std::uint64_t documents_ = 0;
  std::uint64_t spans_ = 0;
  bool fault_ = false;
  bool error_ = false;
  bool throttle_ = false;
  bool in_progress_ = false;
  std::string error_text_;
  std::int64_t error_start_us_ = 0;
  std::vector<Annotation> annotations_;  // by first arrival; one for a key
  std::size_t annotation_bytes_ = 0;
  std::vector<Service> services_;  // by start
  std::size_t service_bytes_ = 0;
};

}  // namespace aloft::console
