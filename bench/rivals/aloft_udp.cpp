// SPDX-License-Identifier: Apache-2.0
// Aloft under the load of compare_udp.py, as bench/rivals/go/load makes it for the others: requests
// at a fixed pace, each timed, and what the whole process used for them, sent to a daemon's address
// with the defaults of the library.
//
//   aloft_udp load|middleware|middleware_of_ten|request HOST:PORT [REQUESTS-PER-SECOND [SECONDS]]
#include "paced_requests.hpp"

#include <aloft/http/chain.hpp>
#include <aloft/http/context.hpp>
#include <aloft/http/middleware/tracing.hpp>
#include <aloft/http/request.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Times = std::vector<std::chrono::nanoseconds>;

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

void annotate_eight(aloft::Span& span, std::int64_t number) {
  span.annotate("tenant_id", "acme");
  span.annotate("request_id", "req-0123456789abcdef");
  span.annotate("route", "/v1/charges");
  span.annotate("currency", "EUR");
  span.annotate("amount_minor", number);
  span.annotate("attempt", std::int64_t{1});
  span.annotate("ratio", 0.25);
  span.annotate("cached", false);
}

template <typename Timed>
void time_it(Times& times, Timed timed) {
  const Clock::time_point start = Clock::now();
  timed();
  times.push_back(Clock::now() - start);
}

/// One request of each scenario; the times of what handles it go to the last argument.
using Scenario = std::function<void(std::int64_t number, Times& times)>;

Scenario through(aloft::http::Chain chain, std::function<void(aloft::Span&)> handler) {
  return [chain = std::move(chain), handler = std::move(handler)](std::int64_t, Times& times) {
    const aloft::http::Request request = incoming();
    aloft::http::Context context;
    context.set_route("/v1/charges");
    context.identity = {.request = *aloft::RequestId::parse("req-0123456789abcdef"),
                        .tenant = *aloft::TenantId::parse("acme"),
                        .user = *aloft::UserId::parse("user-0000042")};
    time_it(times, [&] {
      aloft::http::ChainRun steps(chain, context, request);
      steps.start();
      handler(context.span());
      steps.answer(aloft::http::Response::empty(200));
      steps.finish();
    });
  };
}

Scenario scenario_of(std::string_view name, const aloft::Tracer& tracer) {
  const auto nothing = [](aloft::Span&) {};
  if (name == "load") return through({}, nothing);
  if (name == "middleware") {
    return through(aloft::http::Chain().use(aloft::http::tracing(tracer)), nothing);
  }
  if (name == "middleware_of_ten") {
    return through(aloft::http::Chain().use(aloft::http::tracing(
                       tracer, {.recorded_headers = {"user-agent", "accept", "content-type"}})),
                   annotate_as_the_original);
  }
  if (name == "request") {
    return [tracer](std::int64_t number, Times& times) {
      time_it(times, [&] {
        aloft::Span root = tracer.start("payments");
        annotate_eight(root, number);
        for (int i = 1; i < rivals::kSpansPerRequest; ++i) {
          aloft::Span span = root.child("ledger");
          annotate_eight(span, number);
        }
      });
    };
  }
  return nullptr;
}

Times paced(const rivals::Load& load, const Scenario& scenario) {
  Times times;
  times.reserve(static_cast<std::size_t>(load.requests_per_second * load.seconds));
  rivals::run_paced(load, [&](std::int64_t number) { scenario(number, times); });
  return times;
}

long long at(const Times& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))].count();
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const rivals::Load load = rivals::load_of(count - 1, words + 1);
  auto telemetry = aloft::Telemetry::create({.service_name = "payments",
                                             .service_version = "1.2.3",
                                             .environment = "prod",
                                             .daemon_address = load.url});
  if (!telemetry) return 1;
  const Scenario scenario = scenario_of(words[1], telemetry->tracer());
  if (!scenario) return 2;

  rivals::Load warm_up = load;
  warm_up.seconds = kWarmUpSeconds;
  const std::size_t warmed_up = paced(warm_up, scenario).size();
  telemetry->flush(std::chrono::seconds(5));
  const double before = rivals::cpu_us();
  Times times = paced(load, scenario);
  telemetry->flush(std::chrono::seconds(30));
  const double used = rivals::cpu_us() - before;
  const aloft::Accounting books = telemetry->shutdown(std::chrono::seconds(5));

  const std::size_t made = books.accepted > 0 ? warmed_up + times.size() : 0;
  const std::uint64_t spans_each =
      words[1] == std::string_view("request") ? rivals::kSpansPerRequest : 1;
  std::sort(times.begin(), times.end());
  std::fprintf(stderr,
               "requests %zu sampled %zu made %zu dropped %llu p50_ns %lld p99_ns %lld "
               "cpu_us_per_request %.3f\n",
               times.size(), made == 0 ? 0 : times.size(), made,
               static_cast<unsigned long long>(books.dropped.total() / spans_each), at(times, 0.5),
               at(times, 0.99), used / static_cast<double>(times.size()));
}
