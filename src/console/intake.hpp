// SPDX-License-Identifier: Apache-2.0
// The ways into the store. Datagrams take two threads: one that only receives, one that parses and
// writes; PutTraceSegments hands its documents over on its own thread and waits until they are
// stored. Everything is accounted for, at any instant:
//
//   datagrams + api_documents = documents (stored) + duplicates + sum of rejected + queued
//
// `queued` is a counter of its own: what was received or handed over and is nothing else yet.
//
// Thread-safety: `status` and `put` from any thread; the rest from the owner's.
#pragma once

#include "console/datagram.hpp"
#include "console/document.hpp"
#include "console/intake_queue.hpp"
#include "console/map/service_map.hpp"
#include "console/options.hpp"
#include "console/reject.hpp"
#include "console/store.hpp"
#include "console/udp_socket.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace aloft::console {

struct IntakeStatus {
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;          ///< of the datagrams
  std::uint64_t api_documents = 0;  ///< of PutTraceSegments
  std::uint64_t queued = 0;
  std::uint64_t documents = 0;   ///< stored
  std::uint64_t duplicates = 0;  ///< stored already, or ended already
  RejectCounts rejected{};
  std::uint64_t kernel_dropped = 0;
};

/// Where what comes in goes; all of it outlives the intake.
struct IntakeParts {
  Store& store;
  ServiceMap& map;
  Clock& clock;
};

class Intake {
 public:
  using OnChanges = std::function<void(std::vector<TraceChange>)>;

  /// @param on_changes  called after each batch that changed traces, by one thread at a time.
  Intake(UdpSocket socket, IntakeParts parts, OnChanges on_changes);
  /// As `stop`, at once.
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  void start();
  /// Receives no more, stores what is in the queue until the deadline, counts what is left as
  /// rejected (`stopped`), joins both threads. Idempotent.
  void stop(Deadline deadline);

  /// Stores documents that came over the API; returns those that were not taken, by index. Blocks
  /// for a transaction.
  std::vector<Refusal> put(std::span<const std::string> documents);

  /// Forgets all traces, in the store and on the map.
  Result<void> clear();

  std::uint16_t port() const noexcept { return socket_.port(); }
  IntakeStatus status() const;

 private:
  void receive();
  void write();
  void write_some(const DatagramBatch& batch, std::size_t begin, std::size_t end);
  std::vector<Refusal> store(const std::vector<Document>& documents, RejectCounts rejected);
  bool out_of_time() const noexcept;

  UdpSocket socket_;
  Store& store_;
  ServiceMap& map_;
  Clock& clock_;
  std::atomic<std::int64_t> give_up_at_{std::numeric_limits<std::int64_t>::max()};
  OnChanges on_changes_;
  IntakeQueue queue_;
  DocumentParser parser_;
  std::vector<Document> documents_;
  std::mutex store_mutex_;  // changes are told in the order in which they were stored
  mutable std::mutex status_mutex_;
  IntakeStatus status_;
  std::thread receiver_;
  std::thread writer_;
};

}  // namespace aloft::console
