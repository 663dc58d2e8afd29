// SPDX-License-Identifier: Apache-2.0
// Nothing is lost silently: where every span went, by independent counters.
//
//   accepted = acknowledged + sent + durable + in_flight + unknown + dropped + rejected
//
// *Accepted* is a span that is recorded, from the moment it starts. *Sent* means the kernel took
// it and the wire has no acknowledgement (UDP). *Dropped* was our decision, *rejected* the other
// side's; both by reason. Each term has a counter of its own: none is computed from the others, so
// `balance()` is a check and not an identity. At rest it is zero; while spans are being made or
// sent the terms are read one after the other, and it moves with what happened in between.
//
// Thread-safety: plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aloft {
inline namespace v0 {

/// Why a span was dropped or rejected. The names are stable: they are metric dimensions.
enum class Reason : std::uint8_t {
  queue_full,    ///< no free chunk: raise PipelineOptions::queue_limit_bytes or sample less
  span_limit,    ///< more than kMaxSpansPerBlock spans in one local trace
  owner_gone,    ///< the Telemetry was destroyed while the span was open
  forked,        ///< the child of a fork dropped what its parent had begun
  too_large,     ///< one span alone exceeds the wire's limit
  refused,       ///< nobody listens at the daemon's address
  send_failed,   ///< the socket failed in another way
  unresolved,    ///< the daemon's host name has no address
  invalid,       ///< the receiver said that the record is wrong
  over_share,    ///< the queue is full, and its tenant holds more of it than the others
  throttled,     ///< the receiver wanted less for longer than we keep trying
  unavailable,   ///< the receiver could not be reached for longer than we keep trying
  unauthorized,  ///< the receiver did not accept our credentials for as long
  missing,       ///< what the records go to is not there and could not be created
  expired,       ///< older than the receiver takes
  damaged,       ///< the log on disk was damaged or cut where it stood
  not_kept,      ///< of a candidate of `TailOptions` that ended well, or above what may be kept
};
inline constexpr std::size_t kReasonCount = 17;

/// E.g. "queue_full".
std::string_view to_string(Reason reason) noexcept;

/// A count per reason.
class ReasonCounts {
 public:
  std::uint64_t& operator[](Reason reason) noexcept {
    return counts_[static_cast<std::size_t>(reason)];
  }
  std::uint64_t operator[](Reason reason) const noexcept {
    return counts_[static_cast<std::size_t>(reason)];
  }
  std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_) sum += count;
    return sum;
  }
  void add(const ReasonCounts& more) noexcept {
    for (std::size_t i = 0; i < kReasonCount; ++i) counts_[i] += more.counts_[i];
  }
  friend bool operator==(const ReasonCounts&, const ReasonCounts&) = default;

 private:
  std::array<std::uint64_t, kReasonCount> counts_{};
};

/// All counts are spans, since the start of the `Telemetry`.
struct Accounting {
  std::uint64_t accepted = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t sent = 0;
  std::uint64_t durable = 0;
  std::uint64_t in_flight = 0;  ///< open, queued, or being exported
  std::uint64_t unknown = 0;    ///< handed to an exporter that did not say what became of it
  ReasonCounts dropped;
  ReasonCounts rejected;

  /// accepted minus everything else; zero when the books balance.
  std::int64_t balance() const noexcept {
    return static_cast<std::int64_t>(accepted - acknowledged - sent - durable - in_flight -
                                     unknown - dropped.total() - rejected.total());
  }
};

/// What else is counted; not part of the identity.
struct TraceCounters {
  std::uint64_t sampled_out = 0;          ///< local roots not recorded, or not kept
  std::uint64_t tail_kept = 0;            ///< local roots kept though the sampler said no
  std::uint64_t tail_full = 0;            ///< local roots that the tail had no memory to look at
  std::uint64_t annotations_dropped = 0;  ///< no room, above the limit a span, or not finite
  std::uint64_t keys_mapped = 0;       ///< annotation keys with other characters than X-Ray takes
  std::uint64_t values_cut = 0;        ///< text longer than its limit
  std::uint64_t names_cut = 0;         ///< span names that were too long or had other characters
  std::uint64_t redacted = 0;          ///< pieces of text replaced by the redactor
  std::uint64_t user_ids_dropped = 0;  ///< user ids shaped like an email or a phone number
  std::uint64_t orphans = 0;           ///< spans that outlived their root by the orphan timeout
  std::uint64_t wakeups = 0;  ///< times a request thread woke the backend, because much was waiting
  std::uint64_t extras_dropped = 0;    ///< extras of traces that found no room, and went no further
  std::uint64_t links_dropped = 0;     ///< links above X-Ray's limits, or to no span
  std::uint64_t documents_split = 0;   ///< traces sent as several documents because of their size
  std::uint64_t in_progress = 0;       ///< documents sent of roots that were still open
  std::uint64_t offloads_refused = 0;  ///< times the kernel did not take several datagrams at once
};

}  // namespace v0
}  // namespace aloft
