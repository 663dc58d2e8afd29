// SPDX-License-Identifier: Apache-2.0
#include "doctor/aws_examination.hpp"

#include "doctor/sampling_rule.hpp"

#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/central_sampler.hpp>
#include <aloft/aws/client.hpp>
#include <aloft/aws/clock_skew.hpp>
#include <aloft/aws/credentials_chain.hpp>
#include <aloft/aws/endpoints.hpp>
#include <aloft/aws/sampling_wire.hpp>

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace aloft::doctor {
namespace {

using aws::AwsAnswer;
using aws::AwsClient;
using aws::CachedCredentials;
using aws::SharedCredentials;

/// A sentence about the rule in an answer, and whether it counts here.
std::string tell_rule(std::string_view answer, const ExaminationOptions& options,
                      const Environment& environment) {
  const bool central = environment.get("ALOFT_SAMPLING") == "central";
  const Result<std::string> rule = chosen_rule(answer, options.service_name);
  return (central ? "" : "ALOFT_SAMPLING is not central, so these rules do not decide: ") +
         (rule ? *rule : "they could not be read");
}

class AwsExamination {
 public:
  AwsExamination(const ExaminationOptions& options, const aws::Settings& settings,
                 aws::TracesWire wire, Platform platform, Report& report)
      : options_(options), settings_(settings), wire_(wire), platform_(platform), report_(report) {}

  void run() {
    if (!has_region() || !has_credentials() || !has_client()) return;
    const AwsAnswer permission =
        ask({.path = "/TraceSegments", .body = R"({"TraceSegmentDocuments":[]})"});
    if (!judge_clock(permission) || !judge_permission(permission)) return;
    tell_sampling(ask({.path = std::string(aws::kSamplingRulesPath), .body = "{}"}));
  }

 private:
  bool has_region() {
    const std::string region = settings_.region();
    if (region.empty()) {
      report_.bad(Verdict::no_region, "region", "nothing says which region",
                  "set AWS_REGION, or region in the profile");
      return false;
    }
    report_.good("region", region + ", partition " + std::string(aws::partition_of(region)));
    return true;
  }

  bool has_credentials() {
    auto chain = aws::credentials_chain(settings_, options_.credentials, platform_);
    if (!chain) {
      report_.bad(Verdict::broken_credentials, "credentials", chain.error().message,
                  chain.error().remedy);
      return false;
    }
    Result<CachedCredentials> cached = CachedCredentials::create(*std::move(chain), {}, platform_);
    if (!cached) {
      report_.bad(Verdict::broken_credentials, "credentials", cached.error().message,
                  cached.error().remedy);
      return false;
    }
    cached_ = std::make_shared<CachedCredentials>(*std::move(cached));
    const Result<SharedCredentials> who =
        cached_->get(Deadline::after(platform_.clock, options_.credentials.process_timeout));
    if (!who) {
      const bool none = who.error().code == ErrorCode::not_found;
      report_.bad(none ? Verdict::no_credentials : Verdict::broken_credentials, "credentials",
                  who.error().message, who.error().remedy);
      return false;
    }
    std::string text = aws::describe(**who);
    if (const std::optional<WallTime> end = (*who)->expiration) {
      const auto left =
          std::chrono::duration_cast<std::chrono::minutes>(*end - platform_.clock.now().wall);
      text += ", good for " + std::to_string(left.count()) + " min";
    }
    report_.good("credentials", std::move(text));
    return true;
  }

  bool has_client() {
    Result<AwsClient> client =
        AwsClient::create({.service = aws::Service::xray}, settings_, cached_, platform_);
    if (!client) {
      report_.bad(Verdict::bad_endpoint, "endpoint", client.error().message, client.error().remedy);
      return false;
    }
    client_.emplace(*std::move(client));
    return true;
  }

  AwsAnswer ask(aws::AwsRequest request) {
    std::promise<AwsAnswer> told;
    request.headers.try_set("content-type", "application/json");
    client_->send(std::move(request), Deadline::after(platform_.clock, options_.timeout),
                  [&](AwsAnswer answer) { told.set_value(std::move(answer)); });
    return told.get_future().get();
  }

  bool judge_clock(const AwsAnswer& answer) {
    const std::string url = client_->endpoint().url;
    if (answer.response.status == 0) {
      report_.bad(Verdict::unreachable, "endpoint", url + ": " + answer.verdict.message,
                  "check routes, security groups, a proxy or AWS_CA_BUNDLE; without internet add "
                  "the VPC endpoint com.amazonaws.<region>.xray");
      return false;
    }
    report_.good("endpoint", url + (client_->endpoint().configured ? ", configured" : ""));
    const auto date = answer.response.headers.get("date");
    const std::optional<WallTime> theirs = date ? aws::parse_http_date(*date) : std::nullopt;
    if (!theirs) {
      report_.note("clock", "the endpoint does not tell its time");
      return true;
    }
    const Nanoseconds off = platform_.clock.now().wall - *theirs;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(off).count();
    if (std::abs(seconds) >=
        std::chrono::seconds(aws::kLeastSkew / std::chrono::seconds(1)).count()) {
      report_.bad(Verdict::clock_wrong, "clock",
                  "this machine is " + std::to_string(std::abs(seconds)) + " s " +
                      (seconds > 0 ? "ahead" : "behind"),
                  "run a time service (chrony, or 169.254.169.123 on EC2)");
      return false;
    }
    report_.good("clock", "within " + std::to_string(std::abs(seconds) + 1) + " s");
    return true;
  }

  bool judge_permission(const AwsAnswer& answer) {
    // An empty list may be refused as invalid: who gets that far is known and allowed.
    const bool allowed = !answer.verdict.failure || answer.code == "InvalidRequestException";
    const bool denied = answer.code == "AccessDeniedException" || answer.code == "AccessDenied";
    if (wire_ == aws::TracesWire::xray_otlp && (allowed || denied)) {
      report_.note("permission", std::string("xray:PutTraceSegments is ") +
                                     (allowed ? "allowed" : "missing") +
                                     ", which says the credentials are known; what xray-otlp "
                                     "itself needs, Transaction Search included, is not asked");
      return true;
    }
    if (allowed) {
      report_.good("permission", "xray:PutTraceSegments");
      return true;
    }
    const std::string told =
        answer.code.empty() ? std::to_string(answer.response.status) : answer.code;
    if (denied) {
      report_.bad(Verdict::not_allowed, "permission", "missing: xray:PutTraceSegments",
                  "allow that action to the role, on resource *; AWSXrayWriteOnlyAccess has it");
    } else if (*answer.verdict.failure == delivery::Failure::unauthorized) {
      report_.bad(Verdict::credentials_refused, "permission", "the service says " + told,
                  "new credentials: log in again, rotate the key, or check the role's session");
    } else {
      report_.bad(Verdict::service_trouble, "permission", "the service says " + told,
                  "wait and ask again; check the region's health, and quotas when throttled");
    }
    return false;
  }

  void tell_sampling(const AwsAnswer& answer) {
    if (answer.code == "AccessDeniedException") {
      report_.note("sampling",
                   "missing: xray:GetSamplingRules, which only ALOFT_SAMPLING=central needs");
      return;
    }
    report_.note("sampling", tell_rule(answer.response.body, options_, settings_.environment()));
  }

  const ExaminationOptions& options_;
  const aws::Settings& settings_;
  const aws::TracesWire wire_;
  Platform platform_;
  Report& report_;
  std::shared_ptr<CachedCredentials> cached_;
  std::optional<AwsClient> client_;
};

}  // namespace

void examine_aws(const ExaminationOptions& options, const aws::Settings& settings,
                 aws::TracesWire wire, Platform platform, Report& report) {
  AwsExamination(options, settings, wire, platform, report).run();
}

void report_sampling_of_daemon(const ExaminationOptions& options, const Environment& environment,
                               Platform platform, Report& report) {
  Result<http_client::Client> client = http_client::Client::create({}, platform);
  if (!client) return;
  const Result<std::string> url =
      aws::daemon_tcp_url(environment.get("AWS_XRAY_DAEMON_ADDRESS").value_or("127.0.0.1:2000"));
  if (!url) {
    report.note("sampling", url.error().message);
    return;
  }
  http_client::ClientRequest request{.method = http::Method::post,
                                     .url = *url + std::string(aws::kSamplingRulesPath),
                                     .body = "{}"};
  request.headers.try_set("content-type", "application/json");
  const auto answer = client->send(request, Deadline::after(platform.clock, options.timeout));
  if (!answer) {
    report.note("sampling", "the daemon's TCP side does not answer; it serves sampling rules");
    return;
  }
  report.note("sampling", tell_rule(answer->body, options, environment));
}

}  // namespace aloft::doctor
