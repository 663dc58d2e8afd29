// SPDX-License-Identifier: Apache-2.0
#include "console/logs/catalog_index.hpp"

#include "console/logs/catalog_tables.hpp"
#include "console/logs/log_schema.hpp"

#include <algorithm>
#include <utility>

namespace aloft::console::logs {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
// About what a row, its place in the index and its node in memory take without their texts.
constexpr std::uint64_t kEntryBytes = 256;

}  // namespace

GroupEntry* CatalogIndex::find(std::string_view group) {
  const auto found = groups_.find(group);
  return found == groups_.end() ? nullptr : &found->second;
}

const GroupEntry* CatalogIndex::find(std::string_view group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? nullptr : &found->second;
}

StreamEntry* CatalogIndex::find(const StreamName& name) {
  GroupEntry* group = find(name.group);
  if (group == nullptr) return nullptr;
  const auto found = group->streams.find(name.stream);
  return found == group->streams.end() ? nullptr : &found->second;
}

const StreamEntry* CatalogIndex::find(const StreamName& name) const {
  const GroupEntry* group = find(name.group);
  if (group == nullptr) return nullptr;
  const auto found = group->streams.find(name.stream);
  return found == group->streams.end() ? nullptr : &found->second;
}

StreamEntry* CatalogIndex::by_key(std::int64_t stream) {
  const auto found = by_key_.find(stream);
  return found == by_key_.end() ? nullptr : found->second;
}

std::uint64_t CatalogIndex::weight_of(const Group& group) {
  return kEntryBytes + 2 * group.name.size() + settings_json(group.settings).size();
}

std::uint64_t CatalogIndex::weight_of(const Group& group, const Stream& stream) noexcept {
  return kEntryBytes + group.name.size() + 2 * stream.name.size();
}

void CatalogIndex::update(GroupEntry& group, Group changed) {
  bytes_ -= weight_of(group.info);
  group.info = std::move(changed);
  bytes_ += weight_of(group.info);
}

void CatalogIndex::add_group(std::int64_t key, Group info) {
  bytes_ += weight_of(info);
  GroupEntry& entry = groups_[info.name];
  entry.key = key;
  entry.info = std::move(info);
}

void CatalogIndex::add_stream(GroupEntry& group, std::int64_t key, Stream info) {
  bytes_ += weight_of(group.info, info);
  StreamEntry& entry = group.streams[info.name];
  entry.key = key;
  entry.names = std::make_shared<const StreamNames>(StreamNames{group.info.name, info.name});
  entry.info = std::move(info);
  entry.group = &group;
  by_key_[key] = &entry;
}

void CatalogIndex::remove(GroupEntry& group) {
  for (const auto& [name, stream] : group.streams) {
    by_key_.erase(stream.key);
    bytes_ -= weight_of(group.info, stream.info);
  }
  bytes_ -= weight_of(group.info);
  groups_.erase(groups_.find(group.info.name));
}

void CatalogIndex::remove(StreamEntry& stream) {
  by_key_.erase(stream.key);
  bytes_ -= weight_of(stream.group->info, stream.info);
  auto& streams = stream.group->streams;
  streams.erase(streams.find(stream.info.name));
}

std::optional<std::int64_t> CatalogIndex::retention_of(const GroupEntry& group) const noexcept {
  return group.info.retention_days ? group.info.retention_days : retention_days_;
}

std::int64_t CatalogIndex::kept_since_ms(const GroupEntry& group,
                                         std::int64_t now_ms) const noexcept {
  const auto days = retention_of(group);
  return days ? std::max<std::int64_t>(0, now_ms - *days * kDayMs) : 0;
}

ScanPlan CatalogIndex::plan(const ScanOptions& options, std::int64_t now_ms) const {
  ScanPlan plan;
  if (options.groups.empty()) {
    for (const auto& [name, group] : groups_) add_to(plan, group, options, now_ms);
  }
  for (const std::string& name : options.groups) {
    if (const GroupEntry* group = find(name)) add_to(plan, *group, options, now_ms);
  }
  return plan;
}

void CatalogIndex::add_to(ScanPlan& plan, const GroupEntry& group, const ScanOptions& options,
                          std::int64_t now_ms) const {
  const std::int64_t first = first_key(kept_since_ms(group, now_ms));
  const std::string& prefix = options.stream_prefix;
  const auto add = [&](const StreamEntry& stream) {
    if (stream.info.name.compare(0, prefix.size(), prefix) != 0) return;
    plan.streams.insert_or_assign(stream.key, ScanPlan::Selected{stream.names, first});
  };
  if (options.streams.empty()) {
    for (const auto& [name, stream] : group.streams) add(stream);
    return;
  }
  for (const std::string& name : options.streams) {
    const auto found = group.streams.find(name);
    if (found != group.streams.end()) add(found->second);
  }
}

}  // namespace aloft::console::logs
