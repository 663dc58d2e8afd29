// SPDX-License-Identifier: Apache-2.0
// What a receiver may answer: a partial success, and a Retry-After. Never more is rejected than was
// sent.
#include "http_client/otlp_answer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace client = aloft::http_client;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const aloft::WallTime now{std::chrono::seconds(1'764'000'000)};
  const aloft::Nanoseconds wait = client::read_retry_after(text, now);
  if (wait < aloft::Nanoseconds::zero() || wait > std::chrono::hours(24)) std::abort();

  client::ClientResponse response;
  response.status = 200;
  response.body = std::string(text);
  const client::OtlpVerdict verdict = client::judge_answer(response, {3, 0, 40}, now);
  std::uint64_t refused = 0;
  for (const aloft::delivery::Refusal& refusal : verdict.answer.refusals) refused += refusal.count;
  if (refused > 43) std::abort();
  if (verdict.unreadable && refused != 0) std::abort();
  const auto rejected = client::read_rejected_spans(text);
  if (rejected && *rejected < 43 && refused != *rejected) std::abort();
  return 0;
}
