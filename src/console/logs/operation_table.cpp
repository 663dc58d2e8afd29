// SPDX-License-Identifier: Apache-2.0
#include "console/logs/operations.hpp"
#include "console/logs/store_operations.hpp"

#include <aloft/core/json_writer.hpp>
#include <aloft/core/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace aloft::console::logs {
namespace {

using http::Response;

constexpr std::string_view kContentType = "application/x-amz-json-1.1";
// Sixteen violations that tell 600 bytes each, escaped.
constexpr std::size_t kMaxErrorBytes = std::size_t{128} << 10U;
constexpr std::size_t kEventIdDigits = 56;

// What else CloudWatch Logs can do, sorted, so that a refusal can name it without repeating what
// was sent. Source: CloudWatch Logs service model, botocore 1.43, read 2026-11.
constexpr auto kOperations =
    std::to_array<std::string_view>({"AssociateKmsKey",
                                     "AssociateSourceToS3TableIntegration",
                                     "CancelExportTask",
                                     "CancelImportTask",
                                     "CreateDelivery",
                                     "CreateExportTask",
                                     "CreateImportTask",
                                     "CreateLogAnomalyDetector",
                                     "CreateLogGroup",
                                     "CreateLogStream",
                                     "CreateLookupTable",
                                     "CreateScheduledQuery",
                                     "DeleteAccountPolicy",
                                     "DeleteDataProtectionPolicy",
                                     "DeleteDelivery",
                                     "DeleteDeliveryDestination",
                                     "DeleteDeliveryDestinationPolicy",
                                     "DeleteDeliverySource",
                                     "DeleteDestination",
                                     "DeleteIndexPolicy",
                                     "DeleteIntegration",
                                     "DeleteLogAnomalyDetector",
                                     "DeleteLogGroup",
                                     "DeleteLogStream",
                                     "DeleteLookupTable",
                                     "DeleteMetricFilter",
                                     "DeleteQueryDefinition",
                                     "DeleteResourcePolicy",
                                     "DeleteRetentionPolicy",
                                     "DeleteScheduledQuery",
                                     "DeleteSubscriptionFilter",
                                     "DeleteTransformer",
                                     "DescribeAccountPolicies",
                                     "DescribeConfigurationTemplates",
                                     "DescribeDeliveries",
                                     "DescribeDeliveryDestinations",
                                     "DescribeDeliverySources",
                                     "DescribeDestinations",
                                     "DescribeExportTasks",
                                     "DescribeFieldIndexes",
                                     "DescribeImportTaskBatches",
                                     "DescribeImportTasks",
                                     "DescribeIndexPolicies",
                                     "DescribeLogGroups",
                                     "DescribeLogStreams",
                                     "DescribeLookupTables",
                                     "DescribeMetricFilters",
                                     "DescribeQueries",
                                     "DescribeQueryDefinitions",
                                     "DescribeResourcePolicies",
                                     "DescribeSubscriptionFilters",
                                     "DisassociateKmsKey",
                                     "DisassociateSourceFromS3TableIntegration",
                                     "FilterLogEvents",
                                     "GetDataProtectionPolicy",
                                     "GetDelivery",
                                     "GetDeliveryDestination",
                                     "GetDeliveryDestinationPolicy",
                                     "GetDeliverySource",
                                     "GetIntegration",
                                     "GetLogAnomalyDetector",
                                     "GetLogEvents",
                                     "GetLogFields",
                                     "GetLogGroupFields",
                                     "GetLogObject",
                                     "GetLogRecord",
                                     "GetLookupTable",
                                     "GetQueryResults",
                                     "GetScheduledQuery",
                                     "GetScheduledQueryHistory",
                                     "GetTransformer",
                                     "ListAggregateLogGroupSummaries",
                                     "ListAnomalies",
                                     "ListIntegrations",
                                     "ListLogAnomalyDetectors",
                                     "ListLogGroups",
                                     "ListLogGroupsForQuery",
                                     "ListScheduledQueries",
                                     "ListSourcesForS3TableIntegration",
                                     "ListTagsForResource",
                                     "ListTagsLogGroup",
                                     "PutAccountPolicy",
                                     "PutBearerTokenAuthentication",
                                     "PutDataProtectionPolicy",
                                     "PutDeliveryDestination",
                                     "PutDeliveryDestinationPolicy",
                                     "PutDeliverySource",
                                     "PutDestination",
                                     "PutDestinationPolicy",
                                     "PutIndexPolicy",
                                     "PutIntegration",
                                     "PutLogEvents",
                                     "PutLogGroupDeletionProtection",
                                     "PutMetricFilter",
                                     "PutQueryDefinition",
                                     "PutResourcePolicy",
                                     "PutRetentionPolicy",
                                     "PutSubscriptionFilter",
                                     "PutTransformer",
                                     "StartLiveTail",
                                     "StartQuery",
                                     "StopQuery",
                                     "TagLogGroup",
                                     "TagResource",
                                     "TestMetricFilter",
                                     "TestTransformer",
                                     "UntagLogGroup",
                                     "UntagResource",
                                     "UpdateAnomaly",
                                     "UpdateDeliveryConfiguration",
                                     "UpdateLogAnomalyDetector",
                                     "UpdateLookupTable",
                                     "UpdateScheduledQuery"});

using StoreOperation = Response (*)(const StoreParts&, const Call&);

constexpr auto kOfTheStore = std::to_array<std::pair<std::string_view, StoreOperation>>({
    {"CreateLogGroup", create_log_group},
    {"CreateLogStream", create_log_stream},
    {"DeleteLogGroup", delete_log_group},
    {"DeleteLogStream", delete_log_stream},
    {"DeleteRetentionPolicy", delete_retention_policy},
    {"DescribeLogGroups", describe_log_groups},
    {"DescribeLogStreams", describe_log_streams},
    {"FilterLogEvents", filter_log_events},
    {"GetLogEvents", get_log_events},
    {"GetLogRecord", get_log_record},
    {"ListTagsForResource", list_tags_for_resource},
    {"ListTagsLogGroup", list_tags_log_group},
    {"PutLogEvents", put_log_events},
    {"PutLogGroupDeletionProtection", put_deletion_protection},
    {"PutRetentionPolicy", put_retention_policy},
    {"TagLogGroup", tag_log_group},
    {"TagResource", tag_resource},
    {"UntagLogGroup", untag_log_group},
    {"UntagResource", untag_resource},
});

}  // namespace

void OperationTable::add(std::string_view name, Operation operation) {
  operations_.insert_or_assign(std::string(name), std::move(operation));
}

Response OperationTable::answer(std::string_view name, const Call& call) const {
  const auto found = operations_.find(name);
  if (found != operations_.end()) return found->second(call);
  const auto* known = std::find(kOperations.begin(), kOperations.end(), name);
  if (known == kOperations.end()) {
    return error(400, "UnknownOperationException",
                 "neither CloudWatch Logs nor this console has an operation of this name");
  }
  return error(501, "NotImplementedException",
               std::string(*known) + " is not implemented by aloft-console");
}

void add_store_operations(OperationTable& table, LogStore& store, Clock& clock) {
  for (const auto& [name, operation] : kOfTheStore) {
    table.add(name, [parts = StoreParts{store, clock}, operation = operation](const Call& call) {
      return operation(parts, call);
    });
  }
}

Response error(int status, std::string_view code, std::string_view message) {
  json::Buffer buffer(kMaxErrorBytes);
  json::Writer json(buffer);
  json.begin_object();
  json.key("__type").text(code);
  json.key("message").text(message);
  json.end_object();
  return Response::content(status, kContentType, std::string(buffer.view()));
}

Response invalid(std::string_view message) {
  return error(400, "InvalidParameterException", message);
}

Response store_trouble(const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
      return logs::error(400, "ResourceNotFoundException", error.message);
    case ErrorCode::already_exists:
      return logs::error(400, "ResourceAlreadyExistsException", error.message);
    case ErrorCode::resource_exhausted:
      return logs::error(400, "LimitExceededException", error.message);
    default:
      return logs::error(503, "ServiceUnavailableException", error.message);
  }
}

Response success(std::string json) { return Response::content(200, kContentType, std::move(json)); }

std::string event_id_text(std::uint64_t id) {
  const std::string digits = std::to_string(id);
  return std::string(kEventIdDigits - digits.size(), '0') + digits;
}

std::optional<std::uint64_t> parse_event_id(std::string_view text) noexcept {
  if (text.size() != kEventIdDigits) return std::nullopt;
  const std::size_t first = text.find_first_not_of('0');
  if (first == std::string_view::npos) return 0;
  const auto cursor = ScanCursor::parse(text.substr(first));
  return cursor ? std::optional(cursor->id) : std::nullopt;
}

std::int64_t now_ms(const Clock& clock) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock.now().wall.time_since_epoch())
      .count();
}

}  // namespace aloft::console::logs
