// SPDX-License-Identifier: Apache-2.0
// A root span on manual time; what its children record is read from memory after `collect`.
#pragma once

#include "telemetry/bench_of_one.hpp"

#include <aloft/telemetry/sampler.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::integrations {

class IntegrationTest : public ::testing::Test {
 protected:
  /// Ends the root and answers its only child.
  aloft::testing::SpanCopy child() {
    collect();
    for (const aloft::testing::SpanCopy& span : bench.memory.spans()) {
      if (span.parent_id == root_id) return span;
    }
    ADD_FAILURE() << "the root has no child";
    return {};
  }
  void collect() {
    root->end();
    bench.flush();
  }
  /// Ends the root and answers all spans but it, in the order in which they began.
  std::vector<aloft::testing::SpanCopy> children() {
    collect();
    std::vector<aloft::testing::SpanCopy> found;
    for (const aloft::testing::SpanCopy& span : bench.memory.spans()) {
      if (span.id != root_id) found.push_back(span);
    }
    return found;
  }
  /// A span whose caller has decided not to sample.
  Span dropped_root() {
    TraceContext parent;
    parent.trace_id = {0x6789123300000000, 7};
    parent.span_id = {9};
    parent.sampled = Sampled::no;
    return bench.tracer.start("dropped", {.parent = parent});
  }

  Bench bench;
  std::optional<Span> root{bench.tracer.start("root")};
  SpanId root_id = root->id();
};

/// Samples everything, and keeps what it was told of the last request.
class NotingSampler final : public Sampler {
 public:
  struct Told {
    std::string name, tenant, host, http_method, url_path;
    friend bool operator==(const Told&, const Told&) = default;
  };

  bool sample(const SamplingRequest& request) const noexcept override {
    const std::lock_guard lock(mutex_);
    told_ = {std::string(request.name), std::string(request.tenant),
             std::string(request.request.host), std::string(request.request.http_method),
             std::string(request.request.url_path)};
    return true;
  }
  Told told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  mutable std::mutex mutex_;
  mutable Told told_;
};

inline TelemetryOptions sampled_by(std::shared_ptr<const Sampler> sampler) {
  TelemetryOptions options;
  options.sampler = std::move(sampler);
  return options;
}

/// Nothing that was recorded holds this text.
inline void expect_nowhere(const aloft::testing::SpanCopy& span, std::string_view secret) {
  std::string all = span.name + span.http_url + span.http_method + span.http_user_agent +
                    span.sql.url + span.sql.user + span.sql.sanitized_query;
  for (const auto& [key, value] : span.annotations) all += key + span.annotation(key);
  for (const auto& [path, value] : span.metadata) all += path + span.metadatum(path);
  for (const aloft::testing::ExceptionCopy& error : span.exceptions) {
    all += error.type + error.message;
  }
  EXPECT_EQ(all.find(secret), std::string::npos) << all;
}

}  // namespace aloft::integrations
