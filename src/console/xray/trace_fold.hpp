// SPDX-License-Identifier: Apache-2.0
// A trace as X-Ray's API tells it: folded from its documents as the store keeps them, in whatever
// order they came. More than the console's own list needs (which service set an annotation, the
// user agent, the resources), so it is made when somebody asks, from at most a page of traces.
//
//   TraceFolder folder;
//   TraceFold fold = folder.fold(detail, FoldDepth::summary);
//
// Thread-safety: folds are plain values; one folder a thread.
#pragma once

#include "console/document.hpp"
#include "console/store/reader.hpp"
#include "console/xray/trace_spans.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aloft::console::xray {

/// Ours: services, users, resources of one trace that are listed; the rest is left out.
inline constexpr std::size_t kMaxFolded = 100;

struct FoldedService {
  std::string name;
  std::string type;  ///< the segment's origin; empty when it tells none
};

struct FoldedAnnotation {
  enum class Type : std::uint8_t { text, number, boolean };
  std::string key;
  std::string value;
  Type type = Type::text;
  std::string service;  ///< who set it
};

struct FoldedUser {
  std::string name;
  std::string service;
};

struct TraceFold {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;  ///< 0: nothing has ended
  std::int64_t root_start_us = 0;
  std::int64_t root_end_us = 0;
  bool has_root = false;
  bool fault = false;  ///< of the root segment itself; so `error`
  bool error = false;
  bool root_throttle = false;
  bool throttle = false;  ///< of any segment
  bool partial = false;   ///< something is in progress, or the root has not arrived
  int status = 0;
  std::string method;
  std::string url;
  std::string user_agent;
  std::string client_ip;
  std::string entry;  ///< name of the root segment
  std::vector<FoldedService> services;
  std::vector<FoldedAnnotation> annotations;
  std::vector<FoldedUser> users;
  std::vector<std::string> resource_arns;
  std::vector<std::string> instance_ids;
  std::vector<std::string> zones;

  TraceSpans spans;  ///< empty unless asked for

  double duration() const noexcept;
  double response_time() const noexcept;
};

/// How much of a trace is read: its spans are needed by few, and cost as much as all the rest.
enum class FoldDepth : std::uint8_t { summary, spans };

/// Keeps its parsers, which take longer to make than a small trace to fold.
class TraceFolder {
 public:
  TraceFold fold(const TraceDetail& detail, FoldDepth depth);

 private:
  DocumentParser parser_;
  simdjson::dom::parser dom_;
};

}  // namespace aloft::console::xray
