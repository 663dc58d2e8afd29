// SPDX-License-Identifier: Apache-2.0
// The format of AWS's shared config and credentials files: sections, settings, settings of
// settings, continued values, comments on lines of their own. Source: SDKs and tools reference
// guide, "Shared config and credentials files" and botocore's configloader.py, read 2026-11.
//
//   Result<IniFile> file = parse_ini(text);
//   const IniSection* profile = file->find("profile payments");
//   profile->get("region");
//
// A file may hold secrets: its values are wiped when it ends.
#pragma once

#include <aloft/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace aws {

/// Ours: some hundred times the largest file that we know of.
inline constexpr std::size_t kMaxIniBytes = 1024 * 1024;
inline constexpr std::size_t kMaxIniSections = 2'000;
inline constexpr std::size_t kMaxIniSettings = 200;  ///< of one section, and of one setting

struct IniSetting {
  std::string key{};  ///< in lower case
  std::string value{};
  /// "region = x" below "key =": what stands indented under a setting without value.
  std::vector<IniSetting> nested{};
};

struct IniSection {
  std::string name{};  ///< with one blank between its words, e.g. "profile payments"
  std::vector<IniSetting> settings{};

  /// Nothing when it is missing or empty.
  std::optional<std::string_view> get(std::string_view key) const noexcept;
  const IniSetting* find(std::string_view key) const noexcept;
};

class IniFile {
 public:
  IniFile() = default;
  IniFile(IniFile&&) noexcept = default;
  IniFile& operator=(IniFile&& other) noexcept;
  IniFile(const IniFile&) = delete;
  IniFile& operator=(const IniFile&) = delete;
  ~IniFile();

  const IniSection* find(std::string_view name) const noexcept;
  std::size_t size() const noexcept { return sections_.size(); }

 private:
  friend class IniReader;
  std::vector<IniSection> sections_;
};

/// Of a repeated section all settings count, of a repeated setting the last.
/// @error invalid_argument    a line is neither section, setting nor comment; says which.
/// @error resource_exhausted  one of the limits above.
Result<IniFile> parse_ini(std::string_view text);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
