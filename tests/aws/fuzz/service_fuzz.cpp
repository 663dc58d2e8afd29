// SPDX-License-Identifier: Apache-2.0
// What services answer: an error's code, and what X-Ray says of the documents of a call, CloudWatch
// Logs of its events. A refusal always names a record that was sent, once.
#include "aws/error_codes.hpp"
#include "aws/log_events.hpp"
#include "aws/verdict.hpp"
#include "aws/xray_answer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aloft;
  const void* const generic = data;
  const std::string text(static_cast<const char*>(generic), size);

  const http_client::ClientResponse response{.status = 400, .headers = {}, .body = text};
  const std::string code = aws::error_code(response);
  if (!aws::judge(response, code, WallTime()).failure) std::abort();
  http::Headers headers;
  if (headers.try_add("retry-after", text) &&
      aws::retry_after(headers, WallTime()) > std::chrono::hours(1)) {
    std::abort();
  }

  const std::vector<delivery::Record> records = {{.payload = R"({"id":"0000000000000001"})"},
                                                 {.payload = text}};
  std::vector<const delivery::Record*> pointers;
  for (const delivery::Record& record : records) pointers.push_back(&record);
  const aws::LogCall call = aws::plan_log_call(pointers);
  aws::put_log_events_body("g", "s", pointers, call);
  for (const delivery::Answer& answer :
       {aws::read_unprocessed(text, pointers), aws::read_rejected_events(text, call)}) {
    std::set<std::size_t> seen;
    for (const delivery::Refusal& refusal : answer.refusals) {
      if (answer.failure || refusal.index >= records.size() || !seen.insert(refusal.index).second) {
        std::abort();
      }
    }
  }
  return 0;
}
