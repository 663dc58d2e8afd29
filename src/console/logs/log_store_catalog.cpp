// SPDX-License-Identifier: Apache-2.0
// The groups and streams of the store of logs.
#include "console/logs/log_store_parts.hpp"

#include <utility>

namespace aloft::console::logs {
namespace {

// Ours, in the same manner.
Unexpected too_many(std::string_view what) {
  return fail(ErrorCode::resource_exhausted,
              "Resource limit exceeded: too many " + std::string(what) + " for aloft-console.");
}

}  // namespace

Result<void> LogStore::create_group(std::string_view name, const GroupSettings& settings) {
  Parts& parts = *parts_;
  const std::lock_guard lock(parts.mutex);
  if (parts.catalog.find(name) != nullptr) {
    return fail(ErrorCode::already_exists, "The specified log group already exists");
  }
  if (parts.catalog.groups().size() >= kMaxGroups) return too_many("log groups");
  Group group{std::string(name), parts.now_ms(), std::nullopt, settings, 0};
  if (!parts.has_room(CatalogIndex::weight_of(group))) return too_many("bytes of log groups");
  const auto key = parts.tables.add(group);
  if (!key) return unexpected(key.error());
  parts.catalog.add_group(*key, std::move(group));
  parts.writer.make_room();
  parts.publish_status();
  return {};
}

Result<void> LogStore::create_stream(std::string_view group, std::string_view name) {
  Parts& parts = *parts_;
  const std::lock_guard lock(parts.mutex);
  GroupEntry* entry = parts.catalog.find(group);
  if (entry == nullptr) return no_group();
  if (entry->streams.find(name) != entry->streams.end()) {
    return fail(ErrorCode::already_exists, "The specified log stream already exists");
  }
  if (parts.catalog.streams() >= kMaxStreams) return too_many("log streams");
  Stream stream{std::string(name), parts.now_ms(), {}, {}, {}};
  if (!parts.has_room(CatalogIndex::weight_of(entry->info, stream))) {
    return too_many("bytes of log streams");
  }
  const auto key = parts.tables.add(entry->key, stream);
  if (!key) return unexpected(key.error());
  parts.catalog.add_stream(*entry, *key, std::move(stream));
  parts.writer.make_room();
  parts.publish_status();
  return {};
}

Result<void> LogStore::Parts::remove(const std::vector<const StreamEntry*>& streams,
                                     const std::function<Result<void>()>& remove_rows) {
  auto done = writing.run("BEGIN IMMEDIATE");
  for (const StreamEntry* stream : streams) {
    if (done) done = writer.remove_events(*stream);
  }
  if (done) done = remove_rows();
  if (done) done = writing.run("COMMIT");
  if (done) {
    writer.removed();
    return done;
  }
  (void)writing.run("ROLLBACK");
  writer.forget_removed();
  return done;
}

Result<void> LogStore::remove_group(std::string_view name) {
  Parts& parts = *parts_;
  const std::lock_guard lock(parts.mutex);
  GroupEntry* group = parts.catalog.find(name);
  if (group == nullptr) return no_group();
  std::vector<const StreamEntry*> streams;
  for (const auto& [stream_name, stream] : group->streams) streams.push_back(&stream);
  auto done = parts.remove(streams, [&] { return parts.tables.remove_group(group->key); });
  if (!done) return done;
  parts.catalog.remove(*group);
  parts.publish_status();
  parts.tell_reset();
  return {};
}

Result<void> LogStore::remove_stream(const StreamName& name) {
  Parts& parts = *parts_;
  const std::lock_guard lock(parts.mutex);
  if (parts.catalog.find(name.group) == nullptr) return no_group();
  StreamEntry* stream = parts.catalog.find(name);
  if (stream == nullptr) return no_stream();
  auto done = parts.remove({stream}, [&] { return parts.tables.remove_stream(stream->key); });
  if (!done) return done;
  parts.catalog.remove(*stream);
  parts.publish_status();
  parts.tell_reset();
  return {};
}

Result<void> LogStore::Parts::update(GroupEntry& group, Group changed) {
  if (auto done = tables.update(group.key, changed); !done) return done;
  catalog.update(group, std::move(changed));
  writer.make_room();
  publish_status();
  return {};
}

Result<void> LogStore::set_retention(std::string_view group, std::optional<std::int64_t> days) {
  const std::lock_guard lock(parts_->mutex);
  GroupEntry* entry = parts_->catalog.find(group);
  if (entry == nullptr) return no_group();
  Group changed = entry->info;
  changed.retention_days = days;
  return parts_->update(*entry, std::move(changed));
}

Result<void> LogStore::change_tags(std::string_view group,
                                   const std::function<bool(Tags&)>& change) {
  const std::lock_guard lock(parts_->mutex);
  GroupEntry* entry = parts_->catalog.find(group);
  if (entry == nullptr) return no_group();
  Group changed = entry->info;
  if (!change(changed.settings.tags)) {
    return fail(ErrorCode::invalid_argument, "the group would have too many tags",
                "remove some first");
  }
  const std::uint64_t before = CatalogIndex::weight_of(entry->info);
  const std::uint64_t after = CatalogIndex::weight_of(changed);
  if (after > before && !parts_->has_room(after - before)) return too_many("bytes of tags");
  return parts_->update(*entry, std::move(changed));
}

Result<void> LogStore::set_deletion_protected(std::string_view group, bool enabled) {
  const std::lock_guard lock(parts_->mutex);
  GroupEntry* entry = parts_->catalog.find(group);
  if (entry == nullptr) return no_group();
  Group changed = entry->info;
  changed.settings.deletion_protected = enabled;
  return parts_->update(*entry, std::move(changed));
}

std::optional<Group> LogStore::group(std::string_view name) const {
  const std::lock_guard lock(parts_->mutex);
  const GroupEntry* entry = parts_->catalog.find(name);
  if (entry == nullptr) return std::nullopt;
  return entry->info;
}

std::optional<Stream> LogStore::stream(const StreamName& name) const {
  const std::lock_guard lock(parts_->mutex);
  const StreamEntry* entry = parts_->catalog.find(name);
  if (entry == nullptr) return std::nullopt;
  return entry->info;
}

std::vector<Group> LogStore::groups() const {
  std::vector<Group> all;
  const std::lock_guard lock(parts_->mutex);
  for (const auto& [name, group] : parts_->catalog.groups()) all.push_back(group.info);
  return all;
}

Result<std::vector<Stream>> LogStore::streams(std::string_view group) const {
  std::vector<Stream> all;
  const std::lock_guard lock(parts_->mutex);
  const GroupEntry* entry = parts_->catalog.find(group);
  if (entry == nullptr) return no_group();
  for (const auto& [name, stream] : entry->streams) all.push_back(stream.info);
  return all;
}

std::optional<std::int64_t> LogStore::retention_of(std::string_view group) const {
  const std::lock_guard lock(parts_->mutex);
  const GroupEntry* entry = parts_->catalog.find(group);
  if (entry == nullptr) return std::nullopt;
  return parts_->catalog.retention_of(*entry);
}

}  // namespace aloft::console::logs
