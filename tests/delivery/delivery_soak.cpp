// SPDX-License-Identifier: Apache-2.0
// An hour of bad weather in real time: Telemetry, engine, signer and client over real sockets to
// the strict fake of AWS, which throttles, fails, resets, answers late and half, loses its clock
// and changes the credentials. At the end the books of both sides are held together, span by span.
//
//   delivery_soak --seconds 3600 --seed 1
#include <aloft/aloft.hpp>
#include <aloft/aws/cached_credentials.hpp>
#include <aloft/aws/client.hpp>
#include <aloft/aws/credentials.hpp>
#include <aloft/aws/settings.hpp>
#include <aloft/aws/xray_wire.hpp>
#include <aloft/telemetry/delivery/trace_exporter.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using aloft::Deadline;
using aloft::Environment;
using aloft::Result;
using aloft::Span;
using aloft::Telemetry;
using aloft::delivery::TraceExporter;
using aloft::testing::FakeAws;
using aloft::testing::FakeAwsLedger;
using aloft::testing::Fault;
using aloft::testing::FaultPlan;

constexpr int kTracesPerTick = 3;
constexpr auto kTick = 100ms;
constexpr int kTicksPerWeather = 50;    // five seconds
constexpr int kTicksPerRotation = 300;  // half a minute
constexpr std::size_t kQueueBytes = 16u << 20;

/// The key that is valid now, as the fake knows it.
class RotatingCredentials final : public aloft::aws::CredentialsProvider {
 public:
  struct Key {
    std::mutex mutex;
    int number = 0;
  };
  explicit RotatingCredentials(std::shared_ptr<Key> key) : key_(std::move(key)) {}
  Result<aloft::aws::Credentials> fetch(Deadline) override {
    const std::lock_guard lock(key_->mutex);
    aloft::aws::Credentials credentials;
    credentials.access_key_id = "AKID" + std::to_string(key_->number);
    credentials.secret_access_key = aloft::aws::Secret("not a secret of anybody");
    credentials.source = "soak";
    return credentials;
  }

 private:
  std::shared_ptr<Key> key_;
};

int fail(std::string_view what) {
  std::cout << "FAILED: " << what << std::endl;
  return 1;
}

/// Waits without spinning; the tests' machine is small.
void pause(std::chrono::nanoseconds duration) {
  std::mutex nobodys;
  std::condition_variable never;
  std::unique_lock lock(nobodys);
  aloft::Clock& clock = aloft::Clock::system();
  const Deadline until = Deadline::after(clock, duration);
  while (!until.passed(clock.steady_now())) clock.wait_until(lock, never, until.at);
}

class Soak {
 public:
  Soak(std::uint64_t seed, FakeAws& aws, std::shared_ptr<RotatingCredentials::Key> key)
      : draws_(seed), aws_(aws), key_(std::move(key)) {}

  int run(Telemetry& telemetry, TraceExporter& exporter, int seconds) {
    const int ticks = seconds * static_cast<int>(1s / kTick);
    const auto began = std::chrono::steady_clock::now();
    for (int tick = 0; tick < ticks; ++tick) {
      if (tick % kTicksPerWeather == 0) change_weather();
      if (tick % kTicksPerRotation == kTicksPerRotation - 1) rotate();
      for (int i = 0; i < kTracesPerTick; ++i) make_trace(telemetry);
      if (exporter.engine().counters().held_bytes_most > kQueueBytes) {
        return fail("the engine held more than its budget");
      }
      pause(began + (tick + 1) * kTick - std::chrono::steady_clock::now());
    }
    return settle(telemetry, exporter, seconds);
  }

 private:
  void change_weather() {
    const double badness = std::uniform_real_distribution<>(0.0, 0.9)(draws_);
    FaultPlan plan{.rates = {}, .slow_for = 500ms, .retry_after = 0s, .seed = draws_()};
    constexpr std::array kFaults = {
        Fault::throttle,    Fault::server_error,        Fault::unavailable, Fault::reset_before,
        Fault::reset_after, Fault::half_answer,         Fault::slow,        Fault::expired,
        Fault::unprocessed, Fault::unprocessed_nameless};
    for (const Fault fault : kFaults)
      plan.rates[fault] = badness / static_cast<double>(kFaults.size());
    aws_.plan(plan);
    constexpr std::array<std::chrono::minutes, 4> kSkews = {0min, 0min, 10min, -10min};
    aws_.skew(kSkews.at(draws_() % kSkews.size()));
  }

  void rotate() {
    const std::lock_guard lock(key_->mutex);
    ++key_->number;
    aws_.rotate("AKID" + std::to_string(key_->number), "");
  }

  void make_trace(Telemetry& telemetry) {
    Span root = telemetry.tracer().start("POST /v1/charges");
    root.annotate("tenant_id", made_.size() % 7 == 0 ? "globex" : "acme");
    note(root);
    for (const char* name : {"fraud", "ledger"}) {
      Span child = root.child(name);
      child.annotate("number", static_cast<std::int64_t>(made_.size()));
      note(child);
    }
  }

  void note(const Span& span) {
    char id[17] = {};
    std::snprintf(id, sizeof id, "%016llx",
                  static_cast<unsigned long long>(span.context().span_id.value));
    made_.push_back(std::string(span.context().trace_id.xray_text().view()) + "." + id);
  }

  int settle(Telemetry& telemetry, TraceExporter& exporter, int seconds) {
    aws_.plan({});
    aws_.skew(0min);
    const aloft::FlushReport report = telemetry.flush(5min);
    const aloft::delivery::EngineCounters counters = exporter.engine().counters();
    const FakeAwsLedger ledger = aws_.ledger();
    const aloft::Accounting& books = report.accounting;
    std::size_t missing = 0;
    for (const std::string& id : made_) missing += ledger.spans.contains(id) ? 0u : 1u;
    std::cout << seconds << " s: " << made_.size() << " spans made, " << ledger.spans.size()
              << " arrived, " << ledger.duplicates() << " of them more than once, " << missing
              << " missing; acknowledged " << books.acknowledged << ", unknown " << books.unknown
              << ", dropped " << books.dropped.total() << ", rejected " << books.rejected.total()
              << ", in flight " << books.in_flight << "\nrequests " << counters.requests
              << ", failures " << counters.failures << ", throttles " << counters.throttles
              << ", retries " << counters.retries << ", ambiguous " << counters.records_ambiguous
              << ", most bytes held " << counters.held_bytes_most << "\nfaults";
    for (const auto& [fault, count] : ledger.faults) {
      std::cout << ' ' << static_cast<int>(fault) << ':' << count;
    }
    std::cout << std::endl;
    if (!report.complete) return fail("the flush was not complete");
    if (books.balance() != 0 || books.in_flight != 0) return fail("the books do not balance");
    if (books.accepted != made_.size()) return fail("not every span was accepted");
    if (books.acknowledged > ledger.spans.size()) return fail("acknowledged, and did not arrive");
    const std::uint64_t given_up = books.unknown + books.dropped.total() + books.rejected.total();
    if (missing > given_up) return fail("spans are missing that nobody gave up");
    if (ledger.duplicates() != 0 && counters.records_ambiguous == 0) {
      return fail("spans came twice though no request was ambiguous");
    }
    std::cout << "the books agree" << std::endl;
    return 0;
  }

  std::mt19937_64 draws_;
  FakeAws& aws_;
  std::shared_ptr<RotatingCredentials::Key> key_;
  std::vector<std::string> made_;
};

int soak(int seconds, std::uint64_t seed) {
  Result<FakeAws> aws = FakeAws::create({.access_key_id = "AKID0"});
  if (!aws) return fail(aws.error().to_string());
  const Environment environment = Environment::of(
      {{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL_XRAY", aws->url()}, {"HOME", "/nowhere"}});
  const Result<aloft::aws::Settings> settings = aloft::aws::Settings::load(environment);
  if (!settings) return fail(settings.error().to_string());
  auto key = std::make_shared<RotatingCredentials::Key>();
  Result<aloft::aws::CachedCredentials> cached = aloft::aws::CachedCredentials::create(
      std::make_unique<RotatingCredentials>(key), {.refusal_interval = 1s});
  if (!cached) return fail(cached.error().to_string());
  Result<aloft::aws::AwsClient> client = aloft::aws::AwsClient::create(
      {}, *settings, std::make_shared<aloft::aws::CachedCredentials>(*std::move(cached)));
  if (!client) return fail(client.error().to_string());
  auto exporter = TraceExporter::create({.name = "soak",
                                         .queue_limit_bytes = kQueueBytes,
                                         .request_timeout = 5s,
                                         .attempts_limit = 1'000,
                                         .probe_interval = 1s},
                                        aloft::aws::xray_wire(*std::move(client)),
                                        aloft::delivery::xray_encoder());
  if (!exporter) return fail(exporter.error().to_string());
  TraceExporter& engine = **exporter;
  Result<Telemetry> telemetry =
      Telemetry::create({.service_name = "soak", .exporter = *std::move(exporter)});
  if (!telemetry) return fail(telemetry.error().to_string());
  return Soak(seed, *aws, std::move(key)).run(*telemetry, engine, seconds);
}

}  // namespace

int main(int count, char** words) {
  int seconds = 10;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view word = words[i];
    if (word == "--seconds") seconds = std::atoi(words[i + 1]);
    if (word == "--seed") seed = std::strtoull(words[i + 1], nullptr, 10);
  }
  return soak(seconds, seed);
}
