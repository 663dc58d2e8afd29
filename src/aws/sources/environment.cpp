// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_answer.hpp"
#include "aws/sources.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

class EnvironmentSource final : public CredentialsProvider {
 public:
  explicit EnvironmentSource(SharedContext context) : context_(std::move(context)) {}

  Result<Credentials> fetch(Deadline) override {
    const Environment& environment = context_->settings.environment();
    const auto id = environment.get("AWS_ACCESS_KEY_ID");
    const auto secret = environment.get("AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) return not_set_up();
    if (!id || !secret) {
      return fail(ErrorCode::invalid_argument,
                  "environment: of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is missing",
                  "set both, or neither");
    }
    Result<Credentials> read =
        checked({.access_key_id = std::string(*id),
                 .secret_access_key = Secret(*secret),
                 .session_token = Secret(environment.get("AWS_SESSION_TOKEN").value_or("")),
                 .source = "environment"});
    if (!read) return in_source("environment", read.error());
    return read;
  }

 private:
  const SharedContext context_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> environment_source(SharedContext context) {
  return std::make_unique<EnvironmentSource>(std::move(context));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
