// SPDX-License-Identifier: Apache-2.0
// Records and a map at a time that stands still, for the tests of the map.
#pragma once

#include "console/map/map_json.hpp"
#include "console/map/service_map.hpp"
#include "console/map/trace_graph.hpp"

#include "../documents.hpp"

#include <aloft/testing/manual_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aloft::console::fixture {

inline constexpr std::int64_t kNow = 1'763'812'345;  // seconds

inline std::shared_ptr<const TraceRecord> record_of(const std::vector<std::string>& documents,
                                                    std::uint64_t trace = 1,
                                                    std::string_view tenant = "acme") {
  TraceGraph graph(fixture::trace_id(trace));
  for (const std::string& document : documents) graph.add(fixture::parsed(document));
  return std::make_shared<const TraceRecord>(graph.record(tenant));
}

inline std::string times(double from, double to) {
  char text[80];
  std::snprintf(text, sizeof text, R"("start_time":%.6f,"end_time":%.6f)", from, to);
  return text;
}

inline std::string http(int status, const std::string& url = "http://h/v1/charges") {
  return R"(,"http":{"request":{"method":"POST","url":")" + url + R"("},"response":{"status":)" +
         std::to_string(status) + "}}";
}

/// A charge that failed because fraud did: payments calls fraud, which answers 503.
inline std::vector<std::string> failed_charge(std::uint64_t trace = 1, double at = kNow - 20) {
  return {
      segment(trace, 2, at,
              http(503) + R"(,"fault":true,"subsegments":[{"name":"db","id":"0000000000000009",)" +
                  times(at, at + 0.01) + R"(,"sql":{}}])"),
      segment(trace, 3, at + 0.01,
              R"(,"type":"subsegment","namespace":"remote","parent_id":"0000000000000002",)"
              R"("fault":true,"cause":{"exceptions":[{"message":"fraud timed out"}]})",
              "fraud"),
      segment(trace, 4, at + 0.02, R"(,"parent_id":"0000000000000003","fault":true)" + http(503),
              "fraud"),
  };
}

class ServiceMapTest : public ::testing::Test {
 protected:
  ServiceMapTest() { set_now(kNow); }
  void set_now(std::int64_t seconds) {
    clock_.jump_wall(WallTime(std::chrono::seconds(seconds)) - clock_.now().wall);
  }
  void add(const std::shared_ptr<const TraceRecord>& record,
           std::shared_ptr<const TraceRecord> before = nullptr) {
    const RecordChange change{std::move(before), record};
    map_.apply({&change, 1});
  }
  std::string json() const { return map_json(map_, 5, clock_.now().wall); }
  OverviewView overview() const {
    return map_.overview((kNow - 300) * 1'000'000, kNow * 1'000'000);
  }
  MapView view() const { return map_.view((kNow - 300) * 1'000'000, kNow * 1'000'000); }

  aloft::testing::ManualClock clock_;
  ServiceMap map_{clock_};
};

}  // namespace aloft::console::fixture
