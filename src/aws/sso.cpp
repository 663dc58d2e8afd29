// SPDX-License-Identifier: Apache-2.0
#include "aws/sso.hpp"

#include "aws/credential_answer.hpp"
#include "aws/files.hpp"
#include "aws/sha1.hpp"
#include "aws/url.hpp"

#include <aloft/aws/clock_skew.hpp>
#include <aloft/aws/endpoints.hpp>
#include <aloft/http/json_reader.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

constexpr std::size_t kMaxLoginBytes = 64 * 1024;

Unexpected log_in(std::string_view why) {
  return fail(ErrorCode::permission_denied, "the SSO login " + std::string(why),
              "run aws sso login for the profile");
}

/// The bearer token of the cached login. Source: SDKs and tools reference guide, "IAM Identity
/// Center credential provider", and botocore utils.py SSOTokenLoader, read 2026-11.
Result<Secret> cached_token(const SourceContext& context, const SsoLogin& login) {
  const std::string name = sha1_hex(login.cache_key);
  const std::string path = context.settings.expand_home("~/.aws/sso/cache/" + name + ".json");
  const Result<Secret> file = read_file(path, kMaxLoginBytes);
  if (!file) return log_in("is not there");
  const Result<http::JsonDocument> json =
      http::JsonDocument::parse(file->reveal(), {.bytes = kMaxLoginBytes, .depth = 8});
  if (!json) return log_in("cannot be read");
  const Result<std::string_view> token = json->text("/accessToken");
  const Result<std::string_view> expires = json->text("/expiresAt");
  if (!token || !expires) return log_in("has no token");
  // Logins of before 2023 end in "UTC" instead of "Z".
  std::string end(*expires);
  if (end.size() > 3 && end.compare(end.size() - 3, 3, "UTC") == 0)
    end.replace(end.size() - 3, 3, "Z");
  const std::optional<WallTime> until = parse_iso_time(end);
  if (!until || *until <= context.platform.clock.now().wall) return log_in("has expired");
  return Secret(*token);
}

}  // namespace

Result<Credentials> sso_credentials(SourceContext& context, const SsoLogin& login,
                                    Deadline deadline) {
  const Result<Secret> token = cached_token(context, login);
  if (!token) return unexpected(token.error());
  const Result<Settings> there =
      Settings::load(context.settings.environment(),
                     {.profile = context.settings.profile(), .region = login.region});
  if (!there) return unexpected(there.error());
  const Result<Endpoint> endpoint = resolve_endpoint(Service::sso, *there);
  if (!endpoint) return unexpected(endpoint.error());
  http_client::ClientRequest request{.url = endpoint->url + "/federation/credentials?role_name=" +
                                            percent_encode(login.role_name) +
                                            "&account_id=" + percent_encode(login.account_id)};
  if (!request.headers.try_set("x-amz-sso_bearer_token", token->reveal())) {
    return log_in("has a token that no field can hold");
  }
  Result<http_client::ClientResponse> answer =
      context.services.send(request, context.within(deadline, context.options.service_timeout));
  if (!answer) return unexpected(answer.error());
  if (answer->status == 401) return log_in("is not taken any more");
  if (!answer->ok()) {
    return fail(ErrorCode::permission_denied,
                "SSO refused the role with status " + std::to_string(answer->status),
                "check sso_account_id and sso_role_name of the profile");
  }
  Result<Credentials> read = read_sso_answer(answer->body);
  wipe(answer->body.data(), answer->body.size());
  return read;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
