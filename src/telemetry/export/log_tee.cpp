// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/export/log_tee.hpp>

#include "core/fork_epoch.hpp"
#include "telemetry/outcomes.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {

struct LogTeeBooks::Side {
  explicit Side(std::unique_ptr<LogExporter> its_exporter) : exporter(std::move(its_exporter)) {}

  std::unique_ptr<LogExporter> exporter;
  detail::Counter given{0};
  detail::Outcomes outcomes;
};

LogTeeBooks::LogTeeBooks() = default;
LogTeeBooks::~LogTeeBooks() = default;

Accounting LogTeeBooks::of(std::size_t other) const noexcept {
  Accounting books;
  if (other >= sides_.size()) return books;
  const Side& side = *sides_[other];
  const std::uint64_t left = detail::read_outcomes(side.outcomes, books);
  books.accepted = side.given.load(std::memory_order_acquire);
  books.in_flight = books.accepted > left ? books.accepted - left : 0;
  detail::add_exporters(books, side.outcomes, side.exporter->accounting());
  return books;
}

namespace detail {

class LogTee final : public LogExporter {
 public:
  explicit LogTee(LogTeeOptions options)
      : first_(std::move(options.first)),
        books_(options.books ? std::move(options.books) : std::make_shared<LogTeeBooks>()),
        epoch_(fork_epoch()) {
    books_->sides_.clear();
    for (auto& other : options.others) {
      if (!other) continue;
      books_->sides_.push_back(std::make_unique<LogTeeBooks::Side>(std::move(other)));
    }
  }

  void export_batch(const LogBatch& batch, ExportReport& report) noexcept override {
    begin_anew_in_a_child();
    if (first_) {
      first_->export_batch(batch, report);
    } else {
      report.dropped(Reason::missing, batch.lines.size());
    }
    for (const auto& side : books_->sides_) {
      raise(side->given, batch.lines.size());
      ExportReport own;
      side->exporter->export_batch(batch, own);
      settle(side->outcomes, own, batch.lines.size());
    }
  }
  bool flush(Deadline deadline) noexcept override {
    bool done = !first_ || first_->flush(deadline);
    for (const auto& side : books_->sides_) done = side->exporter->flush(deadline) && done;
    return done;
  }
  Accounting accounting() const noexcept override {
    return first_ ? first_->accounting() : Accounting{};
  }
  Accounting shutdown(Deadline deadline) noexcept override {
    const Accounting books = first_ ? first_->shutdown(deadline) : Accounting{};
    for (const auto& side : books_->sides_) static_cast<void>(side->exporter->shutdown(deadline));
    return books;
  }

 private:
  /// What the parent gave is the parent's; an exporter that keeps lines begins anew by itself.
  void begin_anew_in_a_child() noexcept {
    const std::uint32_t now = fork_epoch();
    if (now == epoch_) return;
    epoch_ = now;
    for (const auto& side : books_->sides_) {
      side->given.store(0, std::memory_order_relaxed);
      reset(side->outcomes);
    }
  }

  std::unique_ptr<LogExporter> first_;
  std::shared_ptr<LogTeeBooks> books_;
  std::uint32_t epoch_;
};

}  // namespace detail

std::unique_ptr<LogExporter> log_tee(LogTeeOptions options) {
  return std::make_unique<detail::LogTee>(std::move(options));
}

}  // namespace v0
}  // namespace aloft
