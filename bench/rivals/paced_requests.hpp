// SPDX-License-Identifier: Apache-2.0
// The load of the comparisons: requests of three spans with eight attributes each, at a fixed pace,
// and what the whole process used for them. Each program is the same but for the library.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace rivals {

inline constexpr int kSpansPerRequest = 3;

/// What each of Aloft's spans in the load is annotated with; the others spell the same.
template <typename Span>
void annotate_eight(Span& span, std::int64_t number) {
  span.annotate("tenant_id", "acme");
  span.annotate("request_id", "req-0123456789abcdef");
  span.annotate("route", "/v1/charges");
  span.annotate("currency", "EUR");
  span.annotate("amount_minor", number);
  span.annotate("attempt", std::int64_t{1});
  span.annotate("ratio", 0.25);
  span.annotate("cached", false);
}

struct Load {
  std::string url;
  std::int64_t requests_per_second = 5'000;
  std::int64_t seconds = 10;
};

/// URL [REQUESTS-PER-SECOND [SECONDS]]
inline Load load_of(int count, char** words) {
  Load load;
  if (count > 1) load.url = words[1];
  if (count > 2) load.requests_per_second = std::atoll(words[2]);
  if (count > 3) load.seconds = std::atoll(words[3]);
  return load;
}

/// User and system time of the process so far, all threads, in microseconds.
inline double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

/// How often the load wakes up, 100 times a second: its own wake-ups are in the figures of each
/// program, and a thousand of them were a fifth of ours.
inline constexpr std::chrono::milliseconds kPace{10};

/// Calls `request(number)` at the pace of `load`, what is due at a time.
template <typename Request>
void run_paced(const Load& load, Request request) {
  const auto began = std::chrono::steady_clock::now();
  std::int64_t made = 0;
  for (auto passed = kPace; passed <= std::chrono::seconds(load.seconds); passed += kPace) {
    const std::int64_t due = passed.count() * load.requests_per_second / 1000;
    for (; made < due; ++made) request(made);
    std::this_thread::sleep_until(began + passed);
  }
}

/// One line: spans made, those that the library says were delivered, CPU microseconds a span.
inline void print(const Load& load, std::uint64_t delivered, double us) {
  const auto spans =
      static_cast<double>(load.requests_per_second * load.seconds * kSpansPerRequest);
  std::printf("spans %.0f delivered %llu cpu_us_per_span %.3f\n", spans,
              static_cast<unsigned long long>(delivered), us / spans);
}

}  // namespace rivals
