// SPDX-License-Identifier: Apache-2.0
// The Authorization header and the bodies of the AWS operations; what is stored from them is folded
// and merged again.
#include "console/xray/filter.hpp"
#include "console/xray/merged_trace.hpp"
#include "console/xray/requests.hpp"
#include "console/xray/signature.hpp"
#include "console/xray/trace_fold.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft::console;
  using namespace aloft::console::xray;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto signer = Signer::parse(text)) {
    if (signer->access_key_id.empty() || signer->region.empty()) std::abort();
  }
  (void)parse_iso_time(text);
  (void)TelemetryRequest::parse(text);
  (void)TraceIdsRequest::parse(text);
  (void)ServiceGraphRequest::parse(text);
  const auto summaries = TraceSummariesRequest::parse(text);
  if (const auto* request = std::get_if<TraceSummariesRequest>(&summaries)) {
    if (request->range.end_us < request->range.start_us) std::abort();
  }
  TraceDetail detail;
  const auto put = PutSegmentsRequest::parse(text);
  if (const auto* request = std::get_if<PutSegmentsRequest>(&put)) {
    if (request->documents.size() > kMaxPutDocuments) std::abort();
    for (const std::string& document : request->documents) {
      if (!detail.documents.empty()) detail.documents += ',';
      detail.documents += document;
      detail.ends.push_back(detail.documents.size());
    }
  }
  const TraceFold fold = TraceFolder().fold(detail, FoldDepth::spans);
  (void)merge_segments(detail);
  const auto filter = Filter::parse(text);
  if (const auto* parsed = std::get_if<Filter>(&filter)) (void)parsed->matches(fold);
  return 0;
}
