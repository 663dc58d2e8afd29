// SPDX-License-Identifier: Apache-2.0
// The one seam for a new wire: a class with one method, or four when it keeps what it is given.
//
// `export_batch` is called from one thread at a time, never concurrently, and never from a request
// path; it may block for as long as the pipeline's owner is willing to wait in `flush`. It says in
// the report what became of each span of the batch; what it leaves unsaid is counted as *unknown*.
// One that delivers later (`delivery/engine.hpp`) reports them as *taken* and accounts for them.
// It must not keep views into the batch.
//
//   class StdoutExporter final : public Exporter {
//     void export_batch(const Batch& batch, ExportReport& report) noexcept override {
//       for (const TraceRecord& trace : batch.traces) write_line(trace);
//       report.sent(batch.span_count());
//     }
//   };
//
// The contract suite `testing/exporter_contract.hpp` runs the same cases against each exporter.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/telemetry/accounting.hpp>
#include <aloft/telemetry/record.hpp>

#include <cstdint>

namespace aloft {
inline namespace v0 {

/// What became of the spans of one batch.
class ExportReport {
 public:
  /// The receiver said that it has them.
  void acknowledged(std::uint64_t spans) noexcept { acknowledged_ += spans; }
  /// The kernel took them; the wire has no acknowledgement.
  void sent(std::uint64_t spans) noexcept { sent_ += spans; }
  /// The exporter keeps them and settles them later, in its own `Exporter::accounting`.
  void taken(std::uint64_t spans) noexcept { taken_ += spans; }
  void dropped(Reason reason, std::uint64_t spans) noexcept { dropped_[reason] += spans; }
  void rejected(Reason reason, std::uint64_t spans) noexcept { rejected_[reason] += spans; }
  /// A trace went out as more than one document; not part of the books.
  void split() noexcept { ++splits_; }
  /// The kernel did not send several datagrams at once, though its probe had said so.
  void offload_refused() noexcept { ++offloads_refused_; }
  /// A document of `Batch::in_progress` went out; not part of the books.
  void in_progress() noexcept { ++in_progress_; }

  std::uint64_t acknowledged_count() const noexcept { return acknowledged_; }
  std::uint64_t sent_count() const noexcept { return sent_; }
  std::uint64_t taken_count() const noexcept { return taken_; }
  const ReasonCounts& dropped_counts() const noexcept { return dropped_; }
  const ReasonCounts& rejected_counts() const noexcept { return rejected_; }
  std::uint64_t split_count() const noexcept { return splits_; }
  std::uint64_t offloads_refused_count() const noexcept { return offloads_refused_; }
  std::uint64_t in_progress_count() const noexcept { return in_progress_; }
  std::uint64_t total() const noexcept {
    return acknowledged_ + sent_ + taken_ + dropped_.total() + rejected_.total();
  }

 private:
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t splits_ = 0;
  std::uint64_t in_progress_ = 0;
  std::uint64_t offloads_refused_ = 0;
  ReasonCounts dropped_;
  ReasonCounts rejected_;
};

class Exporter {
 public:
  virtual ~Exporter() = default;
  virtual void export_batch(const Batch& batch, ExportReport& report) noexcept = 0;
  /// Waits until everything *taken* before the call is settled; true when it was, by `deadline`.
  /// From any thread, also while `export_batch` runs.
  virtual bool flush(Deadline) noexcept { return true; }
  /// Where the spans are that it has *taken*, since it was made: `accepted` is what it took. From
  /// any thread. The child of a fork begins with what was in flight, dropped as `Reason::forked`.
  virtual Accounting accounting() const noexcept { return {}; }
  /// The end: settles what it can by `deadline`, and counts the rest as it leaves it. Nothing is
  /// exported afterwards, and whoever still waits in `flush` comes back.
  virtual Accounting shutdown(Deadline deadline) noexcept {
    static_cast<void>(flush(deadline));
    return accounting();
  }
};

}  // namespace v0
}  // namespace aloft
