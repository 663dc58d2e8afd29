// SPDX-License-Identifier: Apache-2.0
#include "aws/sts.hpp"

#include "aws/credential_answer.hpp"
#include "aws/error_codes.hpp"
#include "aws/files.hpp"
#include "aws/url.hpp"

#include <aloft/aws/endpoints.hpp>
#include <aloft/aws/signing.hpp>
#include <aloft/core/text.hpp>

#include <array>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// Source: STS API reference, AssumeRoleWithWebIdentity: at most 20,000 characters, read 2026-11.
constexpr std::size_t kMaxTokenBytes = 20'000;

void append_parameter(std::string& form, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  form.append("&").append(name).append("=").append(percent_encode(value));
}

std::string form_of(std::string_view action, const Role& role, Platform platform) {
  std::string form = "Action=" + std::string(action) + "&Version=2011-06-15";
  append_parameter(form, "RoleArn", role.arn);
  std::string name = role.session_name;
  if (name.empty()) {
    std::array<char, 16> digits{};
    text::write_hex(platform.random.next(), digits.data());
    name = "aloft-" + std::string(digits.data(), digits.size());
  }
  append_parameter(form, "RoleSessionName", name);
  append_parameter(form, "ExternalId", role.external_id);
  append_parameter(form, "DurationSeconds", role.duration_seconds);
  return form;
}

Result<Credentials> call(SourceContext& context, std::string form, const Credentials* signer,
                         Deadline deadline) {
  const Result<Endpoint> endpoint = resolve_endpoint(Service::sts, context.settings);
  if (!endpoint) return unexpected(endpoint.error());
  http_client::ClientRequest request{
      .method = http::Method::post, .url = endpoint->url + "/", .body = std::move(form)};
  request.headers.try_set("content-type", "application/x-www-form-urlencoded; charset=utf-8");
  if (signer != nullptr) {
    const Result<Signer> made = Signer::create({.region = endpoint->region, .service = "sts"});
    if (!made) return unexpected(made.error());
    if (Result<void> ok = made->sign(request, *signer, context.platform.clock.now().wall); !ok) {
      return unexpected(ok.error());
    }
  }
  Result<http_client::ClientResponse> answer =
      context.services.send(request, context.within(deadline, context.options.service_timeout));
  wipe(request.body.data(), request.body.size());
  if (!answer) return unexpected(answer.error());
  if (!answer->ok()) {
    return fail(
        ErrorCode::permission_denied,
        "STS refused the role with " + named_code(xml_text(answer->body, "Code"), answer->status),
        "check the role's name and its trust policy");
  }
  Result<Credentials> read = read_sts_answer(answer->body);
  wipe(answer->body.data(), answer->body.size());
  return read;
}

}  // namespace

Result<Credentials> assume_role_with_token(SourceContext& context, const Role& role,
                                           const std::string& token_path, Deadline deadline) {
  const Result<Secret> token = read_file(token_path, kMaxTokenBytes);
  if (!token) return unexpected(token.error());
  std::string form = form_of("AssumeRoleWithWebIdentity", role, context.platform);
  append_parameter(form, "WebIdentityToken", trimmed(token->reveal()));
  return call(context, std::move(form), nullptr, deadline);
}

Result<Credentials> assume_role(SourceContext& context, const Role& role, const Credentials& source,
                                Deadline deadline) {
  return call(context, form_of("AssumeRole", role, context.platform), &source, deadline);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
