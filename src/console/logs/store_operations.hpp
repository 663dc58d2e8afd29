// SPDX-License-Identifier: Apache-2.0
// The operations that need the store alone, one a function; `add_store_operations` puts them into
// the table.
//
// Thread-safety: handlers run on several threads; what they use is thread-safe.
#pragma once

#include "console/logs/log_store.hpp"
#include "console/logs/operations.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/response.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aloft::console::logs {

struct StoreParts {
  LogStore& store;
  Clock& clock;
};

/// Source: PutLogEvents, service model, botocore 1.43, read 2026-11.
inline constexpr std::size_t kMaxBatchBytes = 1'048'576;
inline constexpr std::size_t kMaxBatchEvents = 10'000;
/// Of GetLogEvents and FilterLogEvents: a page. Source: the same.
inline constexpr std::size_t kMaxPageBytes = 1'048'576;
inline constexpr std::int64_t kMaxPageEvents = 10'000;
/// Of DescribeLogGroups and DescribeLogStreams. Source: DescribeLimit, "the default is up to 50
/// items", the same.
inline constexpr std::int64_t kMaxDescribed = 50;

http::Response create_log_group(const StoreParts& parts, const Call& call);
http::Response delete_log_group(const StoreParts& parts, const Call& call);
http::Response describe_log_groups(const StoreParts& parts, const Call& call);
http::Response put_retention_policy(const StoreParts& parts, const Call& call);
http::Response delete_retention_policy(const StoreParts& parts, const Call& call);
http::Response put_deletion_protection(const StoreParts& parts, const Call& call);
http::Response create_log_stream(const StoreParts& parts, const Call& call);
http::Response delete_log_stream(const StoreParts& parts, const Call& call);
http::Response describe_log_streams(const StoreParts& parts, const Call& call);
http::Response tag_log_group(const StoreParts& parts, const Call& call);
http::Response untag_log_group(const StoreParts& parts, const Call& call);
http::Response list_tags_log_group(const StoreParts& parts, const Call& call);
http::Response tag_resource(const StoreParts& parts, const Call& call);
http::Response untag_resource(const StoreParts& parts, const Call& call);
http::Response list_tags_for_resource(const StoreParts& parts, const Call& call);
http::Response put_log_events(const StoreParts& parts, const Call& call);
http::Response get_log_events(const StoreParts& parts, const Call& call);
http::Response filter_log_events(const StoreParts& parts, const Call& call);
http::Response get_log_record(const StoreParts& parts, const Call& call);

/// As the service writes ids: 56 decimal digits. Also of sequence tokens, and of record pointers.
std::string event_id_text(std::uint64_t id);
std::optional<std::uint64_t> parse_event_id(std::string_view text) noexcept;

/// Milliseconds since 1970.
std::int64_t now_ms(const Clock& clock) noexcept;

class Parameters;
/// The member `tags`, at least one unless absent; complains of what is wrong.
Tags read_tags(Parameters& in);

}  // namespace aloft::console::logs
