// SPDX-License-Identifier: Apache-2.0
// A downstream service called "ledger", and what a call to it records.
#pragma once

#include <aloft/http_client/service_client.hpp>
#include <aloft/telemetry/telemetry.hpp>
#include <aloft/testing/memory_exporter.hpp>

#include "http_client/fixture.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace aloft::http_client {

inline constexpr TraceId kTrace{0x67891233abcdef01, 0x2345678912345678};

class ServiceClientTest : public ClientTest {
 protected:
  /// A service called "ledger" that keeps what arrives and answers with `bytes`.
  ServiceClient& call(std::string_view bytes, ServiceOptions options = {}) {
    answer_ = bytes;
    server_.emplace([this](RawConnection& connection) {
      std::string head;
      while (!(head = connection.receive_request()).empty()) {
        {
          const std::lock_guard lock(mutex_);
          seen_ = head;
        }
        if (!connection.send(answer_)) return;
      }
    });
    options.url = server_->url("") + options.url;
    return point_at(std::move(options));
  }
  ServiceClient& point_at(ServiceOptions options) {
    make();
    telemetry_.emplace(
        std::move(*Telemetry::create({.service_name = "payments",
                                      .exporter = memory_.exporter(),
                                      .pipeline = {.threading = Threading::manual}})));
    options.name = "ledger";
    Result<ServiceClient> service = ServiceClient::create(std::move(options), *client_);
    EXPECT_TRUE(service) << service.error().to_string();
    service_.emplace(std::move(*service));
    return *service_;
  }
  Span root(Sampled sampled = Sampled::yes) {
    return telemetry_->tracer().start("payments",
                                      {.parent = {kTrace, {}, sampled}, .kind = SpanKind::server});
  }
  std::string seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  testing::SpanCopy span() {
    telemetry_->flush(1s);
    return memory_.span("ledger");
  }

  std::mutex mutex_;
  std::string seen_;
  std::string answer_;
  std::optional<RawServer> server_;
  testing::MemoryExporter memory_;
  std::optional<Telemetry> telemetry_;
  std::optional<ServiceClient> service_;
};

}  // namespace aloft::http_client
