// SPDX-License-Identifier: Apache-2.0
// What the environment and the user's AWS files say: profile, region, endpoints, and where the
// credentials are to be looked for.
//
//   Result<Settings> settings = Settings::load(Environment::from_process());
//   if (!settings) return unexpected(settings.error());
//   settings->region();                           // AWS_REGION, or the profile's
//   settings->find("AWS_CA_BUNDLE", "ca_bundle"); // the variable, else the profile's setting
//
// A variable wins over the profile. Files that do not exist are empty ones; the profile that is
// asked for by name must exist. Source: SDKs and tools reference guide, "Settings", read 2026-11.
//
// Thread-safety: plain value; copies share what was read.
#pragma once

#include <aloft/core/environment.hpp>
#include <aloft/core/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {

struct SettingsOptions {
  std::string profile{};  ///< wins over AWS_PROFILE
  std::string region{};   ///< wins over everything
};

class Settings {
 public:
  /// Reads `~/.aws/config` and `~/.aws/credentials`, or what AWS_CONFIG_FILE and
  /// AWS_SHARED_CREDENTIALS_FILE name.
  /// @error not_found           AWS_PROFILE or `options.profile` names no profile.
  /// @error invalid_argument    a file is malformed; says which and where.
  /// @error resource_exhausted  a file is larger than 1 MiB.
  static Result<Settings> load(Environment environment = Environment::from_process(),
                               SettingsOptions options = {});

  /// Empty when nothing says it.
  std::string region() const;
  const std::string& profile() const noexcept;
  /// The variable when it is set, else the setting of the profile in the config file.
  std::optional<std::string> find(std::string_view variable, std::string_view key) const;
  /// As `find`: `true`, `1`, `yes`, `on`.
  bool flag(std::string_view variable, std::string_view key) const;
  /// A setting of any profile in the config file.
  std::optional<std::string> profile_setting(std::string_view profile, std::string_view key) const;
  /// `key` of the subsection `service` in the profile's `services` section.
  std::optional<std::string> service_setting(std::string_view service, std::string_view key) const;
  /// A setting of `[sso-session NAME]`.
  std::optional<std::string> sso_setting(std::string_view session, std::string_view key) const;
  bool has_profile(std::string_view profile) const;

  const Environment& environment() const noexcept;
  const std::string& config_path() const noexcept;
  const std::string& credentials_path() const noexcept;
  /// `~/` at the front replaced by the home folder.
  std::string expand_home(std::string_view path) const;

 private:
  struct Loaded;
  explicit Settings(std::shared_ptr<const Loaded> loaded) noexcept;
  std::shared_ptr<const Loaded> loaded_;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
