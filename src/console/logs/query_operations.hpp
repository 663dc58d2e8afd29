// SPDX-License-Identifier: Apache-2.0
// StartQuery, GetQueryResults, StopQuery and DescribeQueries.
//
//   add_query_operations(table, {store, clock, runner});
//
// Source: CloudWatch Logs service model, botocore 1.43, read 2026-11.
// Thread-safety: as the table.
#pragma once

#include "console/logs/operations.hpp"
#include "console/logs/query_runner.hpp"

#include <aloft/core/clock.hpp>

namespace aloft::console::logs {

/// All of it outlives the table.
struct QueryParts {
  LogStore& store;
  Clock& clock;
  QueryRunner& runner;
};

void add_query_operations(OperationTable& table, const QueryParts& parts);

}  // namespace aloft::console::logs
