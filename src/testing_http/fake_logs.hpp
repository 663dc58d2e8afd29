// SPDX-License-Identifier: Apache-2.0
// What CloudWatch Logs takes and what it refuses: PutLogEvents, CreateLogStream, CreateLogGroup and
// PutRetentionPolicy, to the byte. Any other operation is refused by name, those that describe
// above all: a client that needs none of them calls none.
//
// Sources: CloudWatch Logs API reference as botocore's model of the service has it, and the user
// guide, "CloudWatch Logs quotas", read 2026-11.
// Thread-safety: none; its owner has a lock.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace http {
class JsonDocument;
}
namespace testing {

/// The prefix of `x-amz-target`.
inline constexpr std::string_view kLogsTarget = "Logs_20140328.";

struct FakeLogsAnswer {
  std::string error{};  ///< empty: 200 with `body`
  std::string text{};   ///< a message, or the body
};

class FakeLogs {
 public:
  /// @param poison  a text for which an event is refused, and its call with it; empty: none is.
  explicit FakeLogs(std::string poison) : poison_(std::move(poison)) {}

  /// @param request  with a target of `kLogsTarget`.
  FakeLogsAnswer serve(const FakeAwsRequest& request, WallTime now, FakeAwsLedger& ledger);
  /// Of all groups: what a client wrote to is gone.
  void delete_streams(FakeAwsLedger& ledger);

 private:
  FakeLogsAnswer create_group(const http::JsonDocument& json, FakeAwsLedger& ledger);
  FakeLogsAnswer create_stream(const http::JsonDocument& json, FakeAwsLedger& ledger);
  FakeLogsAnswer set_retention(const http::JsonDocument& json, FakeAwsLedger& ledger);
  FakeLogsAnswer put_events(const http::JsonDocument& json, WallTime now, FakeAwsLedger& ledger);
  FakeLogsAnswer take_events(const std::vector<FakeLogEvent>& events, std::int64_t now_ms,
                             int retention_days, FakeAwsLedger& ledger) const;
  /// One call more of this second; false when they are too many.
  bool within_rate(const std::string& operation, WallTime now);

  struct Rate {
    std::int64_t second = 0;
    std::uint32_t calls = 0;
  };
  std::string poison_;
  std::map<std::string, Rate> rates_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
