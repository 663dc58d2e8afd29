// SPDX-License-Identifier: Apache-2.0
// The sources of credentials, each a provider of its own, and what they share.
#pragma once

#include <aloft/aws/credentials.hpp>
#include <aloft/aws/credentials_chain.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/http_client/client.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

/// What each source is made with; shared by those of one chain.
struct SourceContext {
  Settings settings;
  CredentialsChainOptions options;
  Platform platform;
  /// To addresses of this machine: no proxy, small answers.
  http_client::Client local;
  /// To services of AWS: proxy and authorities as the settings say.
  http_client::Client services;

  /// Looked at while a program runs.
  std::atomic<bool> cancelled{false};

  /// Whatever waits for an answer or a program does so no longer; from any thread.
  void cancel() noexcept {
    cancelled = true;
    local.cancel();
    services.cancel();
  }
  /// The sooner of `deadline` and `timeout` from now.
  Deadline within(Deadline deadline, Nanoseconds timeout) const noexcept;
};
using SharedContext = std::shared_ptr<SourceContext>;

/// @error resource_exhausted  the HTTP client could not be made.
Result<SharedContext> make_context(const Settings& settings, CredentialsChainOptions options,
                                   Platform platform);

std::unique_ptr<CredentialsProvider> environment_source(SharedContext context);
std::unique_ptr<CredentialsProvider> web_identity_source(SharedContext context);
std::unique_ptr<CredentialsProvider> profile_source(SharedContext context);
std::unique_ptr<CredentialsProvider> container_source(SharedContext context);
std::unique_ptr<CredentialsProvider> metadata_source(SharedContext context);

/// Nothing here is set up.
Unexpected not_set_up();
/// `error` with "SOURCE: " before its message.
Unexpected in_source(std::string_view source, Error error);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
