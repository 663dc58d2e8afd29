// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/settings.hpp>

#include "aws/files.hpp"
#include "aws/ini.hpp"

#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {

struct Settings::Loaded {
  Environment environment;
  std::string profile;
  std::string region;
  std::string home;
  std::string config_path;
  std::string credentials_path;
  IniFile config;
  IniFile credentials;
};

namespace {

/// "default" is written both ways. Source: botocore configloader.py, 1.29.
const IniSection* profile_section(const IniFile& config, std::string_view profile) noexcept {
  if (const IniSection* named = config.find("profile " + std::string(profile))) return named;
  return profile == "default" ? config.find("default") : nullptr;
}

/// A file at its usual place that we may not read is none, as for botocore: nobody named it.
Result<IniFile> load_file(const std::string& path, std::string_view what, bool named) {
  if (path.empty()) return IniFile();
  const Result<Secret> content = read_file(path, kMaxIniBytes);
  if (!content && (content.error().code == ErrorCode::not_found ||
                   (!named && content.error().code == ErrorCode::permission_denied))) {
    return IniFile();
  }
  Result<IniFile> file =
      content ? parse_ini(content->reveal()) : Result<IniFile>(unexpected(content.error()));
  if (file) return file;
  Error error = file.error();
  error.message = "the AWS " + std::string(what) + " file: " + error.message;
  return unexpected(std::move(error));
}

std::string expand(std::string_view path, const std::string& home) {
  if (path.substr(0, 2) != "~/" || home.empty()) return std::string(path);
  return home + std::string(path.substr(1));
}

}  // namespace

Settings::Settings(std::shared_ptr<const Loaded> loaded) noexcept : loaded_(std::move(loaded)) {}

Result<Settings> Settings::load(Environment environment, SettingsOptions options) {
  auto loaded = std::make_shared<Loaded>();
  loaded->region = std::move(options.region);
  loaded->home = environment.get("HOME").value_or("");
  const auto path_of = [&](std::string_view variable, std::string_view usual) {
    if (const auto path = environment.get(variable)) return expand(*path, loaded->home);
    return loaded->home.empty() ? std::string() : loaded->home + std::string(usual);
  };
  loaded->config_path = path_of("AWS_CONFIG_FILE", "/.aws/config");
  loaded->credentials_path = path_of("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  const std::string_view named =
      options.profile.empty() ? environment.get("AWS_PROFILE").value_or("") : options.profile;
  loaded->profile = named.empty() ? "default" : named;
  const bool must_exist = !named.empty();
  loaded->environment = std::move(environment);
  const auto is_named = [&](std::string_view variable) {
    return loaded->environment.get(variable).has_value();
  };

  Result<IniFile> config = load_file(loaded->config_path, "config", is_named("AWS_CONFIG_FILE"));
  if (!config) return unexpected(config.error());
  Result<IniFile> credentials =
      load_file(loaded->credentials_path, "credentials", is_named("AWS_SHARED_CREDENTIALS_FILE"));
  if (!credentials) return unexpected(credentials.error());
  loaded->config = std::move(*config);
  loaded->credentials = std::move(*credentials);
  Settings settings(std::move(loaded));
  if (must_exist && !settings.has_profile(settings.profile())) {
    return fail(ErrorCode::not_found, "the profile that AWS_PROFILE names does not exist",
                "add it to ~/.aws/config or ~/.aws/credentials, or unset AWS_PROFILE");
  }
  return settings;
}

std::string Settings::region() const {
  if (!loaded_->region.empty()) return loaded_->region;
  if (const auto region = loaded_->environment.get("AWS_REGION")) return std::string(*region);
  return find("AWS_DEFAULT_REGION", "region").value_or("");
}

const std::string& Settings::profile() const noexcept { return loaded_->profile; }

std::optional<std::string> Settings::find(std::string_view variable, std::string_view key) const {
  if (const auto value = loaded_->environment.get(variable)) return std::string(*value);
  return profile_setting(loaded_->profile, key);
}

bool Settings::flag(std::string_view variable, std::string_view key) const {
  const std::string value = find(variable, key).value_or("");
  return Environment::of({{"flag", value}}).flag("flag", false);
}

std::optional<std::string> Settings::profile_setting(std::string_view profile,
                                                     std::string_view key) const {
  const IniSection* const section = profile_section(loaded_->config, profile);
  const auto value = section != nullptr ? section->get(key) : std::nullopt;
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

std::optional<std::string> Settings::service_setting(std::string_view service,
                                                     std::string_view key) const {
  const auto name = profile_setting(loaded_->profile, "services");
  const IniSection* const section = name ? loaded_->config.find("services " + *name) : nullptr;
  const IniSetting* const found = section != nullptr ? section->find(service) : nullptr;
  if (found == nullptr) return std::nullopt;
  for (const IniSetting& setting : found->nested) {
    if (setting.key == key && !setting.value.empty()) return setting.value;
  }
  return std::nullopt;
}

std::optional<std::string> Settings::sso_setting(std::string_view session,
                                                 std::string_view key) const {
  const IniSection* const section = loaded_->config.find("sso-session " + std::string(session));
  const auto value = section != nullptr ? section->get(key) : std::nullopt;
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

bool Settings::has_profile(std::string_view profile) const {
  return profile_section(loaded_->config, profile) != nullptr ||
         loaded_->credentials.find(profile) != nullptr;
}

const Environment& Settings::environment() const noexcept { return loaded_->environment; }
const std::string& Settings::config_path() const noexcept { return loaded_->config_path; }
const std::string& Settings::credentials_path() const noexcept { return loaded_->credentials_path; }
std::string Settings::expand_home(std::string_view path) const {
  return expand(path, loaded_->home);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
