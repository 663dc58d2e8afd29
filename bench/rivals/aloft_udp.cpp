// SPDX-License-Identifier: Apache-2.0
// Aloft under the load of compare_udp.py, as bench/rivals/go/load makes it for the others: requests
// at a fixed pace, each timed, and what the whole process used for them, sent to a daemon's address
// with the defaults of the library. Sampling is by rules: for the mode "shipped" by those that the
// daemon is asked for, for "configured" by a local one that takes everything.
//
//   aloft_udp SCENARIO MODE ADDRESS [REQUESTS-PER-SECOND [SECONDS]]
//
// SCENARIO is middleware, middleware_of_ten or request, or the load of the first two or of the
// last, middleware_load or request_load; ADDRESS is as AWS_XRAY_DAEMON_ADDRESS.
#include "paced_requests.hpp"

#include <aloft/aws/central_sampler.hpp>
#include <aloft/http/chain.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/rule_sampler.hpp>
#include <aloft/telemetry/sampler.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kWarmUpSeconds = 2;

/// The request of bench/rivals/go/original, with what a browser and a balancer add.
aloft::http::Request incoming() {
  aloft::http::Request request;
  request.method = aloft::http::Method::post;
  request.target = "/v1/charges?expand=customer&limit=10";
  request.host = "api.example.com";
  request.peer_address = "192.0.2.7";
  using Field = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Field, 7> kFields{
      Field{"User-Agent", "curl/8.0"},
      {"Accept", "*/*"},
      {"Content-Type", "application/json"},
      {"Authorization", "Bearer 0123456789abcdef0123456789abcdef"},
      {"Cookie", "session=0123456789abcdef"},
      {"X-Forwarded-For", "192.0.2.7"},
      {"X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"}};
  for (const auto& [name, value] : kFields) request.headers.try_add(name, value);
  return request;
}

/// What the middleware keeps in fields of their own, once more as the seven annotations that the
/// original makes of it.
void annotate_as_the_original(aloft::Span& span) {
  span.annotate("http_method", "POST");
  span.annotate("http_url", "/v1/charges");
  span.annotate("service_name", "payments");
  span.annotate("service_version", "1.2.3");
  span.annotate("environment", "prod");
  span.annotate("error", false);
  span.annotate("http_status_code", 200);
}

struct Outcome {
  std::vector<std::chrono::nanoseconds> times;  ///< of each request
  std::uint64_t sampled = 0;                    ///< of them
};

/// What the sampler said. A span that was sampled and found no room is lost, not unsampled.
bool sampled(const aloft::Span& span) { return span.context().sampled == aloft::Sampled::yes; }

/// @param timed  handles a request, and tells whether it was sampled.
template <typename Timed>
void time_it(Outcome& outcome, Timed timed) {
  const Clock::time_point start = Clock::now();
  const bool was_sampled = timed();
  outcome.times.push_back(Clock::now() - start);
  if (was_sampled) ++outcome.sampled;
}

/// One request of each scenario.
using Scenario = std::function<void(std::int64_t number, Outcome& outcome)>;

Scenario through(aloft::http::Chain chain, std::function<void(aloft::Span&)> handler) {
  return [chain = std::move(chain), handler = std::move(handler)](std::int64_t, Outcome& outcome) {
    const aloft::http::Request request = incoming();
    aloft::http::Context context;
    context.set_route("/v1/charges");
    context.identity = {.request = *aloft::RequestId::parse("req-0123456789abcdef"),
                        .tenant = *aloft::TenantId::parse("acme"),
                        .user = *aloft::UserId::parse("user-0000042")};
    time_it(outcome, [&] {
      aloft::http::ChainRun steps(chain, context, request);
      steps.start();
      handler(context.span());
      const bool was_sampled = sampled(context.span());
      steps.answer(aloft::http::Response::empty(200));
      steps.finish();
      return was_sampled;
    });
  };
}

/// The record of the original: ten annotations, three of them the middleware's own. As shipped it
/// has all headers and the query, too; of credentials ours records not even that there were some.
Scenario middleware_of_ten(const aloft::Tracer& tracer, bool shipped) {
  std::vector<std::string> headers = {"user-agent", "accept", "content-type"};
  if (shipped) {
    for (const char* name : {"authorization", "cookie", "x-forwarded-for", "x-amzn-trace-id"}) {
      headers.emplace_back(name);
    }
  }
  return through(aloft::http::Chain().use(
                     aloft::http::tracing(tracer, {.recorded_headers = std::move(headers)})),
                 [shipped](aloft::Span& span) {
                   annotate_as_the_original(span);
                   if (!shipped) return;
                   span.add_metadata("query_params", "expand", "customer");
                   span.add_metadata("query_params", "limit", "10");
                 });
}

Scenario request_of_three(const aloft::Tracer& tracer) {
  return [tracer](std::int64_t number, Outcome& outcome) {
    time_it(outcome, [&] {
      aloft::Span root = tracer.start("payments");
      rivals::annotate_eight(root, number);
      for (int i = 1; i < rivals::kSpansPerRequest; ++i) {
        aloft::Span span = root.child("ledger");
        rivals::annotate_eight(span, number);
      }
      return sampled(root);
    });
  };
}

/// Null when there is no scenario of that name.
Scenario scenario_of(std::string_view name, bool shipped, const aloft::Tracer& tracer) {
  const auto nothing = [](aloft::Span&) {};
  if (name == "middleware_load") return through({}, nothing);
  if (name == "middleware") {
    return through(aloft::http::Chain().use(aloft::http::tracing(tracer)), nothing);
  }
  if (name == "middleware_of_ten") return middleware_of_ten(tracer, shipped);
  if (name == "request_load") {
    return [](std::int64_t, Outcome& outcome) { time_it(outcome, [] { return false; }); };
  }
  if (name == "request") return request_of_three(tracer);
  return nullptr;
}

/// The first read of the rules is spread over ten seconds, for the sake of fleets.
constexpr std::chrono::seconds kRulesTimeout{20};

/// The daemon's rules, once they are there. Null when they do not come.
std::shared_ptr<const aloft::Sampler> central_rules(const std::string& address) {
  auto sampler = aloft::aws::CentralSampler::create(
      {}, [address] { return aloft::aws::daemon_sampling_transport(address); });
  if (!sampler) return nullptr;
  const Clock::time_point until = Clock::now() + kRulesTimeout;
  while (!(*sampler)->stats().central) {
    if (Clock::now() > until) return nullptr;
    std::this_thread::sleep_for(rivals::kPace);
  }
  return *sampler;
}

/// A rule of its own that takes everything.
std::shared_ptr<const aloft::Sampler> local_rules() {
  auto sampler = aloft::RuleSampler::create(
      {{.name = std::string(aloft::kDefaultRuleName), .reservoir = 0, .rate = 1.0}});
  return sampler ? *sampler : nullptr;
}

Outcome paced(const rivals::Load& load, const Scenario& scenario) {
  Outcome outcome;
  outcome.times.reserve(static_cast<std::size_t>(load.requests_per_second * load.seconds));
  rivals::run_paced(load, [&](std::int64_t number) { scenario(number, outcome); });
  return outcome;
}

/// The line of names and values that compare_udp.py reads.
void print(Outcome& measured, std::uint64_t made, std::uint64_t dropped, double us) {
  auto& times = measured.times;
  std::sort(times.begin(), times.end());
  const auto at = [&times](double share) {
    const auto last = static_cast<double>(times.size() - 1);
    return static_cast<long long>(times[static_cast<std::size_t>(share * last)].count());
  };
  std::fprintf(stderr,
               "requests %zu sampled %llu made %llu dropped %llu p50_ns %lld p99_ns %lld "
               "cpu_us_per_request %.3f\n",
               times.size(), static_cast<unsigned long long>(measured.sampled),
               static_cast<unsigned long long>(made), static_cast<unsigned long long>(dropped),
               at(0.5), at(0.99), us / static_cast<double>(times.size()));
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  const std::string_view name = words[1];
  const std::string_view mode = words[2];
  if (mode != "shipped" && mode != "configured") return 2;
  const bool shipped = mode == "shipped";
  const rivals::Load load = rivals::load_of(count - 2, words + 2);
  const std::shared_ptr<const aloft::Sampler> rules =
      shipped ? central_rules(load.url) : local_rules();
  if (rules == nullptr) return 1;
  auto telemetry = aloft::Telemetry::create({.service_name = "payments",
                                             .service_version = "1.2.3",
                                             .environment = "prod",
                                             .sampler = aloft::parent_based(rules),
                                             .daemon_address = load.url});
  if (!telemetry) return 1;
  const Scenario scenario = scenario_of(name, shipped, telemetry->tracer());
  if (!scenario) return 2;

  rivals::Load warm_up = load;
  warm_up.seconds = kWarmUpSeconds;
  const std::uint64_t warmed_up = paced(warm_up, scenario).sampled;
  telemetry->flush(std::chrono::seconds(5));
  const double before = rivals::cpu_us();
  Outcome measured = paced(load, scenario);
  telemetry->flush(std::chrono::seconds(30));
  const double used = rivals::cpu_us() - before;
  const aloft::Accounting books = telemetry->shutdown(std::chrono::seconds(5));
  const std::uint64_t spans_each = name == "request" ? rivals::kSpansPerRequest : 1;
  print(measured, warmed_up + measured.sampled, books.dropped.total() / spans_each, used);
}
