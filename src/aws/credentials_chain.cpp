// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/credentials_chain.hpp>

#include "aws/sources.hpp"

#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

class Chain final : public CredentialsProvider {
 public:
  explicit Chain(const SharedContext& context) : context_(context) {
    sources_.push_back(environment_source(context));
    sources_.push_back(web_identity_source(context));
    sources_.push_back(profile_source(context));
    sources_.push_back(container_source(context));
    sources_.push_back(metadata_source(context));
  }

  Result<Credentials> fetch(Deadline deadline) override {
    Result<Credentials> got = not_set_up();
    for (const auto& source : sources_) {
      got = source->fetch(deadline);
      if (got || got.error().code != ErrorCode::not_found) break;
    }
    return got;
  }

  void cancel() noexcept override { context_->cancel(); }

 private:
  const SharedContext context_;
  std::vector<std::unique_ptr<CredentialsProvider>> sources_;
};

class Fixed final : public CredentialsProvider {
 public:
  explicit Fixed(Credentials credentials) : credentials_(std::move(credentials)) {}
  Result<Credentials> fetch(Deadline) override { return credentials_; }

 private:
  const Credentials credentials_;
};

}  // namespace

Result<std::unique_ptr<CredentialsProvider>> credentials_chain(const Settings& settings,
                                                               CredentialsChainOptions options,
                                                               Platform platform) {
  const Result<SharedContext> context = make_context(settings, std::move(options), platform);
  if (!context) return unexpected(context.error());
  return std::unique_ptr<CredentialsProvider>(std::make_unique<Chain>(*context));
}

std::unique_ptr<CredentialsProvider> fixed_credentials(Credentials credentials) {
  return std::make_unique<Fixed>(std::move(credentials));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
