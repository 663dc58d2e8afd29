// SPDX-License-Identifier: Apache-2.0
// The part of docs/guides/carry-context.md that needs Boost.Asio; prints one document a trace.
#include <aloft/telemetry/carry.hpp>
#include <aloft/telemetry/export/stdout_exporter.hpp>
#include <aloft/telemetry/telemetry.hpp>

#include <boost/asio.hpp>

#include <chrono>
#include <utility>

namespace {

using namespace aloft;
namespace asio = boost::asio;

void with_executors(Span& request, asio::thread_pool& pool) {
  auto strand = asio::make_strand(pool);
  asio::post(pool, carry(request.child("score"), [](Span& span) { span.annotate("model", 3); }));
  asio::post(pool, carry(request.child("store"), asio::bind_executor(strand, [](Span& span) {
                           span.annotate("in_strand", true);
                         })));
}

asio::awaitable<void> charge(WorkContext context, asio::any_io_executor other) {
  Span step = context.span.child("step");
  co_await asio::post(asio::bind_executor(other, asio::use_awaitable));
  step.annotate("tenant_id", context.identity.tenant.view());  // still ours, whatever the thread
  {
    const CurrentSpan scope(step);  // sugar: closed before the next co_await
    annotate("reached", true);
  }
  step.end();
  co_await asio::post(asio::use_awaitable);
}

}  // namespace

int main() {
  auto telemetry = Telemetry::create({.service_name = "with-asio", .exporter = stdout_exporter()});
  if (!telemetry) return 1;
  asio::thread_pool pool(2);
  asio::thread_pool other(1);
  Span request = telemetry->tracer().start("request");
  with_executors(request, pool);
  WorkContext context{request.child("charge"), {.tenant = *TenantId::parse("acme")}};
  asio::co_spawn(pool, charge(std::move(context), other.get_executor()), asio::detached);
  pool.join();
  other.join();
  request.end();

  const Accounting books = telemetry->flush(std::chrono::seconds(1)).accounting;
  return books.accepted == 5 && books.sent == 5 ? 0 : 1;
}
