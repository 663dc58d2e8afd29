// SPDX-License-Identifier: Apache-2.0
// What an X-Ray document says of a span, found in OTLP's words: the present names of the semantic
// conventions, their old ones, and the ones of Aloft, with which a span comes back exactly as it
// was recorded (aloft/telemetry/format/otlp_names.hpp).
//
// Of another SDK's span: its name is the service's when it is a segment, and what it calls when it
// calls something, because that is what the map draws; error, throttle and fault follow from the
// status; attributes that X-Ray has no member for stand in its metadata, `default` by name.
//
// Source: semantic conventions, attribute registry with its deprecated names; the mapping of the
// Collector's awsxray exporter; read 2026-11.
// Thread-safety: pure functions.
#pragma once

#include "console/otlp/request.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aloft::console::otlp {

struct HttpFacts {
  std::string_view method;
  std::string url;
  std::string_view user_agent;
  std::string_view client_ip;
  std::int64_t status = 0;
  std::int64_t content_length = -1;
  bool x_forwarded_for = false;
  bool traced = false;

  bool any() const noexcept { return !method.empty() || !url.empty() || status != 0; }
};

struct AwsFacts {
  bool any = false;
  std::string_view operation;
  std::string_view table_name;
  std::string_view queue_url;
  std::string_view region;
  std::string_view account_id;
  std::string_view request_id;
  std::int64_t retries = -1;
};

struct SqlFacts {
  bool any = false;
  std::string url;
  std::string_view database_type;
  std::string_view database_version;
  std::string_view driver_version;
  std::string_view user;
  std::string_view preparation;
  std::string_view sanitized_query;
};

struct SpanFacts {
  bool is_segment = false;
  std::string name;
  std::string_view name_space;  ///< "remote", "aws" or empty
  HttpFacts http;
  AwsFacts aws;
  SqlFacts sql;
  bool error = false;
  bool throttle = false;
  bool fault = false;
  std::string_view user;
  std::string_view sampling_rule;
  /// Of another SDK: attributes that nothing above was made from, by index.
  std::vector<std::size_t> rest;
};

/// Whose resource this is.
struct Sender {
  explicit Sender(const Resource& resource);

  bool is_aloft = false;
  std::string_view service;
  std::string service_members;  ///< versions, as members of X-Ray's `service` block
  std::string_view sdk_version;
  std::string sdk;  ///< as X-Ray documents say it
  std::string_view origin;
  std::string aws_members;  ///< where it runs, as members of X-Ray's `aws` block
  const Attributes* attributes;
};

/// A span that begins a segment: without a parent, or with one in another process.
bool begins_segment(const Span& span) noexcept;

/// Aloft says that it does not stand below its parent, though both came together.
bool is_detached(const Span& span) noexcept;

SpanFacts facts_of(const Span& span, const Sender& sender);

}  // namespace aloft::console::otlp
