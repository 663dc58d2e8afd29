// SPDX-License-Identifier: Apache-2.0
// A signal that travels beside the traces of a pipeline: it shares their backend, their thread and
// their lifetime, and is linked only into programs that use it. Logs are one.
//
// A lane is as immortal as its pipeline, for handles of ended generations may still look at it.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/redaction_ledger.hpp>

#include <cstddef>

namespace aloft {
inline namespace v0 {
namespace detail {

class Lane {
 public:
  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual ~Lane() = default;

  /// Records from now on, or no more.
  virtual void set_enabled(bool on) noexcept = 0;
  /// Whether a round would find something; asked before the backend dozes.
  virtual bool has_work() const noexcept = 0;
  /// Exports what was recorded before the call. Rounds never overlap.
  /// @return how many chunks of 8 KiB there were, and what could not be exported yet.
  virtual std::size_t round() noexcept = 0;
  virtual bool flush_exporter(Deadline deadline) noexcept = 0;
  /// The end of the generation, after its last round: ends the exporter.
  virtual void shut(Deadline deadline) noexcept = 0;
  /// Throws away what no round has come to, when nobody records any more.
  virtual void abandon() noexcept = 0;
  /// In the child of a fork, also where nothing works any more: a thread of the parent holds them.
  virtual void forget_locks() noexcept = 0;
  /// In the child of a fork, on its only thread: what was recorded is dropped and counted.
  virtual void after_fork_in_child() noexcept = 0;
  virtual Accounting accounting() const noexcept = 0;
  /// What the redactor took out of its records.
  virtual RedactionCounts redactions(RedactionPlace place) const noexcept = 0;
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
