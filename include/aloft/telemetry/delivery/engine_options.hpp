// SPDX-License-Identifier: Apache-2.0
// What can be set on a delivery engine, and what can be read from it.
//
//   Engine::create({.name = "traces", .queue_limit_bytes = 16 << 20}, std::move(wire), platform);
//
// Thread-safety: plain values.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/delivery/log_counters.hpp>
#include <aloft/telemetry/delivery/log_options.hpp>
#include <aloft/telemetry/delivery/wire.hpp>
#include <aloft/telemetry/threading.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace delivery {

struct EngineOptions {
  /// In diagnostics; 1 to 64 characters.
  std::string name = "delivery";
  /// Of all records held: queued, in requests, waiting for a repetition, dead letters. At least
  /// eight of the wire's largest record and 64 KiB, at most 4 GiB. A request holds at most a
  /// quarter of it, all requests and repetitions half of it. What the wire itself makes of it, the
  /// bodies of the requests that are out, comes on top.
  std::size_t queue_limit_bytes = 8u << 20;
  /// Tenants with a queue of their own, 1 to 65,536; further ones share one.
  std::size_t tenant_limit = 256;
  /// Longest wait for a request to fill up; at most 1 min.
  Nanoseconds linger = std::chrono::milliseconds(200);
  /// For one request; 1 ms to 10 min.
  Nanoseconds request_timeout = std::chrono::seconds(10);
  /// Requests at once, at most; 1 to 200. The engine finds out how many are good.
  std::size_t requests_limit = 16;
  /// Attempts to deliver a record, at least 1. Refused credentials cost none. More than fit into
  /// `age_limit` with waits of 30 s in the mean, so that the age decides: sixteen end after 8 min.
  std::uint32_t attempts_limit = 100;
  /// A record that was not delivered for so long is dropped; at least 1 s.
  Nanoseconds age_limit = std::chrono::minutes(15);
  /// How often refused credentials are tried again, half to whole; 1 s to 1 h.
  Nanoseconds probe_interval = std::chrono::seconds(30);
  /// What destruction may take to deliver the rest.
  Nanoseconds shutdown_timeout = std::chrono::milliseconds(500);
  /// Dead letters kept until they are taken; 0 to 10,000.
  std::size_t dead_letter_limit = 32;
  Threading threading = Threading::background;
  /// Keeps records on disk until they are settled; null for memory only.
  std::optional<LogOptions> log{};
};

/// A record that the receiver refused for what it is.
struct DeadLetter {
  Record record{};
  Reason reason = Reason::invalid;
  std::string message{};  ///< the wire's
};

/// What else is counted; not part of the accounting. Since the engine was made.
struct EngineCounters {
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;             ///< requests that carried records again
  std::uint64_t retries_unbudgeted = 0;  ///< delayed to the utmost: the retry budget was empty
  std::uint64_t batches = 0;             ///< requests made of queued records
  std::uint64_t batches_cut = 0;         ///< left a tenant's records out: too far apart in time
  std::uint64_t bisections = 0;
  std::uint64_t creations = 0;
  std::uint64_t throttles = 0;
  std::uint64_t failures = 0;           ///< requests not accepted, throttles included
  std::uint64_t records_ambiguous = 0;  ///< sent again although they may have arrived
  std::uint64_t records_evicted = 0;    ///< dropped `over_share` for one below its share
  std::uint64_t records_spilled = 0;    ///< left memory for the disk alone, to be read back
  std::uint64_t bytes = 0;              ///< payloads handed to the wire
  std::uint64_t answers_ignored = 0;    ///< the wire answered twice, or about a record it never had
  std::uint64_t dead_letters_lost = 0;  ///< more than were kept
  std::size_t limit = 0;                ///< requests that may be out at once, now
  std::size_t held_bytes = 0;           ///< now
  std::size_t held_bytes_most = 0;      ///< ever
  std::size_t tenants = 0;              ///< that hold something now
  std::optional<LogCounters> log{};     ///< as of the last round; null without a log
};

struct EngineHealth {
  enum class State : std::uint8_t {
    ok,
    degraded,  ///< something fails or was lost lately; the engine deals with it
    failed,    ///< nothing will get through until somebody does something
  };
  State state = State::ok;
  Nanoseconds oldest{0};   ///< how long the oldest undelivered record has been here
  std::uint64_t lost = 0;  ///< dropped, rejected or unknown in the last minute
  std::string sentence{};  ///< what is wrong and what to do; empty when ok
};

/// E.g. "degraded".
std::string_view to_string(EngineHealth::State state) noexcept;

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
