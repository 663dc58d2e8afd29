// SPDX-License-Identifier: Apache-2.0
// `POST /v1/traces`: OTLP over HTTP, protobuf or JSON, gzip or as it is, into the same store as
// X-Ray's documents. Requests are read one at a time, so what one takes in memory is taken once.
//
//   spans = stored + repeated + sum of rejected
//
// Source: OTLP specification 1.9, "OTLP/HTTP", read 2026-11.
// Thread-safety: `answer` and `status` from any thread.
#pragma once

#include "console/intake.hpp"
#include "console/otlp/request.hpp"

#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace aloft::console::otlp {

inline constexpr std::string_view kTracesPath = "/v1/traces";
/// Of a body as it comes, and inflated. Ours: AWS takes 5 MB; a Collector's batches are of 8,192
/// spans, some 5 MB.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{8} << 20U;

struct OtlpStatus {
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;   ///< requests of which nothing could be read
  std::uint64_t spans = 0;     ///< of the others
  std::uint64_t stored = 0;    ///< also when the store had them already
  std::uint64_t repeated = 0;  ///< twice in one request
  std::uint64_t links = 0;     ///< of spans that lead to no span, or are too many; left out
  RejectCounts rejected{};     ///< spans
};

class OtlpIntake {
 public:
  explicit OtlpIntake(Intake& intake) noexcept : intake_(intake) {}

  http::Response answer(const http::Request& request);
  OtlpStatus status() const;

 private:
  struct Outcome;
  Outcome store(const Request& request);

  Intake& intake_;
  std::atomic<int> inside_{0};
  std::mutex reading_;
  mutable std::mutex status_mutex_;
  OtlpStatus status_;
};

}  // namespace aloft::console::otlp
