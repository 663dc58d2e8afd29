// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/cached_credentials.hpp>

#include "aws/cached_credentials_core.hpp"

#include <atomic>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

Result<void> check(const CachedCredentialsOptions& options) {
  constexpr Nanoseconds kDay = std::chrono::hours(24);
  for (const Nanoseconds duration :
       {options.fetch_timeout, options.first_backoff, options.longest_backoff}) {
    if (duration <= Nanoseconds::zero() || duration > kDay) {
      return fail(ErrorCode::invalid_argument,
                  "a duration of CachedCredentialsOptions is out of range",
                  "use more than 0 and at most 24 hours");
    }
  }
  for (const Nanoseconds duration : {options.refresh_ahead, options.refusal_interval}) {
    if (duration < Nanoseconds::zero() || duration > kDay) {
      return fail(ErrorCode::invalid_argument,
                  "a duration of CachedCredentialsOptions is out of range", "use 0 to 24 hours");
    }
  }
  if (options.waiters_limit == 0 || options.waiters_limit > 1'000'000) {
    return fail(ErrorCode::invalid_argument,
                "CachedCredentialsOptions::waiters_limit is out of range", "use 1 to 1000000");
  }
  return {};
}

/// What a waiting `get` shares with its `Done`, which may come after it has gone.
struct Letterbox {
  std::mutex mutex;
  std::condition_variable filled;
  std::optional<Result<SharedCredentials>> letter;
};

}  // namespace

CachedCredentials::CachedCredentials(std::shared_ptr<Core> core) noexcept
    : core_(std::move(core)) {}
CachedCredentials::CachedCredentials(CachedCredentials&&) noexcept = default;
CachedCredentials& CachedCredentials::operator=(CachedCredentials&& other) noexcept {
  if (this != &other) {
    const CachedCredentials old(std::exchange(core_, std::move(other.core_)));
  }
  return *this;
}
CachedCredentials::~CachedCredentials() {
  if (core_) core_->stop();
}

Result<CachedCredentials> CachedCredentials::create(std::unique_ptr<CredentialsProvider> provider,
                                                    CachedCredentialsOptions options,
                                                    Platform platform) {
  if (provider == nullptr) {
    return fail(ErrorCode::invalid_argument, "there is no provider of credentials",
                "pass the one that credentials_chain makes");
  }
  if (Result<void> ok = check(options); !ok) return unexpected(ok.error());
  return CachedCredentials(std::make_shared<Core>(std::move(provider), options, platform));
}

void CachedCredentials::get(Deadline deadline, Done done) {
  const std::shared_ptr<Core> core = core_;  // the Done may destroy this
  core->get(deadline, std::move(done));
}

Result<SharedCredentials> CachedCredentials::get(Deadline deadline) {
  const auto box = std::make_shared<Letterbox>();
  get(deadline, [box](Result<SharedCredentials> who) {
    const std::lock_guard lock(box->mutex);
    box->letter = std::move(who);
    box->filled.notify_all();
  });
  std::unique_lock lock(box->mutex);
  // The cache answers by the deadline.
  box->filled.wait(lock, [&] { return box->letter.has_value(); });
  return std::move(*box->letter);
}

void CachedCredentials::refuse(const SharedCredentials& used) { core_->refuse(used); }

CachedCredentialsStats CachedCredentials::stats() const noexcept { return core_->stats(); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
