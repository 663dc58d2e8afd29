// SPDX-License-Identifier: Apache-2.0
// Ten million hops of a thousand tenants over threads and coroutines. At each hop the context is
// compared with what its request began with; an eighth of the requests is sampled, and the exporter
// compares parents and tenants once more with what the spans themselves were told.
#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include "telemetry/hand_executor.hpp"
#include "telemetry/hop_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <latch>
#include <memory>
#include <string>
#include <utility>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define ALOFT_SOAK_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define ALOFT_SOAK_SANITIZED 1
#endif

namespace aloft {
namespace {

#ifdef ALOFT_SOAK_SANITIZED
constexpr int kRequestsOfATenant = 5;
#else
constexpr int kRequestsOfATenant = 250;
#endif
constexpr int kTenants = 1'000;
constexpr int kHopsOfARequest = 40;
constexpr std::size_t kThreads = 3;

using Count = std::atomic<std::uint64_t>;

std::string_view text_of(const SpanRecord& span, std::string_view key) {
  for (const AnnotationRecord& annotation : span.annotations) {
    if (annotation.key == key) return annotation.value.text();
  }
  return {};
}

/// An id without digits: one of 30,000 has only digits and is a card number to the redactor.
std::string letters(std::string_view id) {
  std::string text(id);
  for (char& c : text) {
    if (c >= '0' && c <= '9') c = static_cast<char>(c - '0' + 'k');
  }
  return text;
}

/// What is wrong at the other end: spans beside their trace, their parent or their tenant.
struct Findings {
  Count spans{0};
  Count wrong{0};
};

class Verifier final : public Exporter {
 public:
  explicit Verifier(Findings& findings) : findings_(findings) {}
  void export_batch(const Batch& batch, ExportReport& report) noexcept override {
    for (const TraceRecord& trace : batch.traces) {
      const SpanRecord& root = trace.spans.front();
      for (const SpanRecord& span : trace.spans) {
        const bool ok = text_of(span, "trace") == letters(trace.trace_id.w3c_text().view()) &&
                        text_of(span, "parent") == letters(span.parent_id.text().view()) &&
                        text_of(span, "tenant_id") == text_of(root, "tenant_id") &&
                        text_of(span, "request_id") == text_of(root, "request_id") &&
                        !text_of(span, "tenant_id").empty();
        findings_.wrong += ok ? 0u : 1u;
      }
    }
    findings_.spans += batch.span_count();
    report.acknowledged(batch.span_count());
  }

 private:
  Findings& findings_;
};

struct Soak {
  HopPool& pool;
  Tracer tracer;
  std::latch& done;
  Count hops{0};
  Count wrong{0};
};

/// What one request began with, in plain values beside its context.
struct Expected {
  TraceId trace;
  std::string tenant;
  std::string request;
};

/// 1 when this is not the context, or not the current span, that the request expects.
unsigned mistaken(const WorkContext& context, const Expected& expected) {
  const Span* const current = current_span();
  return current != &context.span || current->trace_id() != expected.trace ||
                 context.identity.tenant.view() != expected.tenant ||
                 context.identity.request.view() != expected.request
             ? 1
             : 0;
}

void describe(Span& span, const Identity& identity, SpanId parent) {
  span.set_identity(identity);
  if (!span.recording()) return;
  span.annotate("trace", letters(span.trace_id().w3c_text().view()));
  span.annotate("parent", letters(parent.text().view()));
}

/// Awaitable: runs `task` on another thread, and goes on there, still inside the task's call.
template <typename Work>
auto run_elsewhere(Soak& soak, WorkContext context, Work work) {
  struct Awaiter {
    Soak& soak;
    WorkContext context;
    Work work;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) {
      soak.pool.submit(carry(std::move(context), [work = work, coroutine](WorkContext& carried) {
                         work(carried);
                         coroutine.resume();
                       }).as_current());
    }
    void await_resume() const noexcept {}
  };
  return Awaiter{soak, std::move(context), work};
}

Lazy one_request(WorkContext context, Soak& soak, const Expected& expected) {
  unsigned wrong = mistaken(context, expected);
  for (int hop = 0; hop < kHopsOfARequest; hop += 2) {
    co_await soak.pool.hop();
    wrong += mistaken(context, expected);
    Span child = context.span.child("step");
    describe(child, context.identity, context.span.id());
    WorkContext work{std::move(child), context.identity};
    auto elsewhere = run_elsewhere(soak, std::move(work), [&](WorkContext& carried) {
      soak.wrong += mistaken(carried, expected);
    });
    co_await elsewhere;
    wrong += mistaken(context, expected);
  }
  soak.wrong += wrong;
}

/// The requests of one tenant, one after the other.
Detached tenant(int number, Soak& soak) {
  Expected expected;
  expected.tenant = "tenant-" + std::to_string(number);
  for (int i = 0; i < kRequestsOfATenant; ++i) {
    expected.request = std::to_string(number) + "." + std::to_string(i);
    WorkContext context{soak.tracer.start("request"),
                        {.request = *RequestId::parse(expected.request),
                         .tenant = *TenantId::parse(expected.tenant)}};
    expected.trace = context.span.trace_id();
    describe(context.span, context.identity, SpanId());
    Lazy request = one_request(std::move(context), soak, expected);
    co_await request;
    soak.hops += kHopsOfARequest;
    soak.wrong += current_span() == nullptr ? 0u : 1u;
  }
  soak.done.count_down();
}

TEST(CarrySoak, TenMillionHopsWithoutOneWrongParentTenantOrId) {
  Findings findings;
  Telemetry telemetry = *Telemetry::create({.service_name = "soak",
                                            .sampling_rate = 0.125,
                                            .exporter = std::make_unique<Verifier>(findings),
                                            .pipeline = {.queue_limit_bytes = 64u << 20}});
  const auto start = std::chrono::steady_clock::now();
  std::latch done(kTenants);
  std::uint64_t hops = 0;
  std::uint64_t wrong = 0;
  {
    HopPool pool(kThreads);
    Soak soak{pool, telemetry.tracer(), done};
    for (int number = 0; number < kTenants; ++number) tenant(number, soak);
    done.wait();
    hops = soak.hops;
    wrong = soak.wrong;
  }
  EXPECT_TRUE(telemetry.flush(std::chrono::seconds(5)).complete);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const Accounting books = telemetry.accounting();
  std::printf(
      "%llu hops of %d tenants over %zu threads in %.1f s: %llu wrong; %llu spans: %llu "
      "wrong, %llu dropped\n",
      static_cast<unsigned long long>(hops), kTenants, kThreads, seconds,
      static_cast<unsigned long long>(wrong),
      static_cast<unsigned long long>(findings.spans.load()),
      static_cast<unsigned long long>(findings.wrong.load()),
      static_cast<unsigned long long>(books.dropped.total()));

  EXPECT_EQ(hops, std::uint64_t{kTenants} * kRequestsOfATenant * kHopsOfARequest);
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(findings.wrong, 0u);
  EXPECT_GT(findings.spans, hops / 100);
  EXPECT_EQ(books.acknowledged, findings.spans);
  EXPECT_EQ(books.balance(), 0);
}

}  // namespace
}  // namespace aloft
