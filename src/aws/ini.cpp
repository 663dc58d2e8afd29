// SPDX-License-Identifier: Apache-2.0
#include "aws/ini.hpp"

#include <aloft/aws/secret.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

std::string lower_case(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), text::to_lower);
  return lower;
}

/// One blank between words.
std::string joined(std::string_view name) {
  std::string words;
  for (const char c : text::trim(name)) {
    if (!is_blank(c)) {
      words += c;
    } else if (words.back() != ' ') {
      words += ' ';
    }
  }
  return words;
}

/// What `profile 'foo bar'` names, without its quotes; a name of the credentials file is no such
/// pair of words and stays as it is. Source: botocore configloader.py, 1.29, which splits with
/// Python's shlex.
std::string unquoted(std::string name) {
  for (const std::string_view kind : {"profile ", "sso-session ", "services "}) {
    if (!name.starts_with(kind)) continue;
    const std::string_view rest = std::string_view(name).substr(kind.size());
    const char quote = rest.front();
    const bool quoted = rest.size() > 2 && (quote == '\'' || quote == '"') &&
                        rest.find(quote, 1) == rest.size() - 1;
    if (quoted) return std::string(kind) + std::string(rest.substr(1, rest.size() - 2));
  }
  return name;
}

void wipe_values(std::vector<IniSetting>& settings) noexcept {
  for (IniSetting& setting : settings) {
    wipe(setting.value.data(), setting.value.size());
    wipe_values(setting.nested);
  }
}

IniSetting* find_in(std::vector<IniSetting>& settings, std::string_view key) noexcept {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const IniSetting& one) { return one.key == key; });
  return found == settings.end() ? nullptr : &*found;
}

}  // namespace

class IniReader {
 public:
  Result<IniFile> read(std::string_view text) {
    if (text.size() > kMaxIniBytes) {
      return fail(ErrorCode::resource_exhausted, "the file is larger than 1 MiB",
                  "name a config or credentials file of AWS");
    }
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++number_;
      std::string_view line = text.substr(0, end);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (Result<void> ok = read_line(line); !ok) return unexpected(ok.error());
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(file_);
  }

 private:
  Result<void> read_line(std::string_view line) {
    const std::string_view trimmed = text::trim(line);
    if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == ';') return {};
    // Deeper than the setting above belongs to that; else the line stands for itself, however
    // deep. Source: Python's configparser, which botocore reads with, 3.11.
    const std::size_t depth = line.find_first_not_of(" \t");
    if (setting_ != kNone && depth > depth_) return read_deeper(trimmed);
    depth_ = depth;
    if (trimmed.front() == '[') return read_section(trimmed);
    if (section_ == kNone) return wrong("stands before the first section");
    return read_setting(file_.sections_[section_].settings, trimmed, "=:", &setting_);
  }
  Result<void> read_section(std::string_view line) {
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos) return wrong("has a '[' without ']'");
    const std::string_view rest = text::trim(line.substr(end + 1));
    const std::string name = unquoted(joined(line.substr(1, end - 1)));
    if (name.empty() || (!rest.empty() && rest.front() != '#' && rest.front() != ';')) {
      return wrong("is not the name of a section");
    }
    setting_ = kNone;
    const auto same = [&](const IniSection& one) { return one.name == name; };
    const auto found = std::find_if(file_.sections_.begin(), file_.sections_.end(), same);
    section_ = static_cast<std::size_t>(found - file_.sections_.begin());
    if (found != file_.sections_.end()) return {};
    if (file_.sections_.size() >= kMaxIniSections) return too_many("sections");
    file_.sections_.push_back({.name = name});
    return {};
  }
  Result<void> read_setting(std::vector<IniSetting>& into, std::string_view line,
                            std::string_view separators, std::size_t* index) {
    const std::size_t equals = line.find_first_of(separators);
    if (equals == std::string_view::npos) return wrong("has no '='");
    const std::string key = lower_case(text::trim(line.substr(0, equals)));
    if (key.empty()) return wrong("has no name before '='");
    const std::string_view after = line.substr(equals + 1);
    IniSetting* setting = find_in(into, key);
    if (setting == nullptr) {
      if (into.size() >= kMaxIniSettings) return too_many("settings in one section");
      setting = &into.emplace_back(IniSetting{.key = key});
    }
    setting->value = text::trim(after);
    setting->nested.clear();
    if (index != nullptr) *index = static_cast<std::size_t>(setting - into.data());
    return {};
  }
  /// Continues the setting above, or is a setting of it.
  Result<void> read_deeper(std::string_view line) {
    IniSetting& above = file_.sections_[section_].settings[setting_];
    if (above.value.empty()) return read_setting(above.nested, line, "=", nullptr);
    above.value += '\n';
    above.value += line;
    return {};
  }
  Unexpected wrong(std::string_view why) const {
    return fail(ErrorCode::invalid_argument,
                "line " + std::to_string(number_) + " " + std::string(why),
                "write [section], name = value or # comment");
  }
  Unexpected too_many(std::string_view what) const {
    return fail(ErrorCode::resource_exhausted,
                "line " + std::to_string(number_) + ": too many " + std::string(what),
                "use a shorter file");
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  IniFile file_;
  std::size_t number_ = 0;
  std::size_t section_ = kNone;
  std::size_t setting_ = kNone;
  std::size_t depth_ = 0;  // of the setting
};

const IniSetting* IniSection::find(std::string_view key) const noexcept {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const IniSetting& one) { return one.key == key; });
  return found == settings.end() ? nullptr : &*found;
}

std::optional<std::string_view> IniSection::get(std::string_view key) const noexcept {
  const IniSetting* const setting = find(key);
  if (setting == nullptr || setting->value.empty()) return std::nullopt;
  return setting->value;
}

IniFile& IniFile::operator=(IniFile&& other) noexcept {
  std::swap(sections_, other.sections_);  // the other wipes ours
  return *this;
}

IniFile::~IniFile() {
  for (IniSection& section : sections_) wipe_values(section.settings);
}

const IniSection* IniFile::find(std::string_view name) const noexcept {
  const auto found = std::find_if(sections_.begin(), sections_.end(),
                                  [&](const IniSection& one) { return one.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

Result<IniFile> parse_ini(std::string_view text) { return IniReader().read(text); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
