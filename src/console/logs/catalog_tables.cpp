// SPDX-License-Identifier: Apache-2.0
#include "console/logs/catalog_tables.hpp"

#include "console/logs/log_schema.hpp"

#include <aloft/core/json_writer.hpp>

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace aloft::console::logs {
namespace {

// Fifty tags of 128 and 256 characters of four bytes each, all of them escaped.
constexpr std::size_t kMaxSettingsBytes = std::size_t{512} << 10U;

}  // namespace

Result<void> CatalogTables::open(Database& database, CatalogIndex& catalog) {
  const std::pair<Statement*, std::string_view> statements[] = {
      {&sql_.groups, "SELECT key, name, created_ms, retention_days, settings FROM log_group"},
      {&sql_.streams, "SELECT key, log_group, name, created_ms FROM log_stream"},
      {&sql_.add_group, "INSERT INTO log_group VALUES (?1, ?2, ?3, ?4, ?5)"},
      {&sql_.add_stream, "INSERT INTO log_stream VALUES (?1, ?2, ?3, ?4)"},
      {&sql_.update_group,
       "UPDATE log_group SET retention_days = ?2, settings = ?3 WHERE key = ?1"},
      {&sql_.remove_group, "DELETE FROM log_group WHERE key = ?1"},
      {&sql_.remove_streams, "DELETE FROM log_stream WHERE log_group = ?1"},
      {&sql_.remove_stream, "DELETE FROM log_stream WHERE key = ?1"},
  };
  for (const auto& [statement, sql] : statements) {
    if (auto done = prepare(database, *statement, sql); !done) return done;
  }
  return read(catalog);
}

Result<void> CatalogTables::read(CatalogIndex& catalog) {
  std::unordered_map<std::int64_t, std::string> names;
  while (sql_.groups.step()) {
    Group group;
    const std::int64_t key = sql_.groups.integer(0);
    group.name = sql_.groups.bytes(1);
    group.created_ms = sql_.groups.integer(2);
    if (const std::int64_t days = sql_.groups.integer(3); days > 0) group.retention_days = days;
    group.settings = parse_settings(sql_.groups.bytes(4));
    names[key] = group.name;
    catalog.add_group(key, std::move(group));
    next_group_ = std::max(next_group_, key + 1);
  }
  if (auto done = sql_.groups.finish(); !done) return done;
  while (sql_.streams.step()) {
    Stream stream;
    const std::int64_t key = sql_.streams.integer(0);
    stream.name = sql_.streams.bytes(2);
    stream.created_ms = sql_.streams.integer(3);
    next_stream_ = std::max(next_stream_, key + 1);
    const auto group = names.find(sql_.streams.integer(1));
    if (group == names.end()) continue;
    catalog.add_stream(*catalog.find(group->second), key, std::move(stream));
  }
  return sql_.streams.finish();
}

Result<std::int64_t> CatalogTables::add(const Group& group) {
  const std::string settings = settings_json(group.settings);
  Statement& sql = sql_.add_group;
  sql.bind(1, next_group_);
  sql.bind_text(2, group.name);
  sql.bind(3, group.created_ms);
  sql.bind(4, group.retention_days.value_or(0));
  sql.bind_text(5, settings);
  if (auto done = sql.run(); !done) return unexpected(done.error());
  return next_group_++;
}

Result<std::int64_t> CatalogTables::add(std::int64_t group, const Stream& stream) {
  Statement& sql = sql_.add_stream;
  sql.bind(1, next_stream_);
  sql.bind(2, group);
  sql.bind_text(3, stream.name);
  sql.bind(4, stream.created_ms);
  if (auto done = sql.run(); !done) return unexpected(done.error());
  return next_stream_++;
}

Result<void> CatalogTables::update(std::int64_t key, const Group& group) {
  const std::string settings = settings_json(group.settings);
  Statement& sql = sql_.update_group;
  sql.bind(1, key);
  sql.bind(2, group.retention_days.value_or(0));
  sql.bind_text(3, settings);
  return sql.run();
}

Result<void> CatalogTables::remove_group(std::int64_t key) {
  for (Statement* sql : {&sql_.remove_streams, &sql_.remove_group}) {
    sql->bind(1, key);
    if (auto done = sql->run(); !done) return done;
  }
  return {};
}

Result<void> CatalogTables::remove_stream(std::int64_t key) {
  sql_.remove_stream.bind(1, key);
  return sql_.remove_stream.run();
}

std::string settings_json(const GroupSettings& settings) {
  json::Buffer buffer(kMaxSettingsBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("class").text(settings.log_class);
  json.key("kms_key_id").text(settings.kms_key_id);
  json.key("deletion_protected").boolean(settings.deletion_protected);
  json.key("tags").begin_object();
  for (const auto& [key, value] : settings.tags) json.key(key).text(value);
  json.end_object();
  json.end_object();
  return std::string(buffer.view());
}

GroupSettings parse_settings(std::string_view json) {
  GroupSettings settings;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (json.empty() || parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS) {
    return settings;
  }
  std::string_view text;
  if (root["class"].get(text) == simdjson::SUCCESS) settings.log_class = text;
  if (root["kms_key_id"].get(text) == simdjson::SUCCESS) settings.kms_key_id = text;
  bool flag = false;
  if (root["deletion_protected"].get(flag) == simdjson::SUCCESS) settings.deletion_protected = flag;
  simdjson::dom::object tags;
  if (root["tags"].get(tags) != simdjson::SUCCESS) return settings;
  for (const simdjson::dom::key_value_pair& tag : tags) {
    if (tag.value.get(text) == simdjson::SUCCESS) settings.tags[std::string(tag.key)] = text;
  }
  return settings;
}

}  // namespace aloft::console::logs
