// SPDX-License-Identifier: Apache-2.0
// The state behind CachedCredentials: who waits, what is at hand, and the thread that keeps both.
#pragma once

#include <aloft/aws/cached_credentials.hpp>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

class CachedCredentials::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(std::unique_ptr<CredentialsProvider> provider, CachedCredentialsOptions options,
       Platform platform);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void get(Deadline deadline, Done done);
  void refuse(const SharedCredentials& used);
  void stop() noexcept;
  bool forked() const noexcept;
  CachedCredentialsStats stats() const;
  const Clock& clock() const noexcept { return platform_.clock; }

 private:
  struct Waiter {
    Deadline deadline;
    Done done;
  };
  /// What is to be told to whom, once the lock is given back.
  struct Message {
    Done done;
    Result<SharedCredentials> text;
  };
  using Lock = std::unique_lock<std::mutex>;

  // All of these want the lock.
  bool usable(SteadyTime now) const noexcept;
  void want_fetch(SteadyTime now);
  void start_fetch();
  void take_result(SteadyTime now);
  void accept(Credentials fresh, SteadyTime now);
  void count_failure(Error error, SteadyTime now);
  void collect(SteadyTime now, std::vector<Message>& out);
  void answer_all(const Result<SharedCredentials>& text, std::vector<Message>& out);
  SteadyTime next_deadline() const noexcept;

  void keep();
  void fetch();
  static void tell(std::vector<Message>& messages) noexcept;

  const std::unique_ptr<CredentialsProvider> provider_;
  const CachedCredentialsOptions options_;
  const Platform platform_;
  const std::uint32_t fork_epoch_;

  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  std::vector<Waiter> waiters_;
  SharedCredentials current_;
  SteadyTime fetched_at_{};
  SteadyTime renew_at_{};
  SteadyTime usable_until_{};
  SteadyTime not_before_{};  // the end of the back-off
  Error last_error_;
  std::uint64_t failures_in_a_row_ = 0;
  bool wanted_ = false;
  bool fetching_ = false;
  bool stopping_ = false;
  std::optional<Result<Credentials>> result_;  // of the fetch that has ended
  CachedCredentialsStats stats_;
  std::thread keeper_;
  std::thread fetcher_;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
