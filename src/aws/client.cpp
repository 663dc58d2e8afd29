// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/client.hpp>

#include "aws/error_codes.hpp"
#include "aws/verdict.hpp"
#include "core/fork_epoch.hpp"

#include <aloft/aws/clock_skew.hpp>
#include <aloft/aws/signing.hpp>

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {

class AwsClient::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Endpoint endpoint, Signer signer, http_client::Client client,
       std::shared_ptr<CachedCredentials> credentials, Platform platform)
      : endpoint_(std::move(endpoint)),
        signer_(std::move(signer)),
        platform_(platform),
        client_(std::make_shared<http_client::Client>(std::move(client))),
        credentials_(std::move(credentials)),
        fork_epoch_(detail::fork_epoch()) {}

  void send(AwsRequest request, Deadline deadline, Done done) {
    ++requests_;
    auto call = std::make_shared<Call>();
    call->request = {.method = request.method,
                     .url = endpoint_.url + request.path,
                     .headers = std::move(request.headers),
                     .body = std::move(request.body)};
    call->deadline = deadline;
    call->done = std::move(done);
    find_credentials(std::move(call));
  }
  void stop() noexcept {
    // In a fork's child the lock may be held by a thread that is not there.
    if (fork_epoch_ != detail::fork_epoch()) return;
    // Both end behind the lock. Whoever still runs for us holds neither, so that the last of the
    // credentials never ends on their own thread, which could not wait for itself.
    std::shared_ptr<http_client::Client> last_client;
    std::shared_ptr<CachedCredentials> last_credentials;
    const std::lock_guard lock(mutex_);
    last_client.swap(client_);
    last_credentials.swap(credentials_);
  }

  const Endpoint& endpoint() const noexcept { return endpoint_; }
  Nanoseconds clock_skew() const noexcept { return skew_.offset(); }
  AwsClientStats stats() const noexcept {
    return {.requests = requests_.load(),
            .failures = failures_.load(),
            .skew_corrections = skew_.corrections(),
            .skew_refusals = skew_.refusals(),
            .renewals = renewals_.load()};
  }

 private:
  struct Call {
    http_client::ClientRequest request{};
    Deadline deadline{};
    Done done{};
    SharedCredentials used{};
    Nanoseconds signed_ahead{};  // how far the clock was corrected for the signature
    bool skew_corrected = false;
    bool renewed = false;
  };
  using SharedCall = std::shared_ptr<Call>;

  template <typename T>
  std::shared_ptr<T> get(const std::shared_ptr<T>& member) {
    const std::lock_guard lock(mutex_);
    return member;
  }
  void finish_ended(Call& call) {
    finish(call, judge_no_credentials({ErrorCode::cancelled, "the client has ended", ""}), {}, {});
  }

  void find_credentials(SharedCall call) {
    const Deadline deadline = call->deadline;
    const std::shared_ptr<CachedCredentials> credentials = get(credentials_);
    if (credentials == nullptr) return finish_ended(*call);
    credentials->get(deadline, [self = shared_from_this(),
                                call = std::move(call)](Result<SharedCredentials> who) {
      if (!who) return self->finish(*call, judge_no_credentials(who.error()), {}, {});
      self->sign_and_send(call, std::move(*who));
    });
  }
  void sign_and_send(const SharedCall& call, SharedCredentials who) {
    call->used = std::move(who);
    call->signed_ahead = skew_.offset();
    const WallTime now = platform_.clock.now().wall + call->signed_ahead;
    if (Result<void> ok = signer_.sign(call->request, *call->used, now); !ok) {
      return finish(*call, judge_no_answer(ok.error()), {}, {});
    }
    const std::shared_ptr<http_client::Client> client = get(client_);
    if (client == nullptr) return finish_ended(*call);
    // A copy: it may have to be sent again.
    client->send(call->request, call->deadline,
                 [self = shared_from_this(), call](Result<http_client::ClientResponse> answer) {
                   self->take(call, std::move(answer));
                 });
  }
  void take(const SharedCall& call, Result<http_client::ClientResponse> answer) {
    if (!answer) return finish(*call, judge_no_answer(answer.error()), {}, {});
    if (answer->ok()) return finish(*call, delivery::Answer::accepted(), {}, std::move(*answer));
    const std::string code = error_code(*answer);
    const WallTime now = platform_.clock.now().wall;
    if (is_about_time(code) && !call->skew_corrected) {
      call->skew_corrected = true;
      const bool learnt = skew_.learn(answer->headers.get("date").value_or(""), now);
      // Another call may have learnt it while this one was on its way.
      const Nanoseconds moved = skew_.offset() - call->signed_ahead;
      if (learnt || std::chrono::abs(moved) >= kLeastSkew) return sign_and_send(call, call->used);
    }
    const ErrorCodeRow* const row = find_error_code(code);
    if (row != nullptr && row->renew && !call->renewed) {
      call->renewed = true;
      return renew(call, std::move(*answer), code);
    }
    refuse(*call, code, std::move(*answer));
  }
  /// Sends again, unless there are no other credentials.
  void renew(const SharedCall& call, http_client::ClientResponse answer, std::string code) {
    const std::shared_ptr<CachedCredentials> credentials = get(credentials_);
    if (credentials == nullptr) return refuse(*call, code, std::move(answer));
    credentials->refuse(call->used);
    credentials->get(call->deadline,
                     [self = shared_from_this(), call, answer = std::move(answer),
                      code = std::move(code)](Result<SharedCredentials> who) mutable {
                       if (who && *who != call->used) {
                         ++self->renewals_;
                         return self->sign_and_send(call, std::move(*who));
                       }
                       self->refuse(*call, code, std::move(answer));
                     });
  }
  void refuse(Call& call, std::string_view code, http_client::ClientResponse answer) {
    delivery::Answer verdict = judge(answer, code, platform_.clock.now().wall);
    finish(call, std::move(verdict), code, std::move(answer));
  }
  void finish(Call& call, delivery::Answer verdict, std::string_view code,
              http_client::ClientResponse response) {
    if (verdict.failure) ++failures_;
    const ErrorCodeRow* const row = find_error_code(code);
    const Done done = std::exchange(call.done, nullptr);
    done({.verdict = std::move(verdict),
          .code = row != nullptr ? std::string(row->code) : std::string(),
          .response = std::move(response)});
  }

  const Endpoint endpoint_;
  const Signer signer_;
  const Platform platform_;
  ClockSkew skew_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> renewals_{0};
  std::mutex mutex_;
  std::shared_ptr<http_client::Client> client_;  // null once stopped, as the credentials
  std::shared_ptr<CachedCredentials> credentials_;
  const std::uint32_t fork_epoch_;
};

AwsClient::AwsClient(std::shared_ptr<Core> core) noexcept : core_(std::move(core)) {}
AwsClient::AwsClient(AwsClient&&) noexcept = default;
AwsClient& AwsClient::operator=(AwsClient&& other) noexcept {
  if (this != &other) {
    const AwsClient old(std::exchange(core_, std::move(other.core_)));
  }
  return *this;
}
AwsClient::~AwsClient() {
  if (core_) core_->stop();
}

Result<AwsClient> AwsClient::create(AwsClientOptions options, const Settings& settings,
                                    std::shared_ptr<CachedCredentials> credentials,
                                    Platform platform) {
  if (credentials == nullptr) {
    return fail(ErrorCode::invalid_argument, "AwsClient has no credentials",
                "pass the ones that CachedCredentials makes");
  }
  Result<Endpoint> endpoint = resolve_endpoint(options.service, settings);
  if (!endpoint) return unexpected(endpoint.error());
  Result<Signer> signer = Signer::create({.region = endpoint->region,
                                          .service = std::string(signing_name(options.service)),
                                          .body_signed = options.body_signed});
  if (!signer) return unexpected(signer.error());
  options.http.proxy_from_environment = true;
  if (options.http.ca_file.empty()) {
    options.http.ca_file =
        settings.expand_home(settings.find("AWS_CA_BUNDLE", "ca_bundle").value_or(""));
  }
  Result<http_client::Client> client =
      http_client::Client::create(std::move(options.http), platform);
  if (!client) return unexpected(client.error());
  return AwsClient(std::make_shared<Core>(std::move(*endpoint), std::move(*signer),
                                          std::move(*client), std::move(credentials), platform));
}

void AwsClient::send(AwsRequest request, Deadline deadline, Done done) {
  const std::shared_ptr<Core> core = core_;  // the Done may destroy this
  core->send(std::move(request), deadline, std::move(done));
}

const Endpoint& AwsClient::endpoint() const noexcept { return core_->endpoint(); }
Nanoseconds AwsClient::clock_skew() const noexcept { return core_->clock_skew(); }
AwsClientStats AwsClient::stats() const noexcept { return core_->stats(); }

}  // namespace aws
}  // namespace v0
}  // namespace aloft
