// SPDX-License-Identifier: Apache-2.0
#include "aws/sources.hpp"
#include "aws/sts.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// What EKS puts into a pod whose service account has a role.
class WebIdentitySource final : public CredentialsProvider {
 public:
  explicit WebIdentitySource(SharedContext context) : context_(std::move(context)) {}

  Result<Credentials> fetch(Deadline deadline) override {
    const Environment& environment = context_->settings.environment();
    const auto path = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto arn = environment.get("AWS_ROLE_ARN");
    if (!path) return not_set_up();
    if (!arn) {
      return fail(ErrorCode::invalid_argument,
                  "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not",
                  "set both, or neither");
    }
    const Role role{
        .arn = std::string(*arn),
        .session_name = std::string(environment.get("AWS_ROLE_SESSION_NAME").value_or(""))};
    Result<Credentials> got =
        assume_role_with_token(*context_, role, context_->settings.expand_home(*path), deadline);
    if (!got) return in_source("web identity", got.error());
    got->source = "web_identity";
    return got;
  }

 private:
  const SharedContext context_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> web_identity_source(SharedContext context) {
  return std::make_unique<WebIdentitySource>(std::move(context));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
