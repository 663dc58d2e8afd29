// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_answer.hpp"
#include "aws/metadata.hpp"
#include "aws/sources.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {

Deadline SourceContext::within(Deadline deadline, Nanoseconds timeout) const noexcept {
  return sooner(deadline, Deadline::after(platform.clock, timeout));
}

Result<SharedContext> make_context(const Settings& settings, CredentialsChainOptions options,
                                   Platform platform) {
  http_client::ClientOptions limits{.response_body_limit_bytes = kMaxAnswerBytes};
  Result<http_client::Client> local = http_client::Client::create(limits, platform);
  if (!local) return unexpected(local.error());
  limits.ca_file = settings.expand_home(settings.find("AWS_CA_BUNDLE", "ca_bundle").value_or(""));
  limits.proxy_from_environment = true;
  Result<http_client::Client> services = http_client::Client::create(limits, platform);
  if (!services) return unexpected(services.error());
  // Not make_shared, which moves an aggregate into place; an atomic cannot be moved.
  return SharedContext(new SourceContext{settings, std::move(options), platform, std::move(*local),
                                         std::move(*services)});
}

Unexpected not_set_up() {
  return fail(ErrorCode::not_found, "no source of AWS credentials is set up",
              "docs/configuration.md lists the sources");
}

Unexpected in_source(std::string_view source, Error error) {
  error.message = std::string(source) + ": " + error.message;
  // A chain goes on after `not_found` only; this source is set up.
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::invalid_argument;
  return unexpected(std::move(error));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
