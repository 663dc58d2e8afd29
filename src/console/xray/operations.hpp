// SPDX-License-Identifier: Apache-2.0
// The AWS operations of the X-Ray port, one a source. Each takes a request that was authorised and
// answers in the shapes of the service: botocore, the aws CLI and the SDKs read them unchanged.
//
// Source: X-Ray service model and STS service model, botocore 1.43, read 2026-11.
// Thread-safety: handlers run on several threads; what they use is thread-safe.
#pragma once

#include "console/intake.hpp"
#include "console/map/service_map.hpp"
#include "console/store.hpp"
#include "console/xray/signature.hpp"

#include <aloft/core/clock.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>

#include <string_view>

namespace aloft::console::xray {

/// Twelve zeros: no account of AWS has them.
inline constexpr std::string_view kAccount = "000000000000";

/// What the operations work with; all of it outlives the handler.
struct OperationParts {
  Store& store;
  Intake& intake;
  const ServiceMap& map;
  Clock& clock;
};

http::Response put_trace_segments(const OperationParts& parts, std::string_view body);
http::Response put_telemetry_records(std::string_view body);
http::Response get_trace_summaries(const OperationParts& parts, std::string_view body);
http::Response batch_get_traces(const OperationParts& parts, std::string_view body);
http::Response get_service_graph(const OperationParts& parts, std::string_view body);
http::Response get_trace_graph(const OperationParts& parts, std::string_view body);
/// The query protocol of STS: a form in, XML out.
http::Response answer_sts(const Signer& signer, std::string_view form);

/// The same protocol's refusal; nothing is escaped, so both are texts of ours.
http::Response sts_error(int status, std::string_view code, std::string_view message);

/// restJson1: the code in a header and in the body, the sentence as "Message".
http::Response error(int status, std::string_view code, std::string_view message);
inline http::Response invalid(std::string_view message) {
  return error(400, "InvalidRequestException", message);
}

}  // namespace aloft::console::xray
