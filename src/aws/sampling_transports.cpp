// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/central_sampler.hpp>

#include <aloft/aws/sampling_wire.hpp>
#include <aloft/core/text.hpp>
#include <aloft/http_client/client.hpp>

#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using http_client::Client;
using http_client::ClientRequest;
using http_client::ClientResponse;

constexpr std::string_view kJson = "application/json";

class DaemonTransport final : public SamplingTransport {
 public:
  DaemonTransport(Client client, std::string url)
      : client_(std::move(client)), url_(std::move(url)) {}

  void send(SamplingCall call, Deadline deadline, Done done) override {
    ClientRequest request{.method = http::Method::post,
                          .url = url_ + std::string(call.path),
                          .body = std::move(call.body)};
    request.headers.try_set("content-type", kJson);
    client_.send(std::move(request), deadline,
                 [done = std::move(done)](Result<ClientResponse> answer) {
                   if (!answer) return done({});
                   done({.status = answer->status, .body = std::move(answer->body)});
                 });
  }

 private:
  Client client_;
  const std::string url_;
};

class SignedTransport final : public SamplingTransport {
 public:
  explicit SignedTransport(AwsClient client) : client_(std::move(client)) {}

  void send(SamplingCall call, Deadline deadline, Done done) override {
    AwsRequest request{.path = std::string(call.path), .body = std::move(call.body)};
    request.headers.try_set("content-type", kJson);
    client_.send(std::move(request), deadline, [done = std::move(done)](AwsAnswer answer) {
      done({.status = answer.response.status, .body = std::move(answer.response.body)});
    });
  }

 private:
  AwsClient client_;
};

}  // namespace

Result<std::string> daemon_tcp_url(std::string_view address) {
  const auto wrong = [] {
    return fail(ErrorCode::invalid_argument, "the X-Ray daemon's address has no TCP part",
                "write host:port or tcp:host:port udp:host:port");
  };
  address = text::trim(address);
  std::string_view chosen = address;
  if (address.starts_with("tcp:") || address.starts_with("udp:")) {
    const std::size_t tcp = address.find("tcp:");
    if (tcp == std::string_view::npos || (tcp != 0 && address[tcp - 1] != ' ')) return wrong();
    chosen = address.substr(tcp + 4);
    chosen = chosen.substr(0, chosen.find(' '));
  }
  const std::size_t colon = chosen.rfind(':');
  const std::uint64_t port = colon != std::string_view::npos
                                 ? text::parse_decimal(chosen.substr(colon + 1)).value_or(0)
                                 : 0;
  // What stands before the port is the client's to judge; here it must not become a path.
  const bool plain = chosen.find_first_of("/?#@ \t") == std::string_view::npos;
  if (!plain || colon == 0 || port == 0 || port > 65'535) return wrong();
  return "http://" + std::string(chosen);
}

Result<std::unique_ptr<SamplingTransport>> daemon_sampling_transport(std::string_view address,
                                                                     Platform platform) {
  Result<std::string> url = daemon_tcp_url(address);
  if (!url) return unexpected(url.error());
  Result<Client> client = Client::create({.in_flight_limit = 4,
                                          .connections_per_host_limit = 1,
                                          .connections_limit = 1,
                                          .response_body_limit_bytes = kMaxSamplingReplyBytes},
                                         platform);
  if (!client) return unexpected(client.error());
  return std::unique_ptr<SamplingTransport>(
      std::make_unique<DaemonTransport>(*std::move(client), *std::move(url)));
}

std::unique_ptr<SamplingTransport> signed_sampling_transport(AwsClient client) {
  return std::make_unique<SignedTransport>(std::move(client));
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
