// SPDX-License-Identifier: Apache-2.0
// Tags of log groups, by name (the older operations) and by ARN.
#include "console/logs/parameters.hpp"
#include "console/logs/store_operations.hpp"

#include <aloft/core/json_writer.hpp>

#include <utility>

namespace aloft::console::logs {
namespace {

using http::Response;

// Source: Tags, TagKey, TagValue, service model, botocore 1.43, read 2026-11. The characters that
// they allow are not checked: letters of all scripts are among them.
constexpr std::size_t kMaxTags = 50;
constexpr TextRule kTagKey{1, 128};
constexpr TextRule kTagValue{0, 256};
constexpr TextRule kArn{1, 1011};
constexpr std::size_t kMaxAnswerBytes = std::size_t{512} << 10U;

Response add_tags(const StoreParts& parts, std::string_view group, const Tags& added) {
  const auto done = parts.store.change_tags(group, [&](Tags& tags) {
    for (const auto& [key, value] : added) tags.insert_or_assign(key, value);
    return tags.size() <= kMaxTags;
  });
  if (done) return success({});
  if (done.error().code == ErrorCode::invalid_argument) {
    return error(400, "TooManyTagsException", "A log group can have at most 50 tags.");
  }
  return store_trouble(done.error());
}

Response remove_tags(const StoreParts& parts, std::string_view group,
                     const std::vector<std::string>& keys) {
  const auto done = parts.store.change_tags(group, [&](Tags& tags) {
    for (const std::string& key : keys) tags.erase(key);
    return true;
  });
  return done ? success({}) : store_trouble(done.error());
}

Response list_tags(const StoreParts& parts, std::string_view group) {
  const auto found = parts.store.group(group);
  if (!found)
    return error(400, "ResourceNotFoundException", "The specified log group does not exist.");
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("tags").begin_object();
  for (const auto& [key, value] : found->settings.tags) json.key(key).text(value);
  json.end_object();
  json.end_object();
  return success(std::string(buffer.view()));
}

}  // namespace

Tags read_tags(Parameters& in) {
  Tags tags;
  const auto object = in.object("tags");
  if (!object) return tags;
  for (const simdjson::dom::key_value_pair& tag : *object) {
    std::string_view value;
    if (!tag.value.is_null() && !in.read_text(tag.value, value)) return {};
    in.check("tags.key", tag.key, kTagKey);
    in.check("tags." + std::string(tag.key) + ".member", value, kTagValue);
    if (tags.size() <= kMaxTags) tags.insert_or_assign(std::string(tag.key), std::string(value));
  }
  if (tags.empty()) in.complain("tags", "{}", "Member must have length greater than or equal to 1");
  if (tags.size() > kMaxTags) {
    in.complain("tags", "{...}", "Member must have length less than or equal to 50");
  }
  return tags;
}

Response tag_log_group(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.required_text("logGroupName", kGroupName);
  const Tags tags = read_tags(in);
  if (!in.has("tags")) in.complain_absent("tags");
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return add_tags(parts, group, tags);
}

Response untag_log_group(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.required_text("logGroupName", kGroupName);
  const auto keys = in.texts("tags", kMaxTags, kTagKey);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return remove_tags(parts, group, keys);
}

Response list_tags_log_group(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.required_text("logGroupName", kGroupName);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return list_tags(parts, group);
}

Response tag_resource(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  in.text("resourceArn", kArn);
  const std::string_view group = in.group_of_arn("resourceArn");
  const Tags tags = read_tags(in);
  if (!in.has("tags")) in.complain_absent("tags");
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return add_tags(parts, group, tags);
}

Response untag_resource(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.group_of_arn("resourceArn");
  const auto keys = in.texts("tagKeys", kMaxTags, kTagKey);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return remove_tags(parts, group, keys);
}

Response list_tags_for_resource(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.group_of_arn("resourceArn");
  if (auto wrong = in.wrong()) return std::move(*wrong);
  return list_tags(parts, group);
}

}  // namespace aloft::console::logs
