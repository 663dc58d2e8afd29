// SPDX-License-Identifier: Apache-2.0
// Says how the library samples by the rules of a service, for a peer to compare: `central_samples
// HOST:PORT` reads one JSON object a line and answers one a line. Time is what the line says.
//
//   {"op": "decide", "second": 7, "host": "shop", …}   {"rule": "name"}, or {"sampled": false}
//   {"op": "rules" or "report", "second": 10}          {}, when all that was due has been answered
#include <aloft/aws/central_sampler.hpp>
#include <aloft/core/json_writer.hpp>
#include <aloft/http/json_reader.hpp>
#include <aloft/testing/manual_clock.hpp>

#include <chrono>
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace aloft;

/// Nothing is spread over time.
class NoSpread final : public Random {
 public:
  std::uint64_t next() noexcept override { return 0; }
  void fill(std::span<std::uint64_t> words) noexcept override {
    for (std::uint64_t& word : words) word = 0;
  }
};

/// How many calls have no answer yet, and how many there were.
class Calls {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++begun_;
    ++open_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();
  }
  /// Waits for the answers. @return the calls so far.
  std::uint64_t settle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    return begun_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t begun_ = 0;
  std::uint64_t open_ = 0;
};

class CountingTransport final : public aws::SamplingTransport {
 public:
  CountingTransport(std::unique_ptr<aws::SamplingTransport> inner, std::shared_ptr<Calls> calls)
      : inner_(std::move(inner)), calls_(std::move(calls)) {}
  void send(aws::SamplingCall call, Deadline deadline, Done done) override {
    calls_->begin();
    inner_->send(std::move(call), Deadline::after(Clock::system(), deadline_of_calls),
                 [calls = calls_, done = std::move(done)](aws::SamplingReply reply) {
                   done(std::move(reply));
                   calls->end();
                 });
    static_cast<void>(deadline);  // of the clock that stands still
  }

 private:
  static constexpr Nanoseconds deadline_of_calls = std::chrono::seconds(10);
  const std::unique_ptr<aws::SamplingTransport> inner_;
  const std::shared_ptr<Calls> calls_;
};

class Peer {
 public:
  bool start(const std::string& address) {
    auto sampler = aws::CentralSampler::create(
        {.threading = Threading::manual},
        [this, address]() -> Result<std::unique_ptr<aws::SamplingTransport>> {
          auto daemon = aws::daemon_sampling_transport(address);
          if (!daemon) return unexpected(daemon.error());
          return std::unique_ptr<aws::SamplingTransport>(
              std::make_unique<CountingTransport>(*std::move(daemon), calls_));
        },
        {clock_, random_, Diagnostics::standard_error()});
    if (!sampler) {
      std::cerr << sampler.error().to_string() << '\n';
      return false;
    }
    sampler_ = *std::move(sampler);
    return true;
  }

  void answer(const http::JsonDocument& line, json::Writer& json) {
    move_to(std::chrono::seconds(line.integer("/second").value_or(0)));
    if (line.text("/op").value_or("") == "decide") decide(line, json);
  }

 private:
  /// What its thread would have done by then.
  void move_to(std::chrono::seconds second) {
    if (second > now_) clock_.advance(second - std::exchange(now_, second));
    std::uint64_t before = 0;
    do {
      before = calls_->settle();
      sampler_->poll();
    } while (calls_->settle() != before);
  }

  void decide(const http::JsonDocument& line, json::Writer& json) {
    const auto text = [&](std::string_view pointer) { return line.text(pointer).value_or(""); };
    static constexpr TraceContext kNoParent{};
    SampledBy by;
    by.clear();
    const bool sampled = sampler_->sample({.name = text("/service"),
                                           .parent = kNoParent,
                                           .tenant = {},
                                           .request = {.host = text("/host"),
                                                       .http_method = text("/method"),
                                                       .url_path = text("/path")},
                                           .service = {.type = text("/type")},
                                           .by = &by});
    if (by.rule().empty()) {
      json.key("sampled").boolean(sampled);
    } else {
      json.key("rule").text(by.rule());
    }
  }

  testing::ManualClock clock_;
  NoSpread random_;
  std::chrono::seconds now_{0};
  const std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
  std::shared_ptr<aws::CentralSampler> sampler_;
};

}  // namespace

int main(int argc, char** argv) {
  Peer peer;
  if (argc != 2 || !peer.start(argv[1])) return 2;
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto parsed = http::JsonDocument::parse(line);
    if (!parsed) return 2;
    json::Buffer buffer(4096);
    json::Writer json(buffer);
    json.begin_object();
    peer.answer(*parsed, json);
    json.end_object();
    std::cout << buffer.view() << std::endl;
  }
  return 0;
}
