// SPDX-License-Identifier: Apache-2.0
// A strict AWS endpoint on loopback: it enforces what AWS documents, keeps its own ledger of what
// it accepted, and fails on demand, down to the connection. Your exporter, wire or whole service
// runs against it with real sockets; afterwards the ledger says what really arrived.
//
//   Result<FakeAws> aws = FakeAws::create();
//   aws->next({Fault::throttle, Fault::reset_after});     // then as `plan` says
//   …send to aws->url()…
//   EXPECT_EQ(aws->ledger().spans.size(), 3);             // unique ids, however often they came
//
// It knows PutTraceSegments of X-Ray, and of CloudWatch Logs what a writer needs: PutLogEvents,
// CreateLogStream, CreateLogGroup, PutRetentionPolicy. Any other operation is refused by name. The
// signature itself is only checked by `FakeAwsOptions::verify`, the rest of it (form, key, token,
// region, date) always.
//
// Thread-safety: all of it; creating, moving and destroying are not.
#pragma once

#include <aloft/core/clock.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace aloft {
inline namespace v0 {
namespace testing {

/// What goes wrong with one request.
enum class Fault : std::uint8_t {
  none,
  throttle,              ///< 429 ThrottledException, of Logs 400 ThrottlingException, with
                         ///< `FaultPlan::retry_after`
  server_error,          ///< 500 InternalFailure, nothing taken
  unavailable,           ///< 503 ServiceUnavailable, nothing taken
  reset_before,          ///< the connection ends before anything is taken
  reset_after,           ///< everything is taken, and the connection ends instead of an answer
  half_answer,           ///< everything is taken, and the answer breaks off
  slow,                  ///< everything is taken, the answer comes after `FaultPlan::slow_for`
  expired,               ///< 403 ExpiredTokenException, nothing taken
  unprocessed,           ///< every second document comes back as throttled, the rest is taken
  unprocessed_nameless,  ///< the first comes back as throttled and without its id
  aborted,  ///< 400 OperationAbortedException, nothing done: somebody else is making the same
  missing,  ///< all log streams are deleted before the request is looked at
  accepted_before  ///< 400 DataAlreadyAcceptedException of PutLogEvents, everything taken
};
inline constexpr std::size_t kFaultCount = 14;

/// How often each fault happens to a request, as a share of 1; together at most 1.
struct FaultPlan {
  std::map<Fault, double> rates{};
  Nanoseconds slow_for = std::chrono::milliseconds(200);
  Nanoseconds retry_after{0};  ///< in whole seconds; 0: no such header
  std::uint64_t seed = 1;
};

/// A request as it came.
struct FakeAwsRequest {
  std::string method;
  std::string target;
  http::Headers headers;
  std::string body;
};

struct FakeAwsOptions {
  std::string region = "eu-west-1";
  std::string access_key_id = "AKIDEXAMPLE";
  std::string session_token{};  ///< empty: none may be sent
  /// An event of CloudWatch Logs that holds this text costs its whole call: it is refused with
  /// InvalidParameterException. Empty: none does.
  std::string poison{};
  /// Whether a signature is right; unset: none is judged.
  std::function<bool(const FakeAwsRequest&)> verify{};
};

/// An event as CloudWatch Logs has it.
struct FakeLogEvent {
  std::string group;
  std::string stream;
  std::string message;
  std::int64_t timestamp_ms = 0;
};

struct FakeLogGroup {
  int retention_days = 0;  ///< 0: for ever
  std::string kms_key_id{};
  std::string group_class{};
  std::map<std::string, std::string> tags{};
  std::set<std::string> streams{};
};

/// What the other side says for itself.
struct FakeAwsLedger {
  std::uint64_t requests = 0;   ///< read as a whole, faults included
  std::uint64_t documents = 0;  ///< taken, repetitions included
  /// Each span taken, by trace and span id ("1-…-….0123456789abcdef"), and how often.
  std::map<std::string, std::uint32_t> spans{};
  std::map<std::string, std::uint64_t> refused_requests{};   ///< by the error's name
  std::map<std::string, std::uint64_t> refused_documents{};  ///< by the error's code
  std::map<Fault, std::uint64_t> faults{};

  // Of CloudWatch Logs.
  std::uint64_t events = 0;                      ///< taken, repetitions included
  std::map<std::string, std::uint32_t> lines{};  ///< each message taken, and how often
  std::vector<FakeLogEvent> log_events{};        ///< taken, as they came
  std::map<std::string, FakeLogGroup> log_groups{};
  std::map<std::string, std::uint64_t> log_calls{};  ///< by operation, faults not included
  /// Not taken, out of a call that was: by the name of the index that says so.
  std::map<std::string, std::uint64_t> refused_events{};

  /// Spans and lines that came more than once.
  std::size_t duplicates() const noexcept;
};

class FakeAws {
 public:
  /// Listens on a free port of 127.0.0.1.
  /// @error resource_exhausted  no socket or no thread.
  static Result<FakeAws> create(FakeAwsOptions options = {},
                                Platform platform = Platform::system());

  FakeAws(FakeAws&&) noexcept;
  FakeAws& operator=(FakeAws&&) noexcept;
  /// Breaks every connection off and joins the threads.
  ~FakeAws();

  std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:PORT"
  std::string url() const;

  /// The faults of the next requests, one each; after them `plan` decides.
  void next(std::vector<Fault> faults);
  void plan(FaultPlan plan);
  /// From now on only these are known; others are UnrecognizedClientException.
  void rotate(std::string access_key_id, std::string session_token);
  /// How far its clock is ahead of the platform's; a request's date may be 5 minutes off.
  void skew(Nanoseconds ahead);

  FakeAwsLedger ledger() const;

 private:
  class Service;
  explicit FakeAws(std::unique_ptr<Service> service) noexcept;
  std::unique_ptr<Service> service_;
};

}  // namespace testing
}  // namespace v0
}  // namespace aloft
