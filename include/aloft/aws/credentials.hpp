// SPDX-License-Identifier: Apache-2.0
// Who we are to AWS, and the seam for whatever knows it.
//
//   Result<std::unique_ptr<CredentialsProvider>> chain = credentials_chain(settings, platform);
//   Result<Credentials> who = (*chain)->fetch(Deadline::after(clock, 5s));
//   log(describe(*who));   // "key ...MPLE of environment"
//
// A provider asks its source anew at each `fetch` and may block until the deadline. What keeps an
// answer, renews it before it expires and never blocks is `CachedCredentials`.
//
// Thread-safety: plain values; a provider is asked from one thread at a time, and cancelled from
// any.
#pragma once

#include <aloft/aws/secret.hpp>
#include <aloft/core/clock.hpp>
#include <aloft/core/result.hpp>

#include <optional>
#include <string>

namespace aloft {
inline namespace v0 {
namespace aws {

struct Credentials {
  std::string access_key_id{};
  Secret secret_access_key{};
  Secret session_token{};                ///< empty for those of a user, which do not expire
  std::optional<WallTime> expiration{};  ///< empty: never
  std::string source{};                  ///< e.g. "environment", "profile", "ec2_metadata"
};

/// Where they are from and the last four characters of the key's id, and nothing else of them.
std::string describe(const Credentials& credentials);

class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  /// Asks the source. Blocks at most until `deadline`, or the source's own time limit.
  /// @error not_found          nothing here is set up: the next source may be asked.
  /// @error anything else      it is set up and does not work. A chain stops there: with the
  ///                           credentials of another source we would be somebody else.
  virtual Result<Credentials> fetch(Deadline deadline) = 0;
  /// Makes a `fetch` that runs return soon, with an error if it has nothing; from another thread.
  /// Afterwards no more is fetched. One that cannot is left behind by who stops.
  virtual void cancel() noexcept {}
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
