// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/central_sampler.hpp>

#include <aloft/http_client/client.hpp>

#include "fixture.hpp"
#include "sampling_bed.hpp"
#include "telemetry/bench_of_one.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace aloft::aws {
namespace {

using ::testing::HasSubstr;

/// Hands each call to the test, which answers when it likes.
class Scripted final : public SamplingTransport {
 public:
  struct Asked {
    std::string path;
    std::string body;
    Done done;
  };
  using Take = std::function<void(Asked)>;

  explicit Scripted(Take take) : take_(std::move(take)) {}
  void send(SamplingCall call, Deadline, Done done) override {
    take_({std::string(call.path), std::move(call.body), std::move(done)});
  }

 private:
  const Take take_;
};

CentralSampler::MakeTransport scripted(Scripted::Take take) {
  return [take]() -> Result<std::unique_ptr<SamplingTransport>> {
    return std::unique_ptr<SamplingTransport>(std::make_unique<Scripted>(take));
  };
}

bool sample(const CentralSampler& sampler) {
  static constexpr TraceContext kNoParent{};
  return sampler.sample(
      {.name = "payments", .parent = kNoParent, .tenant = {}, .draw = ~std::uint64_t{0}});
}

struct Place {
  testing::ManualClock clock;
  NoSpread random;
  testing::MemoryDiagnostics diagnostics;
  Platform platform() { return {clock, random, diagnostics}; }
};

TEST(CentralSampler, DecidesByTheRulesThatItReadsWhenItIsDrivenByHand) {
  Place place;
  std::vector<Scripted::Asked> asked;
  const auto sampler = *CentralSampler::create(
      {.threading = Threading::manual},
      scripted([&](Scripted::Asked call) { asked.push_back(std::move(call)); }), place.platform());

  EXPECT_TRUE(sample(*sampler));  // the local rule's one a second
  EXPECT_FALSE(sample(*sampler));
  EXPECT_TRUE(asked.empty());
  sampler->poll();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].path, "/GetSamplingRules");
  asked[0].done(rules_reply(rule_json("all", R"(,"FixedRate":1)") + "," + rule_json("Default")));
  sampler->poll();

  EXPECT_TRUE(sampler->stats().central);
  EXPECT_EQ(sampler->rules().front().name, "all");
}

TEST(CentralSampler, ItsThreadAsksAndTakesAnswersFromAnyThread) {
  Place place;
  std::promise<Scripted::Asked> first;
  std::promise<std::string> second;
  std::atomic<int> calls{0};
  const auto ask = [&](Scripted::Asked call) {
    const int n = ++calls;
    if (n == 2) second.set_value(call.body);
    if (n == 1) first.set_value(std::move(call));
  };
  const auto sampler = *CentralSampler::create({}, scripted(ask), place.platform());

  first.get_future().get().done(rules_reply(rule_json("a"), R"(,"NextToken":"two")"));

  EXPECT_EQ(second.get_future().get(), R"({"NextToken":"two"})");
}

/// Says when it goes.
class Mortal final : public SamplingTransport {
 public:
  Mortal(Scripted::Take take, std::atomic<bool>& gone) : scripted_(std::move(take)), gone_(gone) {}
  ~Mortal() override { gone_ = true; }
  void send(SamplingCall call, Deadline deadline, Done done) override {
    scripted_.send(std::move(call), deadline, std::move(done));
  }

 private:
  Scripted scripted_;
  std::atomic<bool>& gone_;
};

TEST(CentralSampler, EndsWithACallUnderWayAndTakesItsAnswerAfterwards) {
  Place place;
  std::atomic<bool> gone{false};
  std::atomic<int> calls{0};
  std::promise<Scripted::Asked> asked;
  const auto take = [&](Scripted::Asked call) {
    if (++calls == 1) asked.set_value(std::move(call));
  };
  auto sampler = *CentralSampler::create(
      {},
      [&]() -> Result<std::unique_ptr<SamplingTransport>> {
        return std::unique_ptr<SamplingTransport>(std::make_unique<Mortal>(take, gone));
      },
      place.platform());
  Scripted::Asked call = asked.get_future().get();
  const std::weak_ptr<CentralSampler> watched = sampler;

  sampler.reset();  // though its call has no answer, and time stands still

  EXPECT_TRUE(watched.expired());
  EXPECT_TRUE(gone);
  call.done(rules_reply(rule_json("a"), R"(,"NextToken":"two")"));  // would ask for more
  call.done = nullptr;  // the last that knew of the answer
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(place.diagnostics.reports(), ::testing::IsEmpty());
}

/// Lets somebody else ask the sampler while it is being told something.
class AskingDiagnostics final : public Diagnostics {
 public:
  std::function<void()> ask;
  bool answered = false;

  ~AskingDiagnostics() override {
    if (asking_.joinable()) asking_.join();
  }
  void report(ErrorCode, std::string_view, std::string_view) noexcept override {
    std::promise<void> done;
    std::future<void> answer = done.get_future();
    asking_ = std::thread([this, done = std::move(done)]() mutable {
      ask();
      done.set_value();
    });
    answered = answer.wait_for(20s) == std::future_status::ready;
  }

 private:
  std::thread asking_;
};

TEST(CentralSampler, HoldsNoLockWhileItSaysWhatIsWrong) {
  Place place;
  AskingDiagnostics diagnostics;
  const auto sampler =
      *CentralSampler::create({.threading = Threading::manual},
                              scripted([](const Scripted::Asked& call) { call.done({}); }),
                              {place.clock, place.random, diagnostics});
  diagnostics.ask = [&] { static_cast<void>(sampler->stats()); };

  sampler->poll();

  EXPECT_TRUE(diagnostics.answered);
}

TEST(CentralSampler, ReportsHowTheTracesWentOfARuleThatMayBeBoosted) {
  std::vector<Scripted::Asked> asked;
  NoSpread random;
  testing::ManualClock clock;
  testing::MemoryDiagnostics diagnostics;
  const auto sampler = *CentralSampler::create(
      {.threading = Threading::manual, .service_name = "payments"},
      scripted([&](Scripted::Asked call) { asked.push_back(std::move(call)); }),
      {clock, random, diagnostics});
  for (std::size_t call : {0u, 1u}) {  // the second read is spread over nothing
    sampler->poll();
    asked.at(call).done(rules_reply(rule_json("pay", R"(,"SamplingRateBoost":{"MaxRate":0.5})")));
    sampler->poll();
  }
  TelemetryOptions options;
  options.sampler = parent_based(sampler);
  options.tail = {.kept_per_second = 1};
  Bench bench(std::move(options));

  for (const int status : {200, 500}) {
    Span root = bench.tracer.start("payments");
    root.set_http_response(status);
  }
  bench.flush();
  clock.advance(11s);
  sampler->poll();

  EXPECT_EQ(asked.at(2).path, "/SamplingTargets");
  EXPECT_THAT(asked.at(2).body, HasSubstr(R"("RuleName":"pay","ServiceName":"payments",)"));
  EXPECT_THAT(asked.at(2).body,
              HasSubstr(R"("AnomalyCount":1,"TotalCount":2,"SampledAnomalyCount":0})"));
  asked.at(2).done(targets_reply(
      R"({"RuleName":"pay","FixedRate":0,"SamplingBoost":{"BoostRate":0.9,"BoostRateTTL":9e9}})"));
  sampler->poll();
  EXPECT_EQ(sampler->stats().anomalies, 1u);
}

TEST(CentralSampler, RefusesOptionsOutOfRange) {
  const auto error_of = [](CentralSamplerOptions options) {
    const auto made = CentralSampler::create(std::move(options), scripted([](auto) {}));
    return made ? "" : made.error().message;
  };

  EXPECT_EQ(error_of({.request_timeout = 3s}), "request_timeout is outside 0 to 2 s");
  EXPECT_EQ(error_of({.request_timeout = 0s}), "request_timeout is outside 0 to 2 s");
  EXPECT_THAT(error_of({.targets_interval = 0s}), HasSubstr("are not in that order"));
  EXPECT_THAT(error_of({.rules_lifetime = 1s}), HasSubstr("are not in that order"));
  EXPECT_THAT(error_of({.local_rules = {{.name = "a", .rate = 2}}}), HasSubstr("outside 0 to 1"));
}

#if defined(__SANITIZE_THREAD__)
// It cannot follow threads that are started in the child of a process with threads.
constexpr Threading kThreading = Threading::manual;
#else
constexpr Threading kThreading = Threading::background;
#endif

TEST(CentralSampler, TheChildOfAForkIsAnInstanceOfItsOwn) {
  NoSpread random;
  testing::MemoryDiagnostics diagnostics;
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  std::promise<void> parent_asked;
  std::atomic<bool> told{false};
  const pid_t parent = ::getpid();
  const auto sampler =
      *CentralSampler::create({.threading = kThreading}, scripted([&](Scripted::Asked) {
                                if (::getpid() == parent) {
                                  if (!told.exchange(true)) parent_asked.set_value();
                                } else {
                                  [[maybe_unused]] const auto written = ::write(pipe[1], "c", 1);
                                }
                              }),
                              {Clock::system(), random, diagnostics});
  if (kThreading == Threading::manual) sampler->poll();
  parent_asked.get_future().get();  // its thread is past the start, and waits for an answer

  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const bool ours = sample(*sampler);  // by local rules, and starts a thread
    if (kThreading == Threading::manual) sampler->poll();
    char byte = 0;
    const bool asked = ::read(pipe[0], &byte, 1) == 1 && byte == 'c';
    ::_exit(ours && asked && sampler->stats().rules_read == 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);

  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

SamplingReply ask(SamplingTransport& transport, std::string_view path, Nanoseconds timeout = 20s) {
  std::promise<SamplingReply> told;
  transport.send({path, "{}"}, Deadline::after(Clock::system(), timeout),
                 [&](SamplingReply reply) { told.set_value(std::move(reply)); });
  return told.get_future().get();
}

TEST(SamplingTransport, AsksADaemonUnsigned) {
  FakeService daemon(
      [](const SeenRequest&) { return reply(200, R"({"SamplingRuleRecords":[]})"); });
  const std::string address = daemon.url().substr(7);
  auto transport = *daemon_sampling_transport("udp:127.0.0.1:1 tcp:" + address);

  const SamplingReply answer = ask(*transport, kSamplingRulesPath);

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"SamplingRuleRecords":[]})");
  const SeenRequest seen = daemon.seen().at(0);
  EXPECT_EQ(seen.line, "POST /GetSamplingRules HTTP/1.1");
  EXPECT_EQ(seen.field("content-type"), "application/json");
  EXPECT_EQ(seen.field("authorization"), "");
  EXPECT_EQ(seen.body, "{}");
}

TEST(SamplingTransport, WithoutAWholeAnswerThereIsNone) {
  FakeService gone([](const SeenRequest&) { return std::string(); });
  EXPECT_EQ(ask(**daemon_sampling_transport(gone.url().substr(7)), kSamplingRulesPath).status, 0);

  FakeService flood(
      [](const SeenRequest&) { return reply(200, std::string(kMaxSamplingReplyBytes + 1, ' ')); });
  EXPECT_EQ(ask(**daemon_sampling_transport(flood.url().substr(7)), kSamplingRulesPath).status, 0);

  FakeService slow(
      [](const SeenRequest&) { return "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"; });
  EXPECT_EQ(
      ask(**daemon_sampling_transport(slow.url().substr(7)), kSamplingRulesPath, 100ms).status, 0);
}

TEST(SamplingTransport, FindsTheTcpSideOfADaemonsAddress) {
  EXPECT_EQ(*daemon_tcp_url("127.0.0.1:2000"), "http://127.0.0.1:2000");
  EXPECT_EQ(*daemon_tcp_url("[::1]:2000"), "http://[::1]:2000");
  EXPECT_EQ(*daemon_tcp_url("tcp:a:1 udp:b:2"), "http://a:1");
  EXPECT_EQ(*daemon_tcp_url("udp:b:2  tcp:a:1"), "http://a:1");
  for (const char* none : {"", "udp:b:2", "a", ":1", "a:0", "a:70000", "a:1/x", "user@a:1",
                           "tcp:a:1/y udp:b:2", "udp:xtcp:a:1"}) {
    EXPECT_FALSE(daemon_tcp_url(none)) << none;
  }
  EXPECT_FALSE(daemon_sampling_transport("nowhere"));
}

TEST(SamplingTransport, AsksXRaySigned) {
  FakeService xray([](const SeenRequest&) { return reply(403, R"({"__type":"x"})"); });
  class Fixed final : public CredentialsProvider {
    Result<Credentials> fetch(Deadline) override { return example_credentials(); }
  };
  auto cached = CachedCredentials::create(std::make_unique<Fixed>());
  ASSERT_TRUE(cached);
  auto client = AwsClient::create(
      {.service = Service::xray},
      settings_of({{"AWS_REGION", "eu-central-1"}, {"AWS_ENDPOINT_URL_XRAY", xray.url()}}),
      std::make_shared<CachedCredentials>(std::move(*cached)));
  ASSERT_TRUE(client);
  auto transport = signed_sampling_transport(std::move(*client));

  const SamplingReply answer = ask(*transport, kSamplingTargetsPath);

  EXPECT_EQ(answer.status, 403);
  const SeenRequest seen = xray.seen().at(0);
  EXPECT_EQ(seen.line, "POST /SamplingTargets HTTP/1.1");
  EXPECT_THAT(seen.field("authorization"), HasSubstr("eu-central-1/xray/aws4_request"));
}

}  // namespace
}  // namespace aloft::aws
