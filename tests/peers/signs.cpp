// SPDX-License-Identifier: Apache-2.0
// Says what the library would do, for a peer to compare: reads one JSON object a line, answers one
// line each. `signs request` gives the `authorization` field of a request, `signs endpoint` the url
// of a service.
#include <aloft/aws/endpoints.hpp>
#include <aloft/aws/signing.hpp>
#include <aloft/http/json_reader.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace aloft;

std::string text_of(const http::JsonDocument& json, std::string_view pointer) {
  return std::string(json.text(pointer).value_or(""));
}

std::string sign(const http::JsonDocument& json) {
  http_client::ClientRequest request{
      .method = http::parse_method(text_of(json, "/method")).value_or(http::Method::get),
      .url = text_of(json, "/url"),
      .body = text_of(json, "/body")};
  const std::size_t fields = json.size("/fields").value_or(0);
  for (std::size_t i = 0; i < fields; ++i) {
    const std::string at = "/fields/" + std::to_string(i);
    if (!request.headers.add(text_of(json, at + "/0"), text_of(json, at + "/1"))) return "no field";
  }
  const Result<aws::Signer> signer = aws::Signer::create(
      {.region = text_of(json, "/region"), .service = text_of(json, "/service")});
  if (!signer) return signer.error().to_string();
  const aws::Credentials who{.access_key_id = text_of(json, "/key"),
                             .secret_access_key = aws::Secret(text_of(json, "/secret")),
                             .session_token = aws::Secret(text_of(json, "/token"))};
  const WallTime at(std::chrono::seconds(json.integer("/time").value_or(0)));
  const Result<void> ok = signer->sign(request, who, at);
  if (!ok) return ok.error().to_string();
  return std::string(request.headers.get("authorization").value_or(""));
}

std::string resolve(const http::JsonDocument& json) {
  using Row = std::pair<std::string_view, aws::Service>;
  const Row rows[] = {{"xray", aws::Service::xray},
                      {"logs", aws::Service::logs},
                      {"monitoring", aws::Service::monitoring},
                      {"dynamodb", aws::Service::dynamodb},
                      {"sts", aws::Service::sts}};
  for (const auto& [name, service] : rows) {
    if (name != text_of(json, "/service")) continue;
    const Result<aws::Settings> settings = aws::Settings::load(
        Environment::of({{"AWS_REGION", text_of(json, "/region")},
                         {"AWS_USE_FIPS_ENDPOINT", text_of(json, "/fips")},
                         {"AWS_USE_DUALSTACK_ENDPOINT", text_of(json, "/dual_stack")}}));
    if (!settings) return settings.error().to_string();
    const Result<aws::Endpoint> endpoint = aws::resolve_endpoint(service, *settings);
    return endpoint ? endpoint->url : std::string(to_string(endpoint.error().code));
  }
  return "no such service";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what != "request" && what != "endpoint") return 2;
  std::string line;
  while (std::getline(std::cin, line)) {
    const Result<http::JsonDocument> json = http::JsonDocument::parse(line);
    if (!json) return 1;
    std::cout << (what == "request" ? sign(*json) : resolve(*json)) << '\n';
  }
  return 0;
}
