// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_answer.hpp"
#include "aws/files.hpp"
#include "aws/sources.hpp"
#include "aws/url.hpp"

#include <aloft/core/text.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// Ours: Kubernetes' tokens have one or two KiB, and a field takes eight.
constexpr std::size_t kMaxTokenBytes = 8 * 1024;

/// Hosts that may be asked in the clear: they are in this machine. Source: SDKs and tools reference
/// guide, "Container credential provider", and the Rust SDK's aws_config::ecs, read 2026-11.
bool is_allowed_in_the_clear(std::string_view host) {
  constexpr std::array<std::string_view, 4> kHosts = {"localhost", "169.254.170.2",
                                                      "169.254.170.23", "[fd00:ec2::23]"};
  if (std::find(kHosts.begin(), kHosts.end(), host) != kHosts.end() || host == "[::1]") return true;
  in_addr address{};
  const std::string text(host);
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24u) == 127;
}

class ContainerSource final : public CredentialsProvider {
 public:
  explicit ContainerSource(SharedContext context) : context_(std::move(context)) {}

  Result<Credentials> fetch(Deadline deadline) override {
    const Environment& environment = context_->settings.environment();
    const auto relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const auto full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full) return not_set_up();
    Result<Credentials> got =
        relative ? ask(context_->options.container_host + std::string(*relative), deadline)
                 : ask_full(std::string(*full), deadline);
    if (!got) return in_source("container", got.error());
    got->source = "container";
    return got;
  }

 private:
  Result<Credentials> ask_full(const std::string& url, Deadline deadline) {
    const auto parts = split_url(url);
    if (!parts || (!parts->is_https() && !is_allowed_in_the_clear(parts->host))) {
      return fail(ErrorCode::permission_denied,
                  "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that must not be asked",
                  "use https, the loopback, 169.254.170.2 or 169.254.170.23");
    }
    return ask(url, deadline);
  }
  Result<Credentials> ask(const std::string& url, Deadline deadline) {
    http_client::ClientRequest request{.url = url};
    request.headers.try_set("accept", "application/json");
    if (Result<void> ok = add_token(request.headers); !ok) return unexpected(ok.error());
    Result<http_client::ClientResponse> answer = context_->local.send(
        request, context_->within(deadline, context_->options.container_timeout));
    if (!answer) return unexpected(answer.error());
    if (answer->status != 200) {
      return fail(ErrorCode::unavailable,
                  "the endpoint answered with status " + std::to_string(answer->status),
                  "check the role of the task or pod");
    }
    Result<Credentials> read = read_endpoint_answer(answer->body);
    wipe(answer->body.data(), answer->body.size());
    return read;
  }
  /// The file wins, and is read anew: Kubernetes replaces it.
  Result<void> add_token(http::Headers& headers) const {
    const Environment& environment = context_->settings.environment();
    Secret token;
    if (const auto path = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
      Result<Secret> read = read_file(std::string(*path), kMaxTokenBytes);
      if (!read) return unexpected(read.error());
      token = Secret(trimmed(read->reveal()));
    } else if (const auto plain = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
      token = Secret(*plain);
    }
    if (token.empty() || headers.try_set("authorization", token.reveal())) return {};
    return fail(ErrorCode::invalid_argument,
                "the authorization token has characters that no field can hold",
                "check AWS_CONTAINER_AUTHORIZATION_TOKEN or its file for line breaks");
  }

  const SharedContext context_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> container_source(SharedContext context) {
  return std::make_unique<ContainerSource>(std::move(context));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
