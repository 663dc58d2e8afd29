// SPDX-License-Identifier: Apache-2.0
#include "console/intake.hpp"

#include <utility>
#include <variant>

namespace aloft::console {
namespace {

// Three seconds of 10,000 documents a second of a kilobyte: longer than any pause of the writer.
constexpr std::size_t kQueueBytes = std::size_t{32} << 20U;
// A transaction: some five milliseconds of work, so that readers of a store in memory never wait
// longer, and a failure costs no more than this.
constexpr std::size_t kBatchDocuments = 256;
constexpr std::size_t kBatchBytes = std::size_t{1} << 20U;

}  // namespace

Intake::Intake(UdpSocket socket, IntakeParts parts, OnChanges on_changes)
    : socket_(std::move(socket)),
      store_(parts.store),
      map_(parts.map),
      clock_(parts.clock),
      on_changes_(std::move(on_changes)),
      queue_(parts.clock, kQueueBytes) {}

Intake::~Intake() { stop({clock_.steady_now()}); }

void Intake::start() {
  writer_ = std::thread([this] { write(); });
  receiver_ = std::thread([this] { receive(); });
}

void Intake::stop(Deadline deadline) {
  give_up_at_.store(deadline.at.time_since_epoch().count(), std::memory_order_relaxed);
  if (receiver_.joinable()) {
    socket_.wake();
    receiver_.join();
  }
  queue_.close();
  if (writer_.joinable()) writer_.join();
}

void Intake::receive() {
  for (;;) {
    const auto datagrams = socket_.receive();
    if (datagrams.empty()) return;
    std::uint64_t bytes = 0;
    std::uint64_t refused = 0;
    // Counted before the writer can count what became of them.
    for (const std::string_view datagram : datagrams) bytes += datagram.size();
    {
      const std::lock_guard lock(status_mutex_);
      status_.datagrams += datagrams.size();
      status_.queued += datagrams.size();
      status_.bytes += bytes;
    }
    for (const std::string_view datagram : datagrams) {
      if (!queue_.push(datagram)) ++refused;
    }
    if (refused == 0) continue;
    const std::lock_guard lock(status_mutex_);
    count_of(status_.rejected, Reject::queue_full) += refused;
    status_.queued -= refused;
  }
}

bool Intake::out_of_time() const noexcept {
  return clock_.steady_now().time_since_epoch().count() >=
         give_up_at_.load(std::memory_order_relaxed);
}

void Intake::write() {
  DatagramBatch batch;
  while (queue_.take(batch)) {
    std::size_t begin = 0;
    while (begin < batch.size()) {
      std::size_t end = begin;
      std::size_t bytes = 0;
      while (end < batch.size() && end - begin < kBatchDocuments && bytes < kBatchBytes) {
        bytes += batch.at(end++).size();
      }
      if (out_of_time()) {
        const std::lock_guard lock(status_mutex_);
        count_of(status_.rejected, Reject::stopped) += batch.size() - begin;
        status_.queued -= batch.size() - begin;
        break;
      }
      write_some(batch, begin, end);
      begin = end;
    }
  }
}

void Intake::write_some(const DatagramBatch& batch, std::size_t begin, std::size_t end) {
  RejectCounts rejected{};
  documents_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    const auto body = split_datagram(batch.at(i));
    if (const auto* reason = std::get_if<Reject>(&body)) {
      ++count_of(rejected, *reason);
      continue;
    }
    auto parsed = parser_.parse(std::get<std::string_view>(body));
    if (const auto* reason = std::get_if<Reject>(&parsed)) {
      ++count_of(rejected, *reason);
    } else {
      documents_.push_back(std::get<Document>(std::move(parsed)));
    }
  }
  store(documents_, rejected);
}

// Writes, counts what became of the documents and of those that were refused before, and tells.
std::vector<Refusal> Intake::store(const std::vector<Document>& documents, RejectCounts rejected) {
  const std::lock_guard in_order(store_mutex_);
  WriteOutcome outcome;
  if (!documents.empty()) outcome = store_.write(documents);
  for (const Refusal& refusal : outcome.refused) ++count_of(rejected, refusal.reason);
  {
    const std::lock_guard lock(status_mutex_);
    status_.documents += outcome.stored;
    status_.duplicates += outcome.duplicates;
    status_.queued -= outcome.stored + outcome.duplicates;
    for (std::size_t i = 0; i < kRejects; ++i) {
      status_.rejected[i] += rejected[i];
      status_.queued -= rejected[i];
    }
  }
  map_.apply(outcome.records);
  if (!outcome.changes.empty()) on_changes_(std::move(outcome.changes));
  return std::move(outcome.refused);
}

Result<void> Intake::clear() {
  const std::lock_guard in_order(store_mutex_);
  auto done = store_.clear();
  if (done) map_.clear();
  return done;
}

std::vector<Refusal> Intake::put(std::span<const std::string> documents) {
  {
    const std::lock_guard lock(status_mutex_);
    status_.api_documents += documents.size();
    status_.queued += documents.size();
  }
  DocumentParser parser;
  RejectCounts rejected{};
  std::vector<Refusal> refused;
  std::vector<Document> accepted;
  std::vector<std::size_t> indices;  // of the accepted ones
  for (std::size_t i = 0; i < documents.size(); ++i) {
    auto parsed = parser.parse(documents[i]);
    if (const auto* reason = std::get_if<Reject>(&parsed)) {
      ++count_of(rejected, *reason);
      refused.push_back({i, *reason});
    } else {
      accepted.push_back(std::get<Document>(std::move(parsed)));
      indices.push_back(i);
    }
  }
  for (const Refusal& refusal : store(accepted, rejected)) {
    refused.push_back({indices[refusal.index], refusal.reason});
  }
  return refused;
}

IntakeStatus Intake::status() const {
  IntakeStatus status;
  {
    const std::lock_guard lock(status_mutex_);
    status = status_;
  }
  status.kernel_dropped = socket_.kernel_dropped();
  return status;
}

}  // namespace aloft::console
