// SPDX-License-Identifier: Apache-2.0
// Segment documents straight to X-Ray, without a daemon: PutTraceSegments as a wire of the delivery
// engine.
//
//   Result<AwsClient> xray = AwsClient::create({.service = Service::xray}, *settings, credentials);
//   std::unique_ptr<delivery::Wire> wire = xray_wire(std::move(*xray));
//
// A record's payload is one segment document in JSON, as `XRayDocumentWriter` writes it without
// prefix. Of a call that X-Ray accepts in part, each document that it names is refused with a
// reason: throttled and internal errors may be sent again, what is invalid may not. When it names
// one that we cannot find, the whole call counts as failed and is sent again: a document that comes
// twice replaces itself (X-Ray developer guide, "Segment documents", read 2026-11).
//
// In a fork's child a client cannot be used: a wire that was given the way to make one makes
// another there, with credentials of its own; one that was given a client delivers nothing.
//
// Thread-safety: as delivery::Wire.
#pragma once

#include <aloft/aws/client.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <functional>
#include <memory>

namespace aloft {
inline namespace v0 {
namespace aws {

/// The service answers more with InvalidRequestException. Source: X-Ray, as seen in
/// opentelemetry-collector-contrib #203, read 2026-11.
inline constexpr std::size_t kMaxSegmentsPerCall = 50;
/// Source: X-Ray developer guide, "Segment documents": 64 kB, read 2026-11.
inline constexpr std::size_t kMaxSegmentBytes = 64'000;
/// Ours, before escaping, which adds a sixth: 50 documents of 20 KB; no limit of a call is
/// documented.
inline constexpr std::size_t kMaxCallBytes = 1'000'000;

/// Needs the permission xray:PutTraceSegments.
std::unique_ptr<delivery::Wire> xray_wire(AwsClient client);
/// @param make  called here, and by the first `send` in each child of a fork, on its thread.
/// @error as `make`.
Result<std::unique_ptr<delivery::Wire>> xray_wire(std::function<Result<AwsClient>()> make);

}  // namespace aws
}  // namespace v0
}  // namespace aloft
