// SPDX-License-Identifier: Apache-2.0
// Credentials that are always at hand: fetched when first asked for, renewed well before they
// expire, by one fetch at a time however many ask, and never by who asks.
//
//   Result<CachedCredentials> cached = CachedCredentials::create(std::move(*chain), {}, platform);
//   cached->get(deadline, [](Result<SharedCredentials> who) { if (who) sign(**who); });
//
// Who asks while there are credentials gets them at once, also while new ones are being fetched;
// old ones are kept until they expire, when renewing fails. Then everybody waits, each until
// its own deadline. After a failure nobody is made to wait for the same failure again: until the
// back-off ends the answer is that error.
//
// Threads: one that sleeps while nothing is to be done, started by the first `get`, and one for the
// length of each fetch. After a fork the child must make its own; on an inherited one every call is
// an error.
//
// Thread-safety: all of it once created; moving and destroying are not.
#pragma once

#include <aloft/aws/credentials.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace aws {

struct CachedCredentialsOptions {
  /// How long before they expire new ones are fetched, less up to a fifth of it, drawn once; never
  /// more than half of their life. Source: botocore credentials.py, advisory refresh, 1.29.
  Nanoseconds refresh_ahead = std::chrono::minutes(15);
  /// One fetch, through the whole chain.
  Nanoseconds fetch_timeout = std::chrono::seconds(40);
  /// After the first failure; doubled with each, with full jitter, up to the longest.
  Nanoseconds first_backoff = std::chrono::seconds(1);
  Nanoseconds longest_backoff = std::chrono::minutes(1);
  /// Credentials younger than that are not given up when a service refuses them: a service that
  /// refuses everything would make us ask for new ones without end.
  Nanoseconds refusal_interval = std::chrono::seconds(10);
  std::size_t waiters_limit = 1'024;  ///< who waits above it is refused
};

struct CachedCredentialsStats {
  std::uint64_t fetches = 0;
  std::uint64_t failures = 0;         ///< of them
  std::uint64_t refusals = 0;         ///< given up because a service did not take them
  std::uint64_t refused_waiters = 0;  ///< above `waiters_limit`
  std::uint64_t expired_waiters = 0;  ///< whose deadline came first
  std::uint64_t arrived_expired =
      0;  ///< used all the same, for ten minutes: the clock may be wrong
};

using SharedCredentials = std::shared_ptr<const Credentials>;

class CachedCredentials {
 public:
  /// Told once; runs inside `get`, or on the cache's thread, where it must not block.
  using Done = std::function<void(Result<SharedCredentials>)>;

  /// Starts nothing.
  /// @error invalid_argument  an option is out of range, or there is no provider.
  static Result<CachedCredentials> create(std::unique_ptr<CredentialsProvider> provider,
                                          CachedCredentialsOptions options = {},
                                          Platform platform = Platform::system());

  CachedCredentials(CachedCredentials&&) noexcept;
  CachedCredentials& operator=(CachedCredentials&&) noexcept;
  /// Answers all who wait with `cancelled`, cancels a fetch that runs and waits at most 200 ms for
  /// its end. A provider that cannot be cancelled is left behind with its thread; so are both
  /// threads when this is called in a `Done`. The platform has to live on then.
  ~CachedCredentials();

  /// @error deadline_exceeded   none came in time.
  /// @error resource_exhausted  too many wait.
  /// @error cancelled           the cache is being destroyed, or this is a fork.
  /// @error anything else       what the last fetch failed with.
  void get(Deadline deadline, Done done);
  /// The same, waiting. Not to be called in a `Done`.
  Result<SharedCredentials> get(Deadline deadline);
  /// A service did not take these: the next `get` waits for new ones. Nothing when newer ones have
  /// come meanwhile.
  void refuse(const SharedCredentials& used);

  CachedCredentialsStats stats() const noexcept;

 private:
  class Core;
  explicit CachedCredentials(std::shared_ptr<Core> core) noexcept;
  std::shared_ptr<Core> core_;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
