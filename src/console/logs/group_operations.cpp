// SPDX-License-Identifier: Apache-2.0
// Log groups: made, described, kept for so long, deleted.
#include "console/logs/parameters.hpp"
#include "console/logs/store_operations.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>

namespace aloft::console::logs {
namespace {

using http::Response;

// Fifty groups of two ARNs of 600 bytes and a key of 256, escaped.
constexpr std::size_t kMaxAnswerBytes = std::size_t{512} << 10U;
constexpr std::array<std::string_view, 3> kClasses = {"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"};
// Source: PutRetentionPolicy, service model, botocore 1.43, read 2026-11.
constexpr std::array<std::int64_t, 22> kRetentionDays = {
    1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

Response done_or_trouble(const Result<void>& done) {
  return done ? success({}) : store_trouble(done.error());
}

struct GroupsWanted {
  std::string_view prefix;
  std::string_view pattern;
  std::string_view log_class;
  std::vector<std::string> names;
  std::string_view after;

  bool has(const Group& group) const {
    const std::string_view name = group.name;
    return name > after && name.substr(0, prefix.size()) == prefix &&
           name.find(pattern) != std::string_view::npos &&
           (log_class.empty() || group.settings.log_class == log_class) &&
           (names.empty() ||
            std::any_of(names.begin(), names.end(),
                        [&](const std::string& wanted) { return group_of(wanted) == name; }));
  }
};

// Source: DescribeLogGroups, logGroupNamePattern: "results include only the arn, creationTime, and
// logGroupName fields", service model, botocore 1.43, read 2026-11.
void write_found_by_pattern(json::Writer& json, const Group& group, std::string_view region) {
  json.begin_object();
  json.key("logGroupName").text(group.name);
  json.key("creationTime").integer(group.created_ms);
  json.key("arn").text(group_arn(region, group.name) + ":*");
  json.end_object();
}

void write_group(json::Writer& json, const Group& group, std::string_view region) {
  const std::string arn = group_arn(region, group.name);
  json.begin_object();
  json.key("logGroupName").text(group.name);
  json.key("creationTime").integer(group.created_ms);
  if (group.retention_days) json.key("retentionInDays").integer(*group.retention_days);
  json.key("metricFilterCount").integer(0);
  json.key("arn").text(arn + ":*");
  json.key("storedBytes").integer(static_cast<std::int64_t>(group.stored_bytes));
  if (!group.settings.kms_key_id.empty()) json.key("kmsKeyId").text(group.settings.kms_key_id);
  json.key("logGroupClass").text(group.settings.log_class);
  json.key("logGroupArn").text(arn);
  json.key("deletionProtectionEnabled").boolean(group.settings.deletion_protected);
  json.end_object();
}

}  // namespace

Response create_log_group(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view name = in.required_text("logGroupName", kGroupName);
  GroupSettings settings;
  if (const auto log_class = in.choice("logGroupClass", kClasses); !log_class.empty()) {
    settings.log_class = log_class;
  }
  settings.kms_key_id = in.text("kmsKeyId", {0, 256}).value_or("");
  settings.deletion_protected = in.flag("deletionProtectionEnabled");
  settings.tags = read_tags(in);
  if (text::equals_ignoring_case(name.substr(0, 4), "aws/")) {
    in.refuse("Log groups starting with AWS/ are reserved for AWS.");
  }
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return done_or_trouble(parts.store.create_group(name, settings));
}

Response delete_log_group(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view name = in.required_text("logGroupName", kGroupName);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  const auto group = parts.store.group(name);
  if (group && group->settings.deletion_protected) {
    return error(400, "ValidationException", "The log group is protected against deletion.");
  }
  return done_or_trouble(parts.store.remove_group(name));
}

Response describe_log_groups(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  GroupsWanted wanted;
  const auto prefix = in.text("logGroupNamePrefix", kGroupName);
  const auto pattern = in.text("logGroupNamePattern", kGroupPattern);
  wanted.prefix = prefix.value_or("");
  wanted.pattern = pattern.value_or("");
  wanted.log_class = in.choice("logGroupClass", kClasses);
  wanted.names = in.texts("logGroupIdentifiers", static_cast<std::size_t>(kMaxDescribed), kAnyText);
  wanted.after = in.text("nextToken", kAnyText).value_or("");
  const auto limit =
      static_cast<std::size_t>(in.integer("limit", 1, kMaxDescribed).value_or(kMaxDescribed));
  if (prefix && pattern) {
    in.refuse("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  if (!wanted.after.empty() && group_of(wanted.after).empty()) {
    in.refuse("The specified nextToken is invalid.");
  }
  if (auto wrong = in.wrong()) return std::move(*wrong);

  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  std::size_t count = 0;
  std::string last;
  bool more = false;
  json.begin_object();
  json.key("logGroups").begin_array();
  for (const Group& group : parts.store.groups()) {
    if (!wanted.has(group)) continue;
    more = count == limit;
    if (more) break;
    (pattern ? write_found_by_pattern : write_group)(json, group, call.region);
    last = group.name;
    ++count;
  }
  json.end_array();
  if (more) json.key("nextToken").text(last);
  json.end_object();
  return success(std::string(buffer.view()));
}

Response put_retention_policy(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view name = in.required_text("logGroupName", kGroupName);
  const std::int64_t days = in.required_integer("retentionInDays");
  if (auto wrong = in.wrong()) return std::move(*wrong);
  if (std::find(kRetentionDays.begin(), kRetentionDays.end(), days) == kRetentionDays.end()) {
    std::string set;
    for (const std::int64_t allowed : kRetentionDays) {
      set.append(set.empty() ? "" : ", ").append(std::to_string(allowed));
    }
    in.complain("retentionInDays", std::to_string(days),
                "Member must satisfy enum value set: [" + set + "]");
    return *in.wrong();
  }
  return done_or_trouble(parts.store.set_retention(name, days));
}

Response delete_retention_policy(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view name = in.required_text("logGroupName", kGroupName);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return done_or_trouble(parts.store.set_retention(name, std::nullopt));
}

Response put_deletion_protection(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view name = in.group_of_arn("logGroupIdentifier");
  const bool enabled = in.flag("deletionProtectionEnabled");
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return done_or_trouble(parts.store.set_deletion_protected(name, enabled));
}

}  // namespace aloft::console::logs
