// SPDX-License-Identifier: Apache-2.0
// Naming one option of many is no warning, whatever the others are: g++ counts a field as forgotten
// when its declaration gives it no value. Compiled by headers.py, never run.
#include <aloft/aloft.hpp>
#include <aloft/http/middleware/standard.hpp>
#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>
#include <aloft/http_client/service_client.hpp>
#include <aloft/http_server/server_options.hpp>

namespace {

[[maybe_unused]] const aloft::TelemetryOptions kTelemetry{.enabled = false};
[[maybe_unused]] const aloft::PipelineOptions kPipeline{.threading = aloft::Threading::manual};
[[maybe_unused]] const aloft::StartOptions kStart{.kind = aloft::SpanKind::server};
[[maybe_unused]] const aloft::HttpRequestInfo kRequestInfo{.url = "https://example.com"};
[[maybe_unused]] const aloft::AwsCallInfo kCall{.operation = "PutItem"};
[[maybe_unused]] const aloft::http::TracingOptions kTracing{.edge = aloft::http::EdgePolicy::trust};
[[maybe_unused]] const aloft::http::StandardGuards kGuards{
    .tracing = {.edge = aloft::http::EdgePolicy::trust}};
[[maybe_unused]] const aloft::http::Request kRequest{.method = aloft::http::Method::post};
[[maybe_unused]] const aloft::http::Response kResponse{.status = 204};
[[maybe_unused]] const aloft::http_server::ServerOptions kServer{.port = 8080};
[[maybe_unused]] const aloft::http_client::ClientOptions kClient{.in_flight_limit = 8};
[[maybe_unused]] const aloft::http_client::ClientRequest kGet{.method = aloft::http::Method::get};
[[maybe_unused]] const aloft::http_client::ServiceOptions kService{.name = "ledger"};
[[maybe_unused]] const aloft::http_client::ServiceRequest kCallOf{.route = "/v1/entries"};
[[maybe_unused]] const aloft::SqlCallInfo kSql{.database_type = "SQLite"};

}  // namespace
