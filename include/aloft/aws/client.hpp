// SPDX-License-Identifier: Apache-2.0
// One service of AWS: signs a call, sends it, and says what its answer means for who sends.
//
//   auto credentials = std::make_shared<CachedCredentials>(std::move(*cached));
//   Result<AwsClient> xray = AwsClient::create({.service = Service::xray}, *settings, credentials);
//   xray->send({.path = "/TraceSegments", .body = body}, deadline, [](AwsAnswer answer) {
//     if (answer.verdict.failure) retry_or_give_up(answer.verdict);
//   });
//
// A call whose signature was refused for its time is signed again, once, with the clock corrected;
// one whose credentials had expired is sent again, once, with new ones. Nothing else is repeated
// here: that is the delivery engine's. A verdict's message names error codes that we know and
// nothing else of an answer.
//
// Thread-safety: all of it once created; moving and destroying are not.
#pragma once

#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/endpoints.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>
#include <aloft/http/headers.hpp>
#include <aloft/http/method.hpp>
#include <aloft/http_client/client.hpp>
#include <aloft/telemetry/delivery/wire.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace aloft {
inline namespace v0 {
namespace aws {

struct AwsClientOptions {
  Service service = Service::xray;
  /// Its authorities and proxy are those of the settings, unless `ca_file` is given.
  http_client::ClientOptions http{};
  /// See `SignerOptions::body_signed`.
  bool body_signed = true;
};

struct AwsRequest {
  http::Method method = http::Method::post;
  std::string path = "/";  ///< and query; behind the endpoint
  http::Headers headers{};
  std::string body{};
};

struct AwsAnswer {
  /// `failure` is empty for a status of 2xx.
  delivery::Answer verdict{};
  /// The service's error code when it is one we know, e.g. "ThrottledException".
  std::string code{};
  /// What came; status 0 when nothing did.
  http_client::ClientResponse response{};
};

struct AwsClientStats {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;          ///< of them, whatever the reason
  std::uint64_t skew_corrections = 0;  ///< signed again with the clock corrected
  std::uint64_t skew_refusals = 0;     ///< the service's clock is more than a day away
  std::uint64_t renewals = 0;          ///< sent again with new credentials
};

class AwsClient {
 public:
  /// Told once; runs on a thread of the client or of the credentials, or inside `send`.
  using Done = std::function<void(AwsAnswer)>;

  /// Opens no socket and starts no thread.
  /// @error as `resolve_endpoint`, `Signer::create` and `http_client::Client::create`.
  static Result<AwsClient> create(AwsClientOptions options, const Settings& settings,
                                  std::shared_ptr<CachedCredentials> credentials,
                                  Platform platform = Platform::system());

  AwsClient(AwsClient&&) noexcept;
  AwsClient& operator=(AwsClient&&) noexcept;
  /// Cancels what is in flight and tells each `Done`; who waits for credentials is told when they
  /// come. May be called in a `Done`: then a thread ends after it, and the platform has to live on.
  ~AwsClient();

  /// Never blocks.
  void send(AwsRequest request, Deadline deadline, Done done);

  const Endpoint& endpoint() const noexcept;
  /// How far the service's clock is ahead of ours, as far as a refusal has told.
  Nanoseconds clock_skew() const noexcept;
  AwsClientStats stats() const noexcept;

 private:
  class Core;
  explicit AwsClient(std::shared_ptr<Core> core) noexcept;
  std::shared_ptr<Core> core_;
};

}  // namespace aws
}  // namespace v0
}  // namespace aloft
