// SPDX-License-Identifier: Apache-2.0
// How the delivery engine keeps records on disk until their receiver has them, so that a crash, a
// restart or an outage longer than memory lasts costs none of them.
//
// A record goes through memory: what is offered faster than a disk syncs, or while the log is full
// or failing, is dropped when `EngineOptions::queue_limit_bytes` is used up. Above three quarters
// of it, queued records that are durable leave memory, and come back when the receiver takes more.
//
//   DeliveryOptions options;
//   options.log = LogOptions{.directory = "/var/lib/payments/aloft", .sync_interval = 200ms};
//
// Only what was redacted and encoded is ever written. A directory may be shared by any number of
// processes of one user: each writes below a name of its own and takes over what dead ones of the
// same purpose left.
// The guide is docs/guides/keep-records-on-disk.md. Thread-safety: plain values.
#pragma once

#include <aloft/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace aloft {
inline namespace v0 {
namespace delivery {

struct LogOptions {
  /// Where; its parent must exist. Made with mode 0700 when it is not there. Refused when it is a
  /// symbolic link, is not ours, or others can write to it.
  std::string directory{};
  /// What the records are for, e.g. "otlp/payments": a log takes over only what one of the same
  /// purpose left, for nobody else can send it as it was meant. `http_client::otlp_exporter` and
  /// `aws::telemetry_from_environment` fill it in. Its hash is part of the names on disk.
  std::string purpose{};
  /// What one process keeps at most; 64 KiB to 1 TiB. When full, new records are refused and
  /// counted; the engine has them in memory only.
  std::uint64_t limit_bytes = 256u << 20;
  /// After how many bytes a new file is begun; 4 KiB to a quarter of `limit_bytes`. A file goes
  /// when all its records were acknowledged.
  std::uint64_t segment_bytes = 8u << 20;
  /// How long a record may wait to be safe from a power cut. Zero: each commit waits for the disk,
  /// for what must not be lost (audit). A killed process loses less: what it wrote is the kernel's.
  Nanoseconds sync_interval = std::chrono::milliseconds(200);
};

}  // namespace delivery
}  // namespace v0
}  // namespace aloft
