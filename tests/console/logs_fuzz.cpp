// SPDX-License-Identifier: Apache-2.0
// What any client may post to CloudWatch Logs: the first byte chooses the operation, the rest is
// its body. The same bytes are an event of a log.
#include "console/logs/columns.hpp"
#include "console/logs/log_store.hpp"
#include "console/logs/operations.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace {

using namespace aloft::console;

constexpr auto kNames = std::to_array<std::string_view>(
    {"CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogGroups", "DescribeLogStreams",
     "GetLogEvents", "FilterLogEvents", "PutRetentionPolicy", "TagLogGroup", "TagResource",
     "UntagResource", "GetLogRecord", "DeleteLogStream", "ListTagsForResource"});

struct Fixture {
  std::unique_ptr<logs::LogStore> store;
  logs::OperationTable table;

  Fixture() {
    auto created =
        logs::LogStore::create({.max_bytes = logs::kMinLogStoreBytes}, aloft::Clock::system());
    if (!created) std::abort();
    store = std::move(*created);
    logs::add_store_operations(table, *store, aloft::Clock::system());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture fixture;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)fixture.store->create_group("/a", {});
  (void)fixture.store->create_stream("/a", "s");
  const auto answer = fixture.table.answer(kNames[data[0] % kNames.size()], {body, "eu-west-1"});
  if (answer.status != 200 && answer.status / 100 != 4) std::abort();
  static logs::ColumnReader reader;
  const logs::ColumnViews columns = reader.read(body);
  if (columns.level.size() > logs::kMaxColumnBytes) std::abort();
  return 0;
}
