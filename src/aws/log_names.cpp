// SPDX-License-Identifier: Apache-2.0
#include "aws/log_names.hpp"

#include <aloft/core/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string_view>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

// Source of all: CloudWatch Logs API reference, CreateLogGroup, CreateLogStream and
// PutRetentionPolicy, as botocore's model has them, read 2026-11.
constexpr std::size_t kMaxNameBytes = 512;
constexpr std::size_t kMaxKeyIdBytes = 256;
constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxTagKeyBytes = 128;
constexpr std::size_t kMaxTagValueBytes = 256;
constexpr std::array<int, 23> kRetentionDays = {0,    1,    3,    5,    7,    14,   30,  60,
                                                90,   120,  150,  180,  365,  400,  545, 731,
                                                1096, 1827, 2192, 2557, 2922, 3288, 3653};
/// Of a host; ours: the rest of the name has 27 bytes.
constexpr std::size_t kMaxHostBytes = 255;

bool is_group_byte(char c) noexcept {
  return text::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '/' || c == '#';
}

/// Narrower than AWS, whose letters and digits are those of Unicode: what is not ASCII passes.
bool is_tag_byte(char c) noexcept {
  return text::is_alnum(c) || (static_cast<unsigned char>(c) & 0x80) != 0 ||
         std::string_view(" _.:/=+-@").find(c) != std::string_view::npos;
}

Unexpected wrong(const char* what, const char* remedy) {
  return fail(ErrorCode::invalid_argument, what, remedy);
}

Result<void> check_tags(const CloudWatchLogsOptions& options) {
  if (options.tags.size() > kMaxTags) {
    return wrong("a log group has more than 50 tags", "leave some out");
  }
  for (const auto& [key, value] : options.tags) {
    const bool fits =
        !key.empty() && key.size() <= kMaxTagKeyBytes && value.size() <= kMaxTagValueBytes;
    if (!fits || key.substr(0, 4) == "aws:" || !std::all_of(key.begin(), key.end(), is_tag_byte) ||
        !std::all_of(value.begin(), value.end(), is_tag_byte)) {
      return wrong("a tag of the log group is none",
                   "a key has 1 to 128 bytes and does not begin with aws:, a value at most 256: "
                   "letters, digits, blanks and _ . : / = + - @");
    }
  }
  return {};
}

}  // namespace

Result<void> check_log_names(const CloudWatchLogsOptions& options) {
  const std::string& group = options.group;
  if (group.empty() || group.size() > kMaxNameBytes || group.substr(0, 4) == "aws/" ||
      !std::all_of(group.begin(), group.end(), is_group_byte)) {
    return wrong("the log group's name is none",
                 "ALOFT_LOG_GROUP (CloudWatchLogsOptions::group) takes 1 to 512 letters, digits "
                 "and . - _ / #, and does not begin with aws/");
  }
  // One that is made has no such bytes.
  if (options.stream.size() > kMaxNameBytes ||
      options.stream.find_first_of(":*") != std::string::npos) {
    return wrong("the log stream's name is none",
                 "ALOFT_LOG_STREAM (CloudWatchLogsOptions::stream) takes 1 to 512 bytes without : "
                 "and *");
  }
  if (std::find(kRetentionDays.begin(), kRetentionDays.end(), options.retention_days) ==
      kRetentionDays.end()) {
    return wrong("the log group's retention is none that AWS offers",
                 "ALOFT_LOG_RETENTION_DAYS (CloudWatchLogsOptions::retention_days) takes 1, 3, 5, "
                 "7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, "
                 "2922, 3288 or 3653");
  }
  if (options.kms_key_id.size() > kMaxKeyIdBytes) {
    return wrong("the log group's key is longer than 256 bytes", "give the ARN of a KMS key");
  }
  return check_tags(options);
}

std::string made_stream_name(const Platform& platform) {
  char host[kMaxHostBytes + 1] = {};
  if (::gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') host[0] = '-';
  std::string name(host);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ':' || c == '*' || c == '/'; }, '-');
  const auto day = std::chrono::floor<std::chrono::days>(platform.clock.now().wall);
  const std::chrono::year_month_day date(day);
  char prefix[32];
  const int bytes = std::snprintf(prefix, sizeof prefix, "%04d/%02u/%02u/", int{date.year()},
                                  unsigned{date.month()}, unsigned{date.day()});
  char id[16];
  text::write_hex(platform.random.next(), id);
  return std::string(prefix, static_cast<std::size_t>(bytes)) + name + "/" +
         std::string(id, sizeof id);
}

std::string group_of_service(std::string_view service) {
  if (service.empty()) service = program_invocation_short_name;
  std::string group = "/aloft/" + std::string(service);
  std::replace_if(
      group.begin(), group.end(), [](char c) { return !is_group_byte(c); }, '-');
  return group.substr(0, kMaxNameBytes);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
