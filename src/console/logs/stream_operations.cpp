// SPDX-License-Identifier: Apache-2.0
// Log streams: made, described, deleted.
#include "console/logs/parameters.hpp"
#include "console/logs/store_operations.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

namespace aloft::console::logs {
namespace {

using http::Response;

// Fifty streams with a name and an ARN of some 2,600 bytes each, all of them escaped.
constexpr std::size_t kMaxAnswerBytes = std::size_t{2} << 20U;
constexpr std::array<std::string_view, 2> kOrders = {"LogStreamName", "LastEventTime"};

// A place in the list: by time and name, or by name alone. As text "1763812345000:name", "name".
struct Place {
  std::int64_t time = 0;
  std::string name;

  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.time, a.name) < std::tie(b.time, b.name);
  }
};

struct Listing {
  std::string_view prefix;
  bool by_time = false;
  bool descending = false;
  std::size_t limit = 0;
  std::optional<Place> after;

  Place place_of(const Stream& stream) const {
    return {by_time ? stream.last_event_ms.value_or(0) : 0, stream.name};
  }
  std::optional<Place> parse(std::string_view token) const {
    if (!by_time) return Place{0, std::string(token)};
    const std::size_t colon = token.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto time = text::parse_decimal(token.substr(0, colon));
    if (!time) return std::nullopt;
    return Place{static_cast<std::int64_t>(*time), std::string(token.substr(colon + 1))};
  }
  std::string token_of(const Place& place) const {
    return by_time ? std::to_string(place.time) + ":" + place.name : place.name;
  }
  bool has(const Stream& stream) const {
    if (stream.name.compare(0, prefix.size(), prefix) != 0) return false;
    if (!after) return true;
    const Place place = place_of(stream);
    return descending ? place < *after : *after < place;
  }
};

void write_stream(json::Writer& json, const Stream& stream, const std::string& group_arn) {
  json.begin_object();
  json.key("logStreamName").text(stream.name);
  json.key("creationTime").integer(stream.created_ms);
  if (stream.first_event_ms) json.key("firstEventTimestamp").integer(*stream.first_event_ms);
  if (stream.last_event_ms) json.key("lastEventTimestamp").integer(*stream.last_event_ms);
  if (stream.last_ingestion_ms) json.key("lastIngestionTime").integer(*stream.last_ingestion_ms);
  const auto token =
      static_cast<std::uint64_t>(stream.last_ingestion_ms.value_or(stream.created_ms));
  json.key("uploadSequenceToken").text(event_id_text(token));
  json.key("arn").text(group_arn + ":log-stream:" + stream.name);
  json.key("storedBytes").integer(0);
  json.end_object();
}

}  // namespace

Response create_log_stream(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.required_text("logGroupName", kGroupName);
  const std::string_view name = in.required_text("logStreamName", kStreamName);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  const auto done = parts.store.create_stream(group, name);
  return done ? success({}) : store_trouble(done.error());
}

Response delete_log_stream(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  const std::string_view group = in.required_text("logGroupName", kGroupName);
  const std::string_view name = in.required_text("logStreamName", kStreamName);
  if (auto wrong = in.wrong()) return std::move(*wrong);
  const auto info = parts.store.group(group);
  if (info && info->settings.deletion_protected) {
    return error(400, "ValidationException", "The log group is protected against deletion.");
  }
  const auto done = parts.store.remove_stream({group, name});
  return done ? success({}) : store_trouble(done.error());
}

Response describe_log_streams(const StoreParts& parts, const Call& call) {
  Parameters in(call.body);
  Listing listing;
  const std::string_view group = in.group_or_identifier();
  const auto prefix = in.text("logStreamNamePrefix", kStreamName);
  listing.prefix = prefix.value_or("");
  listing.by_time = in.choice("orderBy", kOrders) == "LastEventTime";
  listing.descending = in.flag("descending");
  listing.limit =
      static_cast<std::size_t>(in.integer("limit", 1, kMaxDescribed).value_or(kMaxDescribed));
  if (const auto token = in.text("nextToken", kAnyText)) {
    listing.after = listing.parse(*token);
    if (!listing.after) in.refuse("The specified nextToken is invalid.");
  }
  // Source: turbot/steampipe-plugin-aws#1949, read 2026-11.
  if (listing.by_time && prefix) {
    in.refuse("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  if (auto wrong = in.wrong()) return std::move(*wrong);
  const auto streams = parts.store.streams(group);
  if (!streams) return store_trouble(streams.error());

  std::vector<std::pair<Place, const Stream*>> found;
  for (const Stream& stream : *streams) {
    if (listing.has(stream)) found.emplace_back(listing.place_of(stream), &stream);
  }
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    return listing.descending ? b.first < a.first : a.first < b.first;
  });
  const std::size_t count = std::min(found.size(), listing.limit);
  const std::string arn = group_arn(call.region, group);
  json::Buffer buffer(kMaxAnswerBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("logStreams").begin_array();
  for (std::size_t i = 0; i < count; ++i) write_stream(json, *found[i].second, arn);
  json.end_array();
  if (found.size() > count) json.key("nextToken").text(listing.token_of(found[count - 1].first));
  json.end_object();
  return success(std::string(buffer.view()));
}

}  // namespace aloft::console::logs
