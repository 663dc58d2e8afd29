// SPDX-License-Identifier: Apache-2.0
// What the code of a guide runs on in its test: a telemetry that is driven by hand, and the spans
// that it sent.
//
//   Bench bench;
//   charge(bench.tracer(), "c-17");
//   EXPECT_EQ(bench.sent("charge").annotation("charge_id"), "c-17");
//
// Thread-safety: none.
#pragma once

#include <aloft/http/context.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/router.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::guides {

class Bench {
 public:
  explicit Bench(std::shared_ptr<const Sampler> sampler = nullptr)
      : telemetry_(*Telemetry::create({.service_name = "payments",
                                       .sampler = std::move(sampler),
                                       .exporter = memory_.exporter(),
                                       .pipeline = {.threading = Threading::manual}})) {}

  Tracer tracer() const { return telemetry_.tracer(); }
  /// The first span of that name, or a default one.
  testing::SpanCopy sent(std::string_view name) {
    telemetry_.flush(std::chrono::seconds(1));
    return memory_.span(name);
  }
  std::size_t sent_count() {
    telemetry_.flush(std::chrono::seconds(1));
    return memory_.spans().size();
  }

 private:
  testing::MemoryExporter memory_;
  Telemetry telemetry_;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

/// What `router` answers to a GET of `target` with these headers.
inline http::Response ask(const http::Router& router, std::string target, const Fields& fields) {
  http::Request request;
  request.target = std::move(target);
  for (const auto& [name, value] : fields) request.headers.try_add(name, value);
  http::Context context;
  return router.handle(context, request);
}

}  // namespace aloft::guides
