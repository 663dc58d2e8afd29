// SPDX-License-Identifier: Apache-2.0
// The texts of X-Ray's `aws` block of a call: one table for who records, who reads and who writes
// them.
#pragma once

#include <aloft/telemetry/call_info.hpp>
#include <aloft/telemetry/record.hpp>

#include "telemetry/block.hpp"

#include <string_view>

namespace aloft {
inline namespace v0 {
namespace detail {

struct AwsField {
  EntryType type;
  std::string_view name;  // in the document
  std::string_view AwsCallInfo::*given;
  std::string_view AwsRecord::*kept;
};

inline constexpr AwsField kAwsFields[] = {
    {EntryType::aws_operation, "operation", &AwsCallInfo::operation, &AwsRecord::operation},
    {EntryType::aws_table_name, "table_name", &AwsCallInfo::table_name, &AwsRecord::table_name},
    {EntryType::aws_queue_url, "queue_url", &AwsCallInfo::queue_url, &AwsRecord::queue_url},
    {EntryType::aws_region, "region", &AwsCallInfo::region, &AwsRecord::region},
    {EntryType::aws_account_id, "account_id", &AwsCallInfo::account_id, &AwsRecord::account_id},
    {EntryType::aws_request_id, "request_id", &AwsCallInfo::request_id, &AwsRecord::request_id},
};

}  // namespace detail
}  // namespace v0
}  // namespace aloft
