// SPDX-License-Identifier: Apache-2.0
// OTLP/HTTP as one wire of the delivery engine: batches of spans, as protobuf, to an OpenTelemetry
// Collector, to `aloft-console`, or to whatever else takes `POST /v1/traces`.
//
//   Result<OtlpOptions> options = OtlpOptions::from_environment(Environment::from_process());
//   if (!options) return unexpected(options.error());
//   auto wire = OtlpWire::create(std::move(*options), {.service_name = "payments"});
//
// A record's payload is what `OtlpTraceWriter` gives for one trace. A request is an envelope and
// payloads side by side, gzipped unless told otherwise, so nothing is ever encoded twice.
//
// What an answer means: 200 has all but the spans that its partial success rejects; 429 and 502,
// 503, 504 are tried again, after `Retry-After` if there is one; 400 and 413 say that a record is
// not acceptable, and not which; 401 and 403 are about credentials; the rest is final.
// Source: OTLP specification 1.9, "OTLP/HTTP Response", read 2026-11.
//
// Thread-safety: as every `delivery::Wire`.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/environment.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/telemetry/delivery/wire.hpp>
#include <aloft/telemetry/record.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http_client {

struct OtlpOptions {
  /// The whole URL, path included.
  std::string url = "http://localhost:4318/v1/traces";
  /// Sent with each request, e.g. an API key.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Ours: every receiver must take it, and spans shrink to a fifth.
  bool gzip = true;
  /// For one request. Source: OTEL_EXPORTER_OTLP_TIMEOUT, 10 s.
  Nanoseconds timeout = std::chrono::seconds(10);
  std::string ca_file{};  ///< as `ClientOptions::ca_file`
  /// Told each request just before it is sent, body and fields complete: signs or decorates it. Its
  /// error ends the request as `Failure::unauthorized`, `deadline_exceeded` as one that passes.
  /// Called on the engine's thread, where it should not wait.
  std::function<Result<void>(ClientRequest&)> decorate{};
  /// Told each answer with 401 or 403, on the client's thread: what `decorate` signs with is not
  /// taken. Must not block or throw.
  std::function<void(const ClientResponse&)> refused{};
  /// Requests at once.
  std::size_t in_flight_limit = 16;
  /// Ours: a request below the 4 MiB that many receivers take, of records of at most 1 MiB, and of
  /// the spans that AWS's endpoint takes.
  delivery::Limits limits{.batch_records = 1'000,
                          .batch_bytes = 2u << 20,
                          .batch_count = 10'000,
                          .record_bytes = 1u << 20};

  /// `base` with the variables of the OpenTelemetry specification laid over it; those for traces
  /// win over those for all signals. OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT, HEADERS, TIMEOUT,
  /// COMPRESSION, CERTIFICATE, PROTOCOL.
  /// @error invalid_argument  names the variable; e.g. a protocol other than http/protobuf.
  /// Source: "OpenTelemetry Protocol Exporter", specification 1.50, read 2026-11.
  static Result<OtlpOptions> from_environment(const Environment& environment);
  static Result<OtlpOptions> from_environment(const Environment& environment, OtlpOptions base);
};

/// What AWS's endpoint `https://xray.<region>.amazonaws.com/v1/traces` takes: 5 MB not compressed
/// and 10,000 spans in a request, spans of at most 14 days, within 24 hours.
/// Source: "OTLP endpoints", CloudWatch user guide, read 2026-11.
delivery::Limits aws_otlp_limits() noexcept;

struct OtlpStats {
  std::uint64_t requests = 0;    ///< handed to the client
  std::uint64_t body_bytes = 0;  ///< of them, not compressed
  std::uint64_t sent_bytes = 0;  ///< of them, as sent
  std::uint64_t partial = 0;     ///< answers that rejected some spans
  std::uint64_t unreadable = 0;  ///< accepted, but with a body that is no OTLP answer
};

class OtlpWire final : public delivery::Wire {
 public:
  /// @param resource  who speaks; stands in front of every batch.
  /// @error invalid_argument  the url, a header or another option cannot be used.
  /// @error resource_exhausted  as `Client::create`, or no memory for gzip.
  static Result<std::unique_ptr<OtlpWire>> create(OtlpOptions options, const Resource& resource,
                                                  Platform platform = Platform::system());
  /// Cancels what is in flight; each `Done` is called.
  ~OtlpWire() override;

  delivery::Limits limits() const noexcept override;
  void send(delivery::Records records, Deadline deadline, Done done) noexcept override;
  /// There is nothing to create.
  void create_missing(Deadline deadline, Done done) noexcept override;

  OtlpStats stats() const noexcept;

 private:
  class Impl;
  explicit OtlpWire(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace http_client
}  // namespace v0
}  // namespace aloft
