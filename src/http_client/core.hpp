// SPDX-License-Identifier: Apache-2.0
// The thread of a client, its queue and its connections. Private to the room.
//
// A sender prepares the transfer, puts it into the queue and wakes the thread. The thread alone
// touches the multi handle, but for `curl_multi_wakeup`, which is made for that.
//
// Thread-safety: `send`, `wait_for_answer` and the queries from any thread; `stop` once.
#pragma once

#include <aloft/http_client/client.hpp>

#include "http_client/counters.hpp"
#include "http_client/transfer.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {

class Client::Core {
 public:
  Core(ClientOptions options, Platform platform);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  /// `self` keeps the core until its thread has ended.
  static void send(const std::shared_ptr<Core>& self, ClientRequest request, Deadline deadline,
                   Completion completion);
  static Result<ClientResponse> send_and_wait(const std::shared_ptr<Core>& self,
                                              const ClientRequest& request, Deadline deadline);
  /// Cancels what is in flight and joins the thread; does nothing in the child of a fork.
  /// @return false when the memory must stay as it is: the thread was lost in a fork.
  void request_stop() noexcept;
  bool stop() noexcept;

  void count(Counters::Field counter) noexcept { counters_.add(counter); }
  /// Counts and tells.
  void end(Outcome outcome, Completion completion) noexcept;
  /// What there is to say when memory, threads or descriptors have run out.
  static Outcome no_memory() noexcept;

  const ClientOptions& options() const noexcept { return options_; }
  Platform platform() const noexcept { return platform_; }
  ClientStats stats() const noexcept { return counters_.snapshot(); }

 private:
  using Held = std::unique_ptr<Transfer>;
  using End = std::optional<Outcome>;

  bool forked() const noexcept;
  bool on_own_thread() const;
  Deadline capped(Deadline deadline) const noexcept;
  /// Checks and prepares the request, and queues it with its completion; or says why not, and
  /// leaves the completion alone.
  static End accept(const std::shared_ptr<Core>& self, ClientRequest request, Deadline deadline,
                    Completion& completion);
  End check(const ClientRequest& request, Deadline deadline) const;
  static End enqueue(const std::shared_ptr<Core>& self, Held held, Completion& completion);
  static bool start_thread(const std::shared_ptr<Core>& self);
  void call(Completion completion, Result<ClientResponse> result) noexcept;

  // Below: on the client's thread only.
  void run() noexcept;
  bool take_submitted() noexcept;
  void admit(Held held) noexcept;
  void start_waiting() noexcept;
  bool may_start(const Transfer& transfer) const;
  bool start(Transfer& transfer);
  void settle_done() noexcept;
  void settle_late() noexcept;
  Held take(Transfer& transfer) noexcept;
  void settle(Held held, Outcome outcome) noexcept;
  void settle_all(Outcome (Transfer::*how)() const) noexcept;
  void wait() noexcept;
  int wait_milliseconds() const noexcept;
  void pause() noexcept;
  void close_idle_connections() noexcept;
  CURLM* new_multi() const noexcept;
  void replace_multi(CURLM* fresh) noexcept;

  const ClientOptions options_;
  const Platform platform_;
  const std::uint32_t fork_epoch_;
  Counters counters_;

  mutable std::mutex mutex_;
  std::vector<Held> submitted_;
  CURLM* multi_ = nullptr;  // changed by the thread, under the mutex
  bool stopping_ = false;
  std::condition_variable paused_;  // the thread waits for it when it cannot poll
  std::thread thread_;
  std::thread::id thread_id_;

  std::vector<Held> active_;
  std::deque<Transfer*> waiting_;  // those among them that libcurl does not have yet
  bool may_start_more_ = false;    // one has come or a place is free since they were looked at
  std::unordered_map<std::string, std::size_t> running_by_host_;
  SteadyTime idle_since_{};
  SteadyTime earliest_deadline_ = SteadyTime::max();  // not later than any of the active ones
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
