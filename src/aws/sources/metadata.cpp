// SPDX-License-Identifier: Apache-2.0
#include "aws/metadata.hpp"

#include "aws/credential_answer.hpp"
#include "aws/sources.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";

/// Source: IAM user guide, "IAM quotas": 64 of letters, digits and _ + = , . @ -, read 2026-11.
bool is_role(std::string_view name) noexcept {
  constexpr std::string_view kMore = "_+=,.@-";
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [&](char c) {
    return text::is_alnum(c) || kMore.find(c) != std::string_view::npos;
  });
}

class MetadataSource final : public CredentialsProvider {
 public:
  explicit MetadataSource(SharedContext context)
      : context_(std::move(context)),
        service_(context_->settings, context_->local, context_->platform,
                 context_->options.metadata_timeout) {}

  Result<Credentials> fetch(Deadline deadline) override {
    if (!service_.enabled()) return not_set_up();
    Result<Credentials> got = ask(deadline);
    if (!got) {
      // Whether this is an instance at all is not known before it answers: the last of the chain
      // says what was tried. Where nobody is, and nothing says that somebody should be, nothing is
      // set up.
      Error error = got.error();
      const CredentialsChainOptions& options = context_->options;
      if (!service_.answered() && !context_->cancelled &&
          !may_be_instance(context_->settings, options.vendor_file, options.hypervisor_file)) {
        error.code = ErrorCode::not_found;
        error.remedy = not_set_up().error().remedy;
      }
      error.message = "no source of AWS credentials is set up, and " + error.message;
      return unexpected(std::move(error));
    }
    got->source = "ec2_metadata";
    return got;
  }

 private:
  Result<Credentials> ask(Deadline deadline) {
    const Result<std::string> roles = service_.get(kRoles, deadline);
    if (!roles) return unexpected(roles.error());
    const std::string_view role = text::trim(std::string_view(*roles).substr(0, roles->find('\n')));
    if (!is_role(role)) {
      return fail(ErrorCode::unavailable, "the metadata service named no role",
                  "give the instance a role");
    }
    Result<std::string> answer = service_.get(std::string(kRoles) + std::string(role), deadline);
    if (!answer) return unexpected(answer.error());
    Result<Credentials> read = read_endpoint_answer(*answer);
    wipe(answer->data(), answer->size());
    return read;
  }

  const SharedContext context_;
  MetadataService service_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> metadata_source(SharedContext context) {
  return std::make_unique<MetadataSource>(std::move(context));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
