// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_answer.hpp"
#include "aws/files.hpp"
#include "aws/ini.hpp"
#include "aws/process.hpp"
#include "aws/sources.hpp"
#include "aws/sso.hpp"
#include "aws/sts.hpp"

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// Ours: roles that lead to roles; a longer way is a circle.
constexpr std::size_t kMaxHops = 5;

Unexpected misconfigured(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message), "correct the profile");
}

/// Both files as they are now; a setting of the credentials file wins.
struct Files {
  Settings config;
  IniFile credentials;

  std::string in_credentials(std::string_view profile, std::string_view key) const {
    const IniSection* const section = credentials.find(profile);
    return section != nullptr ? std::string(section->get(key).value_or("")) : std::string();
  }
  std::string get(std::string_view profile, std::string_view key) const {
    std::string value = in_credentials(profile, key);
    return !value.empty() ? value : config.profile_setting(profile, key).value_or("");
  }
};

Result<Files> load(const Settings& settings) {
  Result<Settings> config = Settings::load(
      settings.environment(),
      {.profile = settings.has_profile(settings.profile()) ? settings.profile() : std::string(),
       .region = settings.region()});
  if (!config) return unexpected(config.error());
  const Result<Secret> text = read_file(config->credentials_path(), kMaxIniBytes);
  Result<IniFile> credentials = parse_ini(text ? text->reveal() : std::string_view());
  if (!credentials) return unexpected(credentials.error());
  return Files{std::move(*config), std::move(*credentials)};
}

class ProfileSource final : public CredentialsProvider {
 public:
  explicit ProfileSource(SharedContext context) : context_(std::move(context)) {}

  Result<Credentials> fetch(Deadline deadline) override {
    const Result<Files> files = load(context_->settings);
    if (!files) return in_source("profile", files.error());
    Result<Credentials> got = resolve(*files, context_->settings.profile(), deadline, 0);
    if (!got && !(got.error().code == ErrorCode::not_found)) {
      return in_source("profile", got.error());
    }
    return got;
  }

 private:
  /// In botocore's order: a role, a login, keys of the credentials file, a process, other keys.
  Result<Credentials> resolve(const Files& files, const std::string& profile, Deadline deadline,
                              std::size_t hops) {
    if (hops > kMaxHops) return misconfigured("source_profile leads in a circle");
    const auto get = [&](std::string_view key) { return files.get(profile, key); };
    if (!get("role_arn").empty()) return resolve_role(files, profile, deadline, hops);
    if (!get("sso_account_id").empty() || !get("sso_role_name").empty()) {
      return labelled("sso", log_in(files, profile, deadline));
    }
    const std::string process = get("credential_process");
    if (files.in_credentials(profile, "aws_access_key_id").empty() && !process.empty()) {
      return labelled("process", run(process, deadline));
    }
    return labelled("profile", keys(files, profile));
  }

  static Result<Credentials> labelled(std::string_view source, Result<Credentials> got) {
    if (got) got->source = source;
    // The program of a process that is not there, say, must not let the chain go on.
    if (!got && source != "profile") return in_source(source, got.error());
    return got;
  }

  static Result<Credentials> keys(const Files& files, const std::string& profile) {
    std::string id = files.get(profile, "aws_access_key_id");
    std::string secret = files.get(profile, "aws_secret_access_key");
    std::string token = files.get(profile, "aws_session_token");
    if (id.empty() && secret.empty()) return not_set_up();
    if (id.empty() || secret.empty()) {
      return misconfigured("of aws_access_key_id and aws_secret_access_key one is missing");
    }
    return checked({.access_key_id = std::move(id),
                    .secret_access_key = Secret::taken_from(secret),
                    .session_token = Secret::taken_from(token)});
  }

  Result<Credentials> run(const std::string& command, Deadline deadline) {
    const Result<std::vector<std::string>> words = split_command(command);
    if (!words) return unexpected(words.error());
    const Clock& clock = context_->platform.clock;
    const Result<Secret> output = run_process(
        *words, kMaxAnswerBytes, context_->within(deadline, context_->options.process_timeout),
        clock, context_->cancelled);
    if (!output) return unexpected(output.error());
    return read_process_answer(output->reveal());
  }

  Result<Credentials> log_in(const Files& files, const std::string& profile, Deadline deadline) {
    const auto get = [&](std::string_view key) { return files.get(profile, key); };
    SsoLogin login{.account_id = get("sso_account_id"),
                   .role_name = get("sso_role_name"),
                   .region = get("sso_region"),
                   .cache_key = get("sso_start_url")};
    if (const std::string session = get("sso_session"); !session.empty()) {
      login.cache_key = session;
      login.region = files.config.sso_setting(session, "sso_region").value_or("");
    }
    if (login.account_id.empty() || login.role_name.empty() || login.region.empty() ||
        login.cache_key.empty()) {
      return misconfigured("account, role, region or start url of the SSO login is missing");
    }
    return sso_credentials(*context_, login, deadline);
  }

  Result<Credentials> resolve_role(const Files& files, const std::string& profile,
                                   Deadline deadline, std::size_t hops) {
    const auto get = [&](std::string_view key) { return files.get(profile, key); };
    const Role role{.arn = get("role_arn"),
                    .session_name = get("role_session_name"),
                    .external_id = get("external_id"),
                    .duration_seconds = get("duration_seconds")};
    if (!get("mfa_serial").empty()) {
      return misconfigured("the role asks for an MFA code, and nobody is here to type one");
    }
    if (const std::string token = get("web_identity_token_file"); !token.empty()) {
      return labelled(
          "profile_web_identity",
          assume_role_with_token(*context_, role, context_->settings.expand_home(token), deadline));
    }
    const Result<Credentials> source = role_source(files, profile, deadline, hops);
    if (!source) return in_source("the source of the role", source.error());
    return labelled("profile_role", assume_role(*context_, role, *source, deadline));
  }

  Result<Credentials> role_source(const Files& files, const std::string& profile, Deadline deadline,
                                  std::size_t hops) {
    const std::string other = files.get(profile, "source_profile");
    const std::string source = files.get(profile, "credential_source");
    if (!other.empty() && !source.empty()) {
      return misconfigured("the role has a source_profile and a credential_source");
    }
    // A role may name its own profile, whose keys are then meant.
    if (other == profile && !other.empty()) return keys(files, profile);
    if (!other.empty()) return resolve(files, other, deadline, hops + 1);
    if (source == "Environment") return environment_source(context_)->fetch(deadline);
    if (source == "EcsContainer") return container_source(context_)->fetch(deadline);
    if (source == "Ec2InstanceMetadata") return metadata_source(context_)->fetch(deadline);
    return misconfigured("the role has neither source_profile nor a known credential_source");
  }

  const SharedContext context_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> profile_source(SharedContext context) {
  return std::make_unique<ProfileSource>(std::move(context));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
